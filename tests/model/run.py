"""One run from a seed, and many: `python -m tests.model.run STEPS [SEED]`, fresh seeds.

Every third seed plays two daemons on one database, every tenth for twice as long. STEPS up to 1000
with the SEED of a failure replays that run alone.
"""

import gc
import logging
import os
import secrets
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Played:
    """What became of one seed."""

    steps: int
    mails: int = 0
    letters: int = 0
    deaths: int = 0
    broken: str = ""  # which law, and how; "" when all held


def play(seed: int, steps: int) -> Played:
    """Play a seed in a house of its own."""
    logging.disable()  # flufl.bounce reports each of its detectors that stumbles
    with tempfile.TemporaryDirectory() as folder:
        try:
            world = run(seed, steps, f"sqlite:///{folder}/maild.db", Path(folder))
        except Exception as error:
            return Played(steps, broken="".join(traceback.format_exception(error)))
    return Played(steps, len(world.delivered), len(world.sink.letters), world.deaths)


def main(steps: int, seed: int) -> int:
    """Play so many steps with the seeds that follow `seed`, on every processor there is for us.

    Goes on after a seed that failed; returns how many did.
    """
    _say(f"{steps} steps from seed {seed}")
    began = news = time.monotonic()
    done, failed = Counter[str](), 0
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for played in pool.map(play, *zip(*_plan(steps, seed), strict=True)):
            done.update(seeds=1, steps=played.steps, deaths=played.deaths)
            done.update(mails=played.mails, letters=played.letters)
            if played.broken:
                failed += 1
                _say(played.broken)
            if (now := time.monotonic()) >= news + _NEWS or done["steps"] >= steps:
                news, pace = now, done["steps"] / (now - began)
                _say(", ".join(f"{n} {what}" for what, n in done.items()) + f"; {pace:.0f} steps/s")
    _say(f"{failed} seeds broke a law." if failed else "Every law held.")
    return failed


def _plan(steps: int, seed: int) -> list[tuple[int, int]]:
    """Return the seeds and how many steps of each."""
    plan = []
    while steps > 0:
        plan.append((seed, min(length(seed), steps)))
        steps, seed = steps - length(seed), seed + 1
    return plan


def _say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    failures = main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**9),
    )
    sys.exit(1 if failures else 0)
