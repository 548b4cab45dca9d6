"""Death at every place of one story, and at every place of the recovery from it.

A place is where maild can die (tests/model/places.py). What a death leaves behind is what is
durable there: the committed rows, the servers' folders, what has arrived. Places that leave the
same behind are one case, however many they are, so one undisturbed run finds every first case, and
each recovery the second ones. A recovery is played until the house is as it was in a run that is
known to end well, or to the end of the story, where people and servers must see what they see
when nothing goes wrong, and letters arrived once, or twice where the outbox is in doubt.

What can happen next is all that tells two deaths apart: how often a letter was tried that has
come to its end since does not. tests/model/deaths.py plays every case of both depths.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from maild.store.errors import StoreBusyError
from maild.store.store import Store
from tests.model.faults import Faults
from tests.model.places import Place
from tests.model.process import by_hand
from tests.model.scene import Durable, End, Scene

_CHANGING = frozenset({
    Place.AFTER_COMMIT, Place.AFTER_FLAG, Place.MID_MOVE, Place.AFTER_MOVE, Place.SMTP_DOT,
})  # fmt: skip


@dataclass
class Case:
    """A death: what it leaves behind, in which chapter, and where maild was."""

    left: Durable
    chapter: int
    places: list[str]
    trail: tuple[str, ...]  # where the deaths before it were

    def __str__(self) -> str:
        return " and ".join((*self.trail, f"{self.places[0]} of chapter {self.chapter}"))


def _raise(error: Exception) -> None:
    raise error


@dataclass
class Failpoints:
    """All that was found out about one story on one database."""

    scene: Scene
    undisturbed: End | None = None
    visits: Counter[Place] = field(default_factory=Counter)  # of the undisturbed run
    _fine: set[tuple[int, int]] = field(default_factory=set)  # chapter about to begin, and key
    _known: set[tuple[int, int]] = field(default_factory=set)  # deaths that are cases already

    def explore(
        self,
        *,
        once: float = 1,
        twice: float = 1,
        seed: int = 1,
        failed: Callable[[Exception], None] = _raise,
    ) -> Iterator[int]:
        """Die at a share of all places once, and of each recovery's again, drawn by a seed.

        Yields after each first death how many second ones were played on its recovery. `failed`
        hears of every ending that is another than the undisturbed story's.
        """
        chance = random.Random(seed)  # noqa: S311 - dice

        def recovered(case: Case, *, look: bool = False) -> list[Case]:
            try:
                return self.recover(case, look=look)
            except Exception as error:
                failed(error)
                return []

        for case in self.first():
            if chance.random() < once:
                further = recovered(case, look=twice > 0)
                again = [second for second in further if chance.random() < twice]
                for second in again:
                    recovered(second)
                yield len(again)

    def first(self) -> list[Case]:
        """Play the story undisturbed; return every death on the way."""
        cases = self._play(None, look=True)
        assert self.undisturbed
        return cases

    def recover(self, case: Case, *, look: bool = False) -> list[Case]:
        """Recover from a death, to the end; return every further death on the way, if you `look`.

        Raises AssertionError when it ends in another way than the undisturbed story.
        """
        try:
            return self._play(case, look=look)
        except BaseException as error:
            error.add_note(f"death at {case}")
            raise

    def _play(self, after: Case | None, *, look: bool) -> list[Case]:
        scene, found = self.scene, _Watch(self, after)
        scene.seen = found.see if look else lambda _: None
        if after is not None:
            scene.set_up(after.left)
        found.chapter = first = after.chapter if after else 0
        if look:
            found.look()
        scene.live()
        begun: list[tuple[int, int]] = []
        for found.chapter in range(first, len(scene.chapters)):
            if found.chapter > first:
                scene.live_on(found.chapter)
                here = (found.chapter, found.look().key)
                begun.append(here)
                if here in self._fine:
                    scene.arrived_once()
                    break
            scene.play(found.chapter)
        else:
            ended = scene.ended()
            if self.undisturbed is None:
                self.undisturbed, self.visits = ended, found.visits
            difference = ended.differs(self.undisturbed)
            assert not difference, difference
        scene.die()
        self._fine.update(begun)
        return found.cases


@dataclass
class _Watch:
    """Sees the places one life comes to, and keeps what dying there would leave."""

    of: Failpoints
    after: Case | None
    chapter: int = 0
    cases: list[Case] = field(default_factory=list)
    visits: Counter[Place] = field(default_factory=Counter)
    _now: Durable | None = None

    def see(self, place: Place) -> None:
        self.visits[place] += 1
        if place in _CHANGING:
            self.look()
        if self._now is None:
            return
        what = (self.chapter, self._now.key)
        words = f"{place} {self.visits[place]}"
        if what not in self.of._known:
            self.of._known.add(what)
            trail = (*self.after.trail, self.after.places[0]) if self.after else ()
            self.cases.append(Case(self._now, self.chapter, [words], trail))
        elif self.cases and self.cases[-1].left is self._now:
            self.cases[-1].places.append(words)

    def look(self) -> Durable:
        self._now = self.of.scene.durable()
        return self._now


@contextmanager
def failpoints(url: str, data: Path) -> Iterator[Failpoints]:
    """Set the story up on an empty database."""
    with by_hand(alone=url.startswith("sqlite")):
        store = Store(url)
        store.migrate()
        store.close()
        scene = Scene(url, data)
        try:
            yield Failpoints(scene)
        finally:
            scene.close()


def busy(url: str, data: Path, n: int, undisturbed: End) -> bool:
    """Play the story with a database that has no time for its `n`th statement that writes.

    Returns whether there were so many. Raises AssertionError when it ends in another way.
    """

    def once(faults: Faults) -> None:
        faults.arm(Place.STATEMENT, n, StoreBusyError("PostgreSQL says: deadlock detected."))
        scene.trouble = lambda _: None
        armed.append(faults)

    armed: list[Faults] = []
    with failpoints(url, data) as story:
        scene = story.scene
        scene.trouble = once
        _again(scene, scene.live)
        for chapter in range(len(scene.chapters)):
            scene.live_on(chapter)
            _again(scene, lambda: scene.play(chapter))  # noqa: B023
        difference = scene.ended().differs(undisturbed)
        assert not difference, f"busy at statement {n}: {difference}"
    return armed[0].fired


def _again(scene: Scene, what: Callable[[], None]) -> None:
    """What raises is done again: a start by systemd, a reload at the next look at the files."""
    try:
        what()
    except StoreBusyError:
        if what == scene.live:
            scene.die()
        what()
