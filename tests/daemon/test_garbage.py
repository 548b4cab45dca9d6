"""What the collector of cycles is spared, in a process of its own."""

import subprocess
import sys

SCRIPT = """
import gc, weakref
from maild.daemon import service
from maild.daemon.garbage import pass_over_what_is_loaded
pass_over_what_is_loaded()
print(gc.get_freeze_count(), sum(gc.get_count()))
class Circle(list): pass
circle = Circle()
circle.append(circle)
known = weakref.ref(circle)
del circle
gc.collect()
print(known() is None)
"""


def test_the_collector_passes_over_what_is_loaded_and_still_finds_what_is_new() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True
    )
    loaded, new, found = done.stdout.split()
    assert int(loaded) > 100 * max(int(new), 1)
    assert found == "True"
