"""One run from a seed, and many: `python -m tests.model.run STEPS [SEED]`, fresh seeds.

Every third seed plays two daemons on one database. STEPS below 1000 with the SEED of a failure
replays that run alone.
"""

import logging
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.model.happenings import draw
from tests.model.world import World

STEPS = 1000  # of one run; then a fresh house, so that looking at the laws stays cheap
_NEWS = 25  # runs between two lines of progress


def run(seed: int, steps: int, url: str, data: Path) -> World:
    """Play a seed; a broken law, or anything unforeseen, shows the seed and the last steps."""
    world = World(seed, url, data, daemons=2 if seed % 3 == 2 else 1)
    try:
        for _ in range(steps):
            world.step(draw)
        world.come_to_rest()
    except Exception as error:
        error.add_note(f"seed {seed}, the last steps:\n" + "\n".join(world.last))
        raise
    finally:
        world.close()
    return world


def main(steps: int, seed: int) -> int:
    """Play so many steps, in runs of their own with the seeds that follow `seed`.

    Goes on after a run that failed; returns how many did.
    """
    logging.disable()  # flufl.bounce reports each of its detectors that stumbles
    _say(f"{steps} steps from seed {seed}")
    began, deaths, mails, letters, failed = time.monotonic(), 0, 0, 0, 0
    runs = max(1, steps // STEPS)
    for number in range(seed, seed + runs):
        try:
            with tempfile.TemporaryDirectory() as folder:
                data = Path(folder)
                world = run(number, min(steps, STEPS), f"sqlite:///{data / 'maild.db'}", data)
        except Exception as error:
            failed += 1
            _say(f"{type(error).__name__}: {error}", *error.__notes__)
            continue
        deaths, mails = deaths + world.deaths, mails + len(world.delivered)
        letters += len(world.sink.letters)
        if (number - seed + 1) % _NEWS == 0:
            _say(f"{number - seed + 1} runs, {failed} failed")
    took = time.monotonic() - began
    verdict = f"{failed} of {runs} runs failed" if failed else "every law held"
    _say(f"{verdict}: {mails} mails, {letters} letters, {deaths} deaths, {took:.0f} s")
    return failed


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    failures = main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**9),
    )
    sys.exit(1 if failures else 0)
