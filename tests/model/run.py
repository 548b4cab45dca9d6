"""One run from a seed, and many: `python -m tests.model.run STEPS [SEED]`, fresh seeds.

Every third seed plays two daemons on one database, every tenth for twice as long. STEPS up to 1000
with the SEED of a failure replays that run alone.
"""

import gc
import logging
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.model.happenings import draw
from tests.model.world import World

STEPS = 500  # of one run; then a fresh house, for a step costs the more the more tickets there are
_SHOWN = 30  # lines of what happened, when a law is broken
_NEWS = 60  # seconds between two lines of progress


def length(seed: int) -> int:
    """Return how many steps a seed is played for."""
    return 2 * STEPS if seed % 10 == 9 else STEPS


def run(seed: int, steps: int, url: str, data: Path) -> World:
    """Play a seed; a broken law, or anything unforeseen, shows the seed and the last steps."""
    world = World(seed, url, data, daemons=2 if seed % 3 == 2 else 1)
    try:
        with _garbage_kept():
            for _ in range(steps):
                world.step(draw)
            world.come_to_rest()
    except Exception as error:
        error.add_note(f"seed {seed}, the last steps:\n" + "\n".join(world.trace[-_SHOWN:]))
        raise
    finally:
        world.close()
    return world


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Collect the garbage of a run when it is over: looking for it costs a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def main(steps: int, seed: int) -> int:
    """Play so many steps, in runs with the seeds that follow `seed`.

    Goes on after a run that failed; returns how many did.
    """
    logging.disable()  # flufl.bounce reports each of its detectors that stumbles
    _say(f"{steps} steps from seed {seed}")
    began = news = time.monotonic()
    played, runs, failed, deaths, mails, letters = 0, 0, 0, 0, 0, 0
    while played < steps:
        planned = min(length(seed + runs), steps - played)
        try:
            with tempfile.TemporaryDirectory() as folder:
                data = Path(folder)
                world = run(seed + runs, planned, f"sqlite:///{data / 'maild.db'}", data)
        except Exception as error:
            failed += 1
            _say(f"{type(error).__name__}: {error}", *error.__notes__)
        else:
            deaths, mails = deaths + world.deaths, mails + len(world.delivered)
            letters += len(world.sink.letters)
        played, runs = played + planned, runs + 1
        if (now := time.monotonic()) >= news + _NEWS or played >= steps:
            news, pace = now, played / (now - began)
            _say(f"{played} steps, {runs} seeds, {failed} failed; {pace:.0f} steps/s")
    _say(f"{mails} mails, {letters} letters, {deaths} deaths")
    _say("Every law held." if not failed else f"{failed} of {runs} seeds broke a law.")
    return failed


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    failures = main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**9),
    )
    sys.exit(1 if failures else 0)
