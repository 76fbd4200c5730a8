"""What a person fills in, as plain values: from options, from a page, from JSON.

Every field is optional text, number or list, as a person writes it, within what its type says; the
operations say what else is missing or does not fit. Either names the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from functools import cache
from inspect import Parameter
from typing import Annotated, Any, Self, get_type_hints

from msgspec import Meta

from potluck.protocol import table
from potluck.protocol.announcement import MAX_ABOUT_BYTES, MAX_CAPACITY, MAX_TITLE
from potluck.protocol.message import marked
from potluck.protocol.table import MAX_HAND, MAX_KM

from .fields import Day, Line, Word, Words, asked, check_known, checked, like

MAX_DAYS = 400
"""Days ahead at most: an announcement lives no longer."""

Days = Annotated[int, Meta(ge=1, le=MAX_DAYS)]
TableDays = Annotated[int, Meta(ge=1, le=table.MAX_DAYS)]
Hand = Annotated[int, Meta(ge=1, le=MAX_HAND)]
Kilometres = Annotated[float, Meta(gt=0, le=MAX_KM)]
Title = Annotated[str, Meta(min_length=1, max_length=MAX_TITLE)]
About = Annotated[str, Meta(max_length=MAX_ABOUT_BYTES)]
Capacity = Annotated[int, Meta(ge=0, le=MAX_CAPACITY)]
Rule = Annotated[str, Meta(min_length=1, max_length=500)]
NeedWord = Annotated[str, like("^[a-z0-9_]{1,32}$", marked("a word of a-z, 0-9 and _"))]


Mail = Annotated[
    str, like(r"^[^\s@]{1,100}@[^\s@]{1,100}$", marked("an address such as table@house.example"))
]
WebAddress = Annotated[
    str,
    like(r"^https?://[^\s/?#]+(/[^\s?#]*)?$", marked("an address such as https://house.example/")),
]


@cache
def fields_of(form: Any) -> dict[str, Parameter]:
    """The fields of a form, by name, as what an operation takes."""
    hints = get_type_hints(form, include_extras=True)
    return {
        each.name: Parameter(
            each.name,
            Parameter.KEYWORD_ONLY,
            default={} if each.default is MISSING else each.default,
            annotation=Annotated[hints[each.name], Meta(description=each.metadata.get("says"))],
        )
        for each in fields(form)
    }


@dataclass(frozen=True)
class Form:
    """What every form can do. Making one raises Unfit for a value of another type or size."""

    def __post_init__(self) -> None:
        kind: Any = type(self)  # not its instances are hashed, as mypy has it
        for name, each in fields_of(kind).items():
            value = checked(name, getattr(self, name), each.annotation)
            object.__setattr__(self, name, value)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """A form from JSON. Raises Unfit, also for a field that it does not have."""
        check_known(values, fields_of(cls))  # type: ignore[arg-type]  # the same
        return cls(**values)

    def changes(self) -> dict[str, Any]:
        """The fields that differ from those of a form that nobody filled in."""
        default = asdict(type(self)())
        return {name: value for name, value in asdict(self).items() if value != default[name]}


NEAR = (marked("CITY"), marked("A town, such as 'Lisboa' or 'Kreuzberg, Berlin'."))
AT = (marked("LAT,LON"), marked("Coordinates in degrees, such as 52.52,13.40."))
WITHIN = (marked("DISTANCE"), marked("How far: 25km (default), 800m, 3mi."))
DAYS = (marked("N"), marked("How many days ahead. Default: 14."))
HAND = (marked("N"), marked("How many cards. Default: 5."))
"""What several forms ask for."""


@dataclass(frozen=True, kw_only=True)
class EventForm(Form):
    """An event as a host writes it. None: not said (when editing: as before)."""

    title: Title | None = asked("TEXT", "One line that says what it is.")
    start: Word | None = asked("TIME", "Local time (2027-03-01T19:00), or a date for all day.")
    end: Word | None = asked("TIME", "Local time, or the last day of an all-day event.")
    duration: Word | None = asked("TIME", "Instead of --end: 2h, 90m, 1h30m or 3d.")
    tz: Word | None = asked("ZONE", "Time zone, such as Europe/Berlin. Default: the place's.")
    place: Word | None = asked("NAME", "What people call the place.")
    address: Line | None = asked("TEXT", "Street and number.")
    near: Word | None = asked(*NEAR)
    at: Word | None = asked(*AT)
    topics: Words | None = asked("WORD", "Up to five.", "topic")
    about: About | None = asked("TEXT", "What it is, in your words.")
    price: Word | None = asked("TEXT", "'free', '5 EUR', 'pay what you like'.")
    capacity: Capacity | None = asked("N", "How many people fit.")
    lang: Word | None = asked("TAG", "Language, such as de or pt-BR.")
    access: Mapping[NeedWord, bool] | None = asked(
        "NEED=yes|no", "wheelchair, step_free, sign_language, quiet, children."
    )
    repeat: Rule | None = asked(
        "RULE",
        "'every thursday 8 times', FREQ=WEEKLY;COUNT=8; of an event: from its date on, or 'never'.",
    )
    url: Line | None = asked("URL", "A page about it.")
    series: Word | None = asked("NAME", "What it is one of; a series counts as one card.")


@dataclass(frozen=True, kw_only=True)
class ImportForm(Form):
    """How to import a calendar (a path or an http address)."""

    near: Word | None = asked(*NEAR)
    at: Word | None = asked(*AT)
    topics: Words = asked("WORD", "Added to each event.", "topic", ())
    since: Day | None = asked("DATE", "First day to bring in. Default: today.", "from")
    watch: Word | None = asked("TIME", "Let the running node look again every 6h, 1d, ….")
    prune: bool = asked("", "Cancel what has vanished from the calendar.", default=False)
    public_url: bool = asked(
        "", "Publish the calendar's address; it may be a secret of yours.", default=False
    )


@dataclass(frozen=True, kw_only=True)
class SiteForm(Form):
    """What a site shows, and whose it is. None: as the settings `publish.…` have it.

    own_origin: whether it alone has its address's storage in browsers; None if that follows from
    the base.
    """

    near: Word | None = asked(*NEAR)
    at: Word | None = asked(*AT)
    within: Kilometres | None = asked(*WITHIN)
    days: Days | None = asked(*DAYS)
    table: Word | None = asked("NAME", "Show this table's hand, around its place.")
    title: Word | None = asked("WORDS", "Whose site it is, such as your house's name.")
    place: Word | None = asked("WORDS", "From where distances are: 'the house'.")
    keeper: Word | None = asked("NAME", "Who runs it; stands on the page about it.")
    mail: Mail | None = asked("ADDRESS", "Where guests may send a ticket.")
    base: WebAddress | None = asked("URL", "The address at which it will be seen.")
    own_origin: bool | None = None
    language: Word | None = asked("CODE", "Of the pages without scripts: en or de.")

    def filled(self, settings: Mapping[str, Any]) -> SiteForm:
        """With what is not said taken from these settings, by the names of the fields; one place
        said takes the place of another."""
        if self.near or self.at or self.table:
            settings = {**settings, "near": None, "at": None, "table": None}
        return SiteForm(
            **{name: value or None for name, value in settings.items()} | self.changes()
        )


@dataclass(frozen=True, kw_only=True)
class TableForm(Form):
    """What a new table shares: around where (needed), how far (km), how many days, its zone."""

    near: Word | None = asked(*NEAR)
    at: Word | None = asked(*AT)
    within: Kilometres = asked(*WITHIN, default=25.0)
    days: TableDays = asked(*DAYS, default=14)
    tz: Word | None = asked("ZONE", "Whose midnight begins its day. Default: the place's.")
    hand: Hand = asked(*HAND, default=5)
