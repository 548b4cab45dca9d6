"""Which class of requesters an address belongs to: trainers, students, supervising bodies…"""

from collections.abc import Mapping
from fnmatch import fnmatchcase


def requester_class(address: str, classes: Mapping[str, tuple[str, ...]]) -> str | None:
    """Return the first class one of whose patterns fits `address`, or None.

    A pattern is an address, "*" standing for any run of characters ("*" alone: everybody), or a
    domain, which also stands for the domains below it.
    """
    wanted = address.lower()
    domain = wanted.rpartition("@")[2]
    for name, patterns in classes.items():
        if any(_fits(wanted, domain, pattern.lower()) for pattern in patterns):
            return name
    return None


def _fits(address: str, domain: str, pattern: str) -> bool:
    if "@" in pattern.lstrip("@") or "*" in pattern:
        return fnmatchcase(address, pattern)
    bare = pattern.lstrip("@")
    return domain == bare or domain.endswith("." + bare)
