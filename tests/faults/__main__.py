"""`python -m tests.faults [--teeth] [CASE…]`: a line per case, and how many were survived."""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from tests.faults.case import GROUPS, every_case
from tests.faults.runner import play_all
from tests.servers import ServerMissingError
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

SIDE_BY_SIDE = 2 * (os.cpu_count() or 1)  # most of a case is waiting


def main() -> int:
    """Run the scorecard; 0 when every case was survived (with --teeth: when none was)."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="such as B1, or B for all of B")
    parser.add_argument("--teeth", action="store_true", help="switch each case's defence off")
    parser.add_argument("--jobs", type=int, default=SIDE_BY_SIDE, help="cases side by side")
    wanted = parser.parse_args()
    cases = every_case()
    names = [n for n in cases if not wanted.cases or n in wanted.cases or n[0] in wanted.cases]
    missing = [
        f"{group}{n}"
        for group, count in GROUPS.items()
        for n in range(1, count + 1)
        if f"{group}{n}" not in cases
    ]
    good = 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maild-faults-")))
        try:
            dovecot = Dovecot(Certificates.create(folder))
            stack.callback(dovecot.remove)
            dovecot.start()
            postfix = Postfix(dovecot)
            stack.callback(postfix.remove)
            postfix.start()
        except ServerMissingError as server:
            sys.exit(str(server))
        chosen = [cases[name] for name in names]
        for verdict in play_all(chosen, dovecot, postfix, wanted.jobs, dark=wanted.teeth):
            survived = not verdict.failure
            good += survived != wanted.teeth
            case = verdict.case
            if wanted.teeth:
                outcome = f"STILL PASSES without: {case.defence.sentence}"
                if not survived:
                    outcome = f"fails without: {case.defence.sentence} — {verdict.failure}"
            else:
                outcome = case.sentence if survived else f"{case.sentence} — {verdict.failure}"
            mark = "ok  " if survived != wanted.teeth else "FAIL"
            click.echo(f"{mark} {case.name:4} {verdict.seconds:5.1f} s  {outcome}")
    if missing and not wanted.cases:
        click.echo(f"not there: {' '.join(missing)}")
    total = len(names) if wanted.cases else sum(GROUPS.values())
    click.echo(f"{'teeth shown' if wanted.teeth else 'faults survived'} {good}/{total}")
    return 0 if good == total else 1


if __name__ == "__main__":
    sys.exit(main())
