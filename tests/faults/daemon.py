"""The real program for cases: `python -m tests.faults.daemon B1 run --config …`.

The first word names the case whose defence is switched off, "-" switches none off.
"""

import contextlib
import sys

from maild.cli import main
from tests.faults.case import every_case


def run() -> None:
    """Run maild."""
    case, sys.argv[1:] = sys.argv[1], sys.argv[2:]
    with contextlib.nullcontext() if case == "-" else every_case()[case].defence.off():
        main()


if __name__ == "__main__":
    run()
