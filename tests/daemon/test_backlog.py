"""A Watch with more than a batch before it: the next two are being read while one is committed."""

import inspect
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from maild.daemon import receiver as desk
from maild.daemon.watch import Watch
from maild.imap.fetching import Fetched
from maild.imap.wire import Limits
from tests.daemon.receiver import Recorder, Watching, mail, until
from tests.servers.fake_imap import EOF, HANG, HONEST, FakeImap


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    with FakeImap({uid: mail(uid) for uid in (1, 2, 3, 4)}) as server:
        yield server


@dataclass
class Doing(Recorder):
    """Calls something with the UID of each mail while it is committed."""

    do: Callable[[int], None] = lambda _: None
    begun: list[int] = field(default_factory=list)

    def begin(self, uidvalidity: int, mails: Sequence[Fetched]) -> Callable[[], Sequence[int]]:
        self.begun.append(mails[0].uid)
        return super().begin(uidvalidity, mails)

    def receive(self, uidvalidity: int, mails: Sequence[Fetched]) -> Sequence[int]:
        self.do(mails[0].uid)
        return super().receive(uidvalidity, mails)


def test_while_a_batch_is_committed_the_next_two_are_being_read_and_the_last_is_flagged(
    fake: FakeImap, watching: Watching
) -> None:
    def look(uid: int) -> None:
        flagged = [each for each in fake.mails if fake.flags[each]]
        seen.append((uid, max(receiver.begun), flagged))

    seen: list[tuple[int, int, list[int]]] = []  # committed now, begun last, flagged by now
    receiver = Doing(do=look)
    watching(fake.settings(), receiver, batch=1)
    until(lambda: receiver.times_well)
    assert seen == [(1, 3, []), (2, 4, [1]), (3, 4, [1, 2]), (4, 4, [1, 2, 3])]
    assert all(fake.flags[uid] for uid in fake.mails)


def test_what_may_be_unmarked_when_maild_dies_is_looked_for_at_the_next_start(
    fake: FakeImap, watching: Watching
) -> None:
    def count(_: int) -> None:
        unmarked.append(sum(not fake.flags[each.uid] for each in receiver.mails) + 1)

    unmarked: list[int] = []  # so many batches, once this one is committed
    receiver = Doing(do=count)
    watching(fake.settings(), receiver, batch=1)
    until(lambda: receiver.times_well)
    batch = inspect.signature(Watch).parameters["batch"].default
    assert max(unmarked) <= desk._LATEST / batch


@pytest.mark.parametrize("command", ["UID SEARCH", "UID FETCH", "UID STORE"])
def test_a_line_that_breaks_meanwhile_keeps_no_batch_from_being_committed_and_flagged(
    fake: FakeImap, watching: Watching, command: str
) -> None:
    receiver = Recorder()
    fake.script(command, HONEST, times={"UID SEARCH": 4, "UID FETCH": 4, "UID STORE": 0}[command])
    fake.script(command, EOF)  # where the third is fetched, or the first is flagged
    watching(fake.settings(), receiver, batch=1)
    until(lambda: receiver.times_well)
    assert [each.uid for each in receiver.mails] == [1, 2, 3, 4]
    assert all(fake.flags[uid] for uid in fake.mails)
    assert fake.connections == 2


def test_a_batch_that_cannot_be_begun_does_not_keep_the_one_before_from_being_committed(
    fake: FakeImap, watching: Watching
) -> None:
    class Unready(Doing):
        def begin(self, uidvalidity: int, mails: Sequence[Fetched]) -> Callable[[], Sequence[int]]:
            if mails[0].uid == 2 and 2 not in self.begun:
                self.begun.append(2)
                raise RuntimeError("no child can be started")
            return super().begin(uidvalidity, mails)

    receiver = Unready()
    watching(fake.settings(), receiver, batch=1)
    until(lambda: receiver.times_well)
    assert [each.uid for each in receiver.mails] == [1, 2, 3, 4]
    assert receiver.kinds == ["intake"]
    assert receiver.begun == [1, 2, 2, 3, 4]  # the first was not taken in twice


def test_stop_takes_less_than_a_second_when_the_server_falls_silent_in_a_backlog(
    fake: FakeImap, watching: Watching
) -> None:
    fake.script("UID SEARCH", HONEST, times=2)
    fake.script("UID SEARCH", HANG)  # where the second is looked for
    receiver = Recorder()
    watch = watching(
        fake.settings(), receiver, batch=1, limits=Limits()
    )  # the time limits of real life
    until(lambda: fake.seen("UID SEARCH") == 3)
    watch.stop()
    assert watch.join(1)
    assert [each.uid for each in receiver.mails] == [1]
    assert receiver.troubles == []


def test_stopping_in_a_backlog_flags_what_is_committed_and_gives_up_what_is_ahead(
    fake: FakeImap, watching: Watching
) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait(uid: int) -> None:
        if uid == 2:
            inside.set()
            go_on.wait(5)

    receiver = Doing(do=wait)
    watch = watching(fake.settings(), receiver, batch=1)
    assert inside.wait(5)
    watch.stop()
    go_on.set()
    assert watch.join(2)
    assert [each.uid for each in receiver.mails] == [1, 2]
    assert [uid for uid in fake.mails if fake.flags[uid]] == [1, 2]
