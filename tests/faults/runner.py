"""Plays cases, each in a process of its own that can be killed with all it started."""

import contextlib
import logging
import multiprocessing
import os
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.context import ForkProcess
from pathlib import Path

from tests.faults.case import Case
from tests.faults.laws import judge
from tests.faults.place import Place
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a case ended: `failure` is empty when every law held."""

    case: Case
    failure: str
    seconds: float


def play(
    case: Case,
    folder: Path,
    dovecot: Dovecot,
    postfix: Postfix,
    *,
    dark: bool,
    quick: bool = False,
) -> None:
    """Play one case and judge it, without its defence when `dark`, in short when `quick`.

    Raises AssertionError, or whatever broke, when the case is not survived.
    """
    domain = f"{case.name.lower()}{'x' if dark else ''}-{os.getpid()}.example"
    place = Place(folder, dovecot, postfix, domain)
    place.case, place.dark, place.quick = case.name, dark, quick
    try:
        with case.defence.off() if dark else contextlib.nullcontext():
            case.play(place)
        judge(case, place)
    except BaseException as error:
        for line in [*place.journal, *place.journal_files()]:
            error.add_note(str(line))
        raise
    finally:
        place.close()


def play_all(
    cases: Sequence[Case], dovecot: Dovecot, postfix: Postfix, jobs: int, *, dark: bool
) -> Iterator[Verdict]:
    """Play cases side by side; yield each verdict as it falls."""
    waiting = list(cases)
    under_way: dict[ForkProcess, tuple[Case, float, connection.Connection]] = {}
    while waiting or under_way:
        while waiting and len(under_way) < jobs:
            case = waiting.pop(0)
            process, answers = _begin(case, dovecot, postfix, dark=dark)
            under_way[process] = (case, time.monotonic(), answers)
        connection.wait([each.sentinel for each in under_way], timeout=0.5)
        for process, (case, began, answers) in list(under_way.items()):
            seconds = time.monotonic() - began
            if process.is_alive() and seconds < case.limit:
                continue
            failure = f"not over after {case.limit:.0f} s" if process.is_alive() else "it died"
            if not process.is_alive() and answers.poll():
                with contextlib.suppress(EOFError):  # it died before it could say
                    failure = answers.recv()
            _end(process)
            del under_way[process]
            yield Verdict(case, failure, seconds)


def _begin(
    case: Case, dovecot: Dovecot, postfix: Postfix, *, dark: bool
) -> tuple[ForkProcess, connection.Connection]:
    context = multiprocessing.get_context("fork")
    answers, telling = context.Pipe(duplex=False)
    process = context.Process(target=_play_alone, args=(case, dovecot, postfix, dark, telling))
    process.start()
    telling.close()
    return process, answers


def _end(process: ForkProcess) -> None:
    """Kill whatever the case left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid or 0, signal.SIGKILL)
    process.join()
    process.close()


def _play_alone(
    case: Case, dovecot: Dovecot, postfix: Postfix, dark: bool, telling: connection.Connection
) -> None:
    os.setsid()
    logging.disable()  # libraries quote the mail of strangers; what maild says is in the journal
    with tempfile.TemporaryDirectory(prefix=f"maild-{case.name}-") as folder:
        os.chdir(Path(__file__).parents[2])
        try:
            play(case, Path(folder), dovecot, postfix, dark=dark)
            telling.send("")
        except BaseException as error:
            where = traceback.extract_tb(error.__traceback__)
            ours = [f for f in where if "tests/" in f.filename]
            line = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
            said = str(error).splitlines()
            telling.send(f"{type(error).__name__} {said[0] if said else ''} ({line})")
            if os.environ.get("FAULTS_VERBOSE"):
                traceback.print_exc()
