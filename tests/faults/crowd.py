"""A mailbox of a million mails, none of which is there before it is asked for."""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field

from tests.servers.fake_imap import FakeImap


@dataclass
class Crowd(MutableMapping[int, bytes]):
    """Mails from UID 1 to `count`, written by `write` when they are fetched, and later ones."""

    count: int
    write: Callable[[int], bytes]
    later: dict[int, bytes] = field(default_factory=dict)

    def __getitem__(self, uid: int) -> bytes:
        if uid in self.later:
            return self.later[uid]
        if not 1 <= uid <= self.count:
            raise KeyError(uid)
        return self.write(uid)

    def __contains__(self, uid: object) -> bool:
        return uid in self.later or uid in range(1, self.count + 1)

    def __iter__(self) -> Iterator[int]:
        yield from range(1, self.count + 1)
        yield from self.later

    def __len__(self) -> int:
        return self.count + len(self.later)

    def __setitem__(self, uid: int, raw: bytes) -> None:
        self.later[uid] = raw

    def __delitem__(self, uid: int) -> None:
        del self.later[uid]


class Crowded(FakeImap):
    """A server that need not go through all of its UIDs to answer."""

    def _highest(self) -> int:
        return len(self.mails)

    def _number(self, uid: int) -> int:
        return uid
