"""Who counts as what: patterns over addresses, the first class that fits."""

import pytest

from maild.routing.classes import requester_class

CLASSES = {
    "head": ("dean@uni.example",),
    "student": ("*@student.uni.example",),
    "staff": ("uni.example",),
    "outside": ("*",),
}


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("dean@uni.example", "head"),
        ("Dean@UNI.example", "head"),
        ("noura@student.uni.example", "student"),
        ("ali@uni.example", "staff"),
        ("ali@lab.uni.example", "staff"),
        ("ali@notuni.example", "outside"),
        ("uni.example@x.example", "outside"),
    ],
)
def test_the_first_class_that_fits_counts(address: str, found: str) -> None:
    assert requester_class(address, CLASSES) == found


def test_who_fits_no_class_has_none() -> None:
    assert requester_class("x@y.example", {"staff": ("uni.example",)}) is None
