"""What the collector of cycles is spared, in a process of its own."""

import subprocess
import sys

SCRIPT = """
import gc
from maild.daemon import service
from maild.daemon.garbage import look_rarely
look_rarely()
print(gc.get_freeze_count(), sum(gc.get_count()))
circle = []
circle.append(circle)
print(gc.collect())
"""


def test_the_collector_passes_over_what_is_loaded_and_still_finds_what_is_new() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True
    )
    loaded, new, found = map(int, done.stdout.split())
    assert loaded > 100 * max(new, 1)
    assert found == 1
