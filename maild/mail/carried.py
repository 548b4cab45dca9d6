"""Values that cross a process boundary in great numbers, carried as cheaply as pickle can."""

from typing import Any


class Carried:
    """A base of frozen dataclasses with slots: what is pickled is the call that makes them anew.

    Their own way sets field by field what was read, in Python, and costs several times as much.
    """

    __slots__: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[type[Any], tuple[Any, ...]]:
        """Return the class and its arguments: the fields, in their order."""
        return type(self), tuple([getattr(self, name) for name in self.__slots__])
