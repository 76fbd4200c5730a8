"""What a person fills in, as plain values: from options, from a page, from JSON.

Every field is optional text, number or list, as a person writes it, within what its type says; the
operations say what else is missing or does not fit. Either names the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cache
from typing import Annotated, Any, Self, get_type_hints

from msgspec import Meta, Struct, defstruct

from potluck.node.errors import Unfit
from potluck.protocol.announcement import MAX_ABOUT_BYTES, MAX_CAPACITY, MAX_TITLE
from potluck.protocol.message import marked
from potluck.protocol.table import MAX_HAND, MAX_KM

from .draw.filters import Filters
from .fields import Day, Line, Word, Words, check_known, like, read

MAX_DAYS = 400
"""Days ahead at most: an announcement lives no longer."""

Days = Annotated[int, Meta(ge=1, le=MAX_DAYS)]
Hand = Annotated[int, Meta(ge=1, le=MAX_HAND)]
Kilometres = Annotated[float, Meta(gt=0, le=MAX_KM)]
NeedWord = Annotated[str, like("^[a-z0-9_]{1,32}$", marked("a word of a-z, 0-9 and _"))]


@cache
def _declared(form: Any) -> type[Struct]:
    hints = get_type_hints(form, include_extras=True)
    return defstruct(
        form.__name__,
        [
            (each.name, hints[each.name], {} if each.default is MISSING else each.default)
            for each in fields(form)
        ],
        kw_only=True,
    )


@dataclass(frozen=True)
class Form:
    """What every form can do. Making one raises Unfit for a value of another type or size."""

    def __post_init__(self) -> None:
        found = read(vars(self), self.declared())
        for name in found.__struct_fields__:
            object.__setattr__(self, name, getattr(found, name))

    @classmethod
    def declared(cls) -> type[Struct]:
        """Its fields, with their types and defaults."""
        return _declared(cls)  # type: ignore[arg-type]  # mypy takes the hash of its instances

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """A form from JSON. Raises Unfit, also for a field that it does not have."""
        check_known(values, cls.declared().__struct_fields__)
        return cls(**values)

    def changes(self) -> dict[str, Any]:
        """The fields that differ from those of a form that nobody filled in."""
        default = asdict(type(self)())
        return {name: value for name, value in asdict(self).items() if value != default[name]}


@dataclass(frozen=True, kw_only=True)
class EventForm(Form):
    """An event as a host writes it. None: not said (when editing: as before).

    start, end: local ISO times such as 2027-03-01T19:00, or a date alone for all day; duration:
    "2h", "90m"; near: a town; at: "LAT,LON"; access: {"wheelchair": True}.
    """

    title: Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)] | None = None
    start: Word | None = None
    end: Word | None = None
    duration: Word | None = None
    tz: Word | None = None
    place: Word | None = None
    address: Line | None = None
    near: Word | None = None
    at: Word | None = None
    topics: Words | None = None
    about: Annotated[str, Meta(max_length=MAX_ABOUT_BYTES)] | None = None
    price: Word | None = None
    capacity: Annotated[int, Meta(ge=0, le=MAX_CAPACITY)] | None = None
    lang: Word | None = None
    access: Mapping[NeedWord, bool] | None = None
    url: Line | None = None
    series: Word | None = None
    repeat: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


@dataclass(frozen=True, kw_only=True)
class ImportForm(Form):
    """How to import a calendar (a path or an http address)."""

    near: Word | None = None
    at: Word | None = None
    topics: Words = ()
    since: Day | None = None
    watch: Word | None = None
    prune: bool = False
    public_url: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteForm(Form):
    """What a site shows, and whose it is. None: as the settings `publish.…` have it.

    near or at, within kilometres, or the place of a table; days ahead. title: whose site it is;
    place: what its place is called; keeper: who runs it; mail: where a ticket may be sent.
    base: its address. own_origin: whether it alone has its address's storage in browsers; None if
    that follows from the base. language: of the pages without scripts.
    """

    near: Word | None = None
    at: Word | None = None
    within: Kilometres | None = None
    days: Days | None = None
    table: Word | None = None
    title: Word | None = None
    place: Word | None = None
    keeper: Word | None = None
    mail: Word | None = None
    base: Line | None = None
    own_origin: bool | None = None
    language: Word | None = None

    def filled(self, settings: Mapping[str, Any]) -> SiteForm:
        """With what is not said taken from these settings, by the names of the fields; one place
        said takes the place of another."""
        if self.near or self.at or self.table:
            settings = {**settings, "near": None, "at": None, "table": None}
        return SiteForm(
            **{name: value or None for name, value in settings.items()} | self.changes()
        )


@dataclass(frozen=True, kw_only=True)
class DrawForm(Form, Filters):
    """Which events to draw from, and how. Nothing is hidden that the person did not ask to hide.

    hand: cards. near or at: where, else anywhere; within: kilometres.
    days ahead from today, or since and until (ISO dates, both included). wild: so many cards
    ignore what is soft. again: also what was seen before. vouched: only along vouches, from those
    whom one has met; no_strangers: not even the stranger who else comes in one card of ten.
    """

    hand: Hand = 5
    near: Word | None = None
    at: Word | None = None
    within: Kilometres = 25.0
    days: Days = 14
    since: Day | None = None
    until: Day | None = None
    wild: Annotated[int, Meta(ge=0, le=MAX_HAND)] = 0
    again: bool = False
    vouched: bool = False
    no_strangers: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.vouched and self.wild:
            raise Unfit("wild", "a vouched hand has no wild cards; it has strangers instead")
        if self.wild > self.hand:
            raise Unfit("wild", "the wild cards are a part of the hand")


@dataclass(frozen=True, kw_only=True)
class TableForm(Form):
    """What a new table shares: around where (needed), how far (km), how many days, its zone."""

    near: Word | None = None
    at: Word | None = None
    within: Kilometres = 25.0
    days: Days = 14
    tz: Word | None = None
    hand: Hand = 5
