"""What the parts of the schema have in common: strict models and the texts they are made of."""

import re
from collections.abc import Callable
from datetime import date, time
from functools import partial
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from maild.config import wording
from maild.mail.normal import western_digits
from maild.sla.calendar import Shift
from maild.sla.policy import Span, When

T = TypeVar("T")
Language = Literal["ar", "en"]  # those maild has letters for


class Words(BaseModel):
    """A mapping of the policy language: what it does not know it refuses."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def refuse(what: str, hint: str = "") -> PydanticCustomError:
    """Return the error a validator raises: a mistake in plain words and what to write instead."""
    return PydanticCustomError("unreadable", "{what}", {"what": what, "hint": hint})


def _read(parse: Callable[[Any], T], value: object) -> T:
    if value is None:
        raise refuse("nothing stands here", "write a value or remove the key")
    if isinstance(value, dict) or (isinstance(value, list) and parse is not wording.hours):
        raise refuse("a single value is wanted here", "")
    try:
        return parse(value)
    except wording.UnreadableError as error:
        raise refuse(error.what, error.hint) from error


def _written(parse: Callable[[Any], T]) -> PlainValidator:
    return PlainValidator(partial(_read, parse))


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _western(value: object) -> object:
    return western_digits(value) if isinstance(value, str) else value


# RFC 5321 4.1.2, without quoted local parts and address literals: nobody's desk has them.
_ADDRESS = re.compile(
    r"[^\s@<>()\[\],;:\\\"\x00-\x20]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W_](?:[\w-]*[^\W_])?"
)


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not _ADDRESS.fullmatch(text) or ".." in text or text.startswith(".") or local.endswith("."):
        raise refuse(f"{text!r} is not an e-mail address", "write one like sara@desk.example")
    if len(local.encode()) > 64 or len(text.encode()) > 254:
        raise refuse(f"the address {text[:40]!r}… is too long", "")
    return f"{local}@{domain.lower()}"


def _key(text: str) -> str:
    if not re.fullmatch(r"[^\W\d][\w-]*", text):
        raise refuse(f"{text!r} cannot be a name here", "use letters, digits, _ and -")
    return text


def _tongue(text: str) -> str:
    if text not in get_args(Language):
        raise refuse(f"unknown language {text!r}", f"write {' or '.join(get_args(Language))}")
    return text


def _pattern(text: str) -> str:
    if "*" in text[:-1] or not text.strip("*"):
        raise refuse(f"the star in {text!r} is in the wrong place", "it may only end a word")
    return text


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Key = Annotated[str, AfterValidator(_key)]
Email = Annotated[
    str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "email"})
]
Word = Annotated[
    str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_pattern)
]
Tongue = Annotated[str, AfterValidator(_tongue)]
ByLanguage = dict[Tongue, Text]  # one text per language
Some = Annotated[tuple[T, ...], BeforeValidator(_listed)]  # one value or a list of them
Whole = Annotated[int, BeforeValidator(_western)]
Priority = Literal["low", "normal", "high", "top", "emergency"]
Type = Literal["request", "incident", "complaint", "suggestion", "appointment"]
Channel = Literal["email", "form", "phone", "whatsapp", "chat"]
Assign = Literal["none", "round_robin", "least_loaded"]


def _text_schema(description: str, *examples: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "description": description, "examples": [*examples]})


Length = Annotated[
    tuple[Span, str | None],
    _written(wording.span),
    _text_schema("a duration", "24 open hours of office", "2 working days", "24 hours"),
]
Target = Annotated[
    tuple[Span, str | None],
    _written(wording.target),
    _text_schema("what a clock promises", "24 open hours of office", "24 hours", "at once"),
]
Days = Annotated[
    int, _written(wording.whole_days), _text_schema("a number of days", "30 days", "2 weeks")
]
Suspension = Annotated[
    int | None,
    _written(wording.suspension),
    _text_schema("days, or for good", "7 days", "for good"),
]
Repetition = Annotated[
    tuple[str, int | None, time],
    _written(wording.repetition),
    _text_schema("how often", "day 08:00", "week on sun 08:00", "month on 1 08:00"),
]
OpenTime = Annotated[int, _written(wording.open_seconds), _text_schema("open time", "2 open hours")]
Moment = Annotated[
    When, _written(wording.moment), _text_schema("a moment of a clock", "due", "stage 1 + 8 hours")
]
Share = Annotated[float, _written(wording.share), _text_schema("a share of the target", "75%")]
Weekdays = Annotated[
    tuple[int, ...], _written(wording.weekdays), _text_schema("days of the week", "sun-thu", "fri")
]
Day = Annotated[date, _written(wording.day), WithJsonSchema({"type": "string", "format": "date"})]
TimeRange = Annotated[
    tuple[time, time], _written(wording.between), _text_schema("times of day", "22:00-06:00")
]
Hours = Annotated[
    tuple[Shift, ...],
    _written(wording.hours),
    WithJsonSchema(
        {
            "description": "open hours of a day, or closed",
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            "examples": ["08:00-16:00", ["08:00-12:00", "13:00-16:00"], "closed"],
        }
    ),
]
