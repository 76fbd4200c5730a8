"""Where and when a draw looks: the person's place and days, as cells, seconds and dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from potluck.node import clock
from potluck.node.errors import Unfit
from potluck.node.geography import distance as geo
from potluck.node.geography.places import Spot
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.announce.recurrence import next_start
from potluck.node.operations.forms import DrawForm
from potluck.node.store import Entry
from potluck.protocol.announcement import DAY

MAX_DAYS = 400
FAR_KM = 1_000.0
"""Beyond, the cells of the circle are more work than measuring every event."""

_cells_within = lru_cache(maxsize=64)(geo.cells_within)


@dataclass(frozen=True, slots=True)
class Look:
    """A circle (or anywhere) and days, in the zone whose midnight begins a day.

    `since` and `until` are UTC seconds: an event is there if it starts after `since` and before
    `until`; an all-day one if its first day is not over at `since`, on its own clock.
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
    def cells(self) -> frozenset[int] | None:
        """The H3 cells to ask the store for; None for everywhere."""
        if self.spot is None or self.km > FAR_KM:
            return None
        return frozenset(_cells_within(self.spot.point, self.km))

    @property
    def earliest(self) -> int:
        """What to ask the store for: all-day events of today may have begun long ago by UTC."""
        return max(0, self.since - 2 * DAY)

    def start_of(self, entry: Entry) -> int | None:
        """When the event starts within the days looked at, if it does: an rrule's next start."""
        start = entry.start
        if start is None:
            return None
        if entry.rrule is None and not entry.all_day:
            return start if self.since < start < self.until else None
        if entry.rrule is not None:
            coming = next_start(entry.rrule, start, entry.facts.tz, self._after(entry))
            return coming if coming is not None and coming < self.until else None
        return start if self._after(entry) <= start < self.until else None

    def _after(self, entry: Entry) -> int:
        """The first second at which it may start."""
        if not entry.all_day:
            return self.since + 1
        zone = clock.known(entry.facts.tz)
        return clock.midnight(clock.local_date(self.since + 1, zone), zone)

    def distance(self, entry: Entry) -> float | None:
        """Kilometres from the spot; None when either is nowhere."""
        if self.spot is None or entry.lat is None or entry.lon is None:
            return None
        return geo.distance_km(self.spot.point, (entry.lat, entry.lon))

    def reach(self) -> Callable[[Entry], bool]:
        """The question whether an event is within the circle; places that recur are measured once."""
        if self.spot is None:
            return lambda _entry: True
        centre, km, known = (
            self.spot.point,
            self.km,
            dict[tuple[float | None, float | None], bool](),
        )
        known[None, None] = False

        def reaches(entry: Entry) -> bool:
            point = entry.lat, entry.lon
            near = known.get(point)
            if near is None:
                near = known[point] = geo.within(centre, point, km)  # type: ignore[arg-type]
            return near

        return reaches


def look(form: DrawForm, now: int) -> Look:
    """Where and when this form looks at `now` (UTC seconds). Raises Unfit, NotFound, Ambiguous."""
    spot = spot_of(form.near, form.at)
    if form.within <= 0:
        raise Unfit("within", "a distance is more than nothing, such as 25km")
    zone = spot.tz if spot else clock.machine_zone()
    today = clock.local_date(now, zone)
    first = clock.read_date("from", form.since) if form.since else today
    days = (clock.read_date("to", form.until) - first).days + 1 if form.until else form.days
    if not 1 <= days <= MAX_DAYS:
        raise Unfit(
            "to" if form.until else "days",
            f"from 1 to {MAX_DAYS} days, the last not before the first",
        )
    last = first + timedelta(days=days - 1)
    since = max(now, clock.midnight(first, zone) - 1)
    until = clock.midnight(last + timedelta(days=1), zone)
    return Look(spot, form.within, zone, today, first, last, since, until)
