"""The real program for cases: `python -m tests.faults.daemon B1 run --config …`.

The first word names the case whose defence is switched off, "-" switches none off. MAILD_FAULTS
holds what is done to the program from within (tests/faults/inside.py), one fault a line.
"""

import contextlib
import os
import sys


def run() -> None:
    """Run maild."""
    # The children in which mail is read import this module too, and need none of these.
    from maild.cli import main

    case, sys.argv[1:] = sys.argv[1], sys.argv[2:]
    with contextlib.nullcontext() if case == "-" else _without(case):
        if faults := os.environ.get("MAILD_FAULTS", ""):
            from tests.faults.inside import inflict

            for words in faults.splitlines():
                inflict(words)
        main()


def _without(case: str) -> contextlib.AbstractContextManager[object]:
    from tests.faults.case import every_case

    return every_case()[case].defence.off()


if __name__ == "__main__":
    run()
