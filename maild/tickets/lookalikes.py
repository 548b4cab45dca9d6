"""A stranger who looks like a colleague: the same name, or an address that reads the same.

Letters of other scripts that are drawn alike are folded together (a small part of Unicode UTS #39,
the letters of Cyrillic and Greek that stand for Latin ones in lower case, and digits for letters).
"""

from functools import lru_cache

from maild.mail.mail import Address
from maild.mail.normal import normalise
from maild.tickets.people import Person, Staff

_CYRILLIC = "аеорсухіјѕԁһӏԛԝкмтнгь", "aeopcyxijsdhlqwkmthrb"
_GREEK = "αεικνορτυχως", "aeikvoptuxwc"
_DIGITS = "01", "ol"
_DRAWN_ALIKE = {
    k: v for of, like in (_CYRILLIC, _GREEK, _DIGITS) for k, v in str.maketrans(of, like).items()
}


def lookalike(writer: Address, staff: Staff) -> Person | None:
    """Return whom of the staff a stranger seems to be by name or address, or None."""
    if staff.by_address(writer.address) is not None:
        return None
    name, address = _drawn(writer.name), _drawn(writer.address)
    for person in staff.people.values():
        if (len(name) >= _A_NAME and name == _drawn(person.name)) or address in {
            _drawn(a) for a in person.addresses
        }:
            return person
    return None


_A_NAME = 3  # letters; initials and single letters are everybody's


@lru_cache(maxsize=512)  # the names of the staff are compared with every stranger's
def _drawn(text: str) -> str:
    return normalise(text).translate(_DRAWN_ALIKE)
