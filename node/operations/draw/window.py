"""The window of a draw: the person's place and days, as cells, seconds and dates."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from potluck.node import clock
from potluck.node.errors import Unfit
from potluck.node.geography import distance as geo
from potluck.node.geography.places import Spot
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.forms import MAX_DAYS
from potluck.node.store import Entry
from potluck.protocol.announcement import DAY

KILOMETRES = (2, 5, 10, 25, 40, 100, 200)
"""The distances that forms offer, and that are tried when nothing lies within."""
DAYS = (1, 3, 7, 14, 30, 60, 120, 365)
"""The same in days."""
FAR_KM = 1_000.0
"""Beyond, the cells of the circle are more work than measuring every event."""

LONGEST = 92 * DAY
"""How long ago what is still on may have begun."""


def is_coming(start: int, end: int, day_in: str | None, since: int) -> bool:
    """Whether an event is still to come at `since`; of all day, `day_in` the zone; or still on."""
    if end - start > DAY and end > since:
        return start >= since - LONGEST
    if day_in is None:
        return start > since
    zone = clock.known(day_in)
    return start >= clock.midnight(clock.local_date(since + 1, zone), zone)


_cells_within = lru_cache(maxsize=64)(geo.cells_within)


@dataclass(frozen=True, slots=True)
class Window:
    """A circle (or anywhere) and days, in the zone whose midnight begins a day.

    `since` and `until` are UTC seconds: an event is there if it starts after `since` and before
    `until`; an all-day one if its first day is not over at `since`, on its own clock; one of
    several days until it ends.
    """

    spot: Spot | None
    km: float
    zone: str
    today: date
    first: date
    last: date
    since: int
    until: int

    @property
    def day(self) -> str:
        """Today as ISO 8601 writes it."""
        return self.today.isoformat()

    @property
    def cells(self) -> frozenset[int] | None:
        """The H3 cells to ask the store for; None for everywhere."""
        if self.spot is None or self.km > FAR_KM:
            return None
        return frozenset(_cells_within(self.spot.point, self.km))

    @property
    def earliest(self) -> int:
        """What to ask the store for: an exhibition may have opened weeks ago."""
        return max(0, self.since - LONGEST)

    def within(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, int]]:
        """The events within it, each with its start."""
        start_of, reaches = self.start_of, self.reach()
        for entry in entries:
            start = start_of(entry)
            if start is not None and reaches(entry):
                yield entry, start

    def start_of(self, entry: Entry) -> int | None:
        """When the event starts within the days, if it does."""
        start = entry.start
        if start is None or start >= self.until:
            return None
        day_in = entry.facts.tz if entry.all_day else None
        return start if is_coming(start, entry.end or 0, day_in, self.since) else None

    def distance(self, entry: Entry) -> float | None:
        """Kilometres from the spot; None when either is nowhere."""
        if self.spot is None or entry.lat is None or entry.lon is None:
            return None
        return geo.distance_km(self.spot.point, (entry.lat, entry.lon))

    def reach(self) -> Callable[[Entry], bool]:
        """The question whether an event may be within the circle; each place is measured once."""
        if self.spot is None:
            return lambda _entry: True
        centre, km = self.spot.point, self.km
        known: dict[tuple[float | None, float | None, int | None], bool] = {}

        def reaches(entry: Entry) -> bool:
            lat, lon, uncertainty = where = entry.lat, entry.lon, entry.uncertainty
            if lat is None or lon is None:
                return False
            near = known.get(where)
            if near is None:
                near = known[where] = geo.may_be_within(centre, (lat, lon), km, uncertainty)
            return near

        return reaches


def window_of(form: DrawForm, now: int) -> Window:
    """The window of this form at `now` (UTC seconds). Raises Unfit, NotFound, Ambiguous."""
    spot = spot_of(form.near, form.at)
    zone = spot.tz if spot else clock.machine_zone()
    today = clock.local_date(now, zone)
    first = clock.read_date("from", form.since) if form.since else today
    days = (clock.read_date("to", form.until) - first).days + 1 if form.until else form.days
    if not 1 <= days <= MAX_DAYS:
        field = "to" if form.until else "days"
        raise Unfit(
            field, "from 1 to {max_days} days, the last not before the first", max_days=MAX_DAYS
        )
    last = first + timedelta(days=days - 1)
    since = max(now, clock.midnight(first, zone) - 1)
    until = clock.midnight(last + timedelta(days=1), zone)
    return Window(spot, form.within, zone, today, first, last, since, until)
