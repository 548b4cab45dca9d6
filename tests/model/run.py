"""One run from a seed, and many: `python -m tests.model.run STEPS [SEED]`, fresh seeds."""

import logging
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.model.world import World

STEPS = 1000  # of one run; then a fresh house, so that looking at the laws stays cheap


def run(seed: int, steps: int, url: str, data: Path) -> World:
    """Play a seed; a broken law, or anything unforeseen, shows the seed and the last steps."""
    world = World(seed, url, data)
    try:
        for _ in range(steps):
            world.step()
        world.come_to_rest()
    except Exception as error:
        error.add_note(f"seed {seed}, the last steps:\n" + "\n".join(world.last))
        raise
    finally:
        world.close()
    return world


def main(steps: int, seed: int) -> None:
    """Play so many steps, in runs of their own with the seeds that follow `seed`."""
    logging.disable()  # flufl.bounce reports each of its detectors that stumbles
    print(f"{steps} steps from seed {seed}", flush=True)  # noqa: T201
    began, deaths, mails, letters = time.monotonic(), 0, 0, 0
    for number in range(seed, seed + max(1, steps // STEPS)):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            world = run(number, min(steps, STEPS), f"sqlite:///{data / 'maild.db'}", data)
        deaths, mails = deaths + world.deaths, mails + len(world.delivered)
        letters += len(world.sink.letters)
    took = time.monotonic() - began
    print(f"every law held: {mails} mails, {letters} letters, {deaths} deaths, {took:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else secrets.randbelow(10**9),
    )
