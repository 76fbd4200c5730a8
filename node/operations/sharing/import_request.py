"""A calendar that is to be imported: how, how often, and what is known of it."""

import json
from dataclasses import asdict, dataclass, replace

from potluck.node import clock
from potluck.node.calendars.addresses import is_address
from potluck.node.calendars.draft import Scope
from potluck.node.calendars.fetch import Fetched
from potluck.node.errors import Unfit
from potluck.node.operations.announce.body import spot_of
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.service import Service
from potluck.node.store.feeds import FeedState

SHORTEST_WATCH = 900


@dataclass(frozen=True, slots=True)
class Request:
    """A calendar, how to import it, and after how many seconds again, if it says so."""

    service: Service
    source: str
    form: ImportForm
    scope: Scope
    every: int | None

    @property
    def state(self) -> FeedState:
        """What is known of the calendar now: somebody may have stopped watching it meanwhile."""
        known = self.service.store.feeds.get(self.source)
        return replace(known, every=self.every or known.every, form=self._form)

    @property
    def _form(self) -> str:
        return json.dumps(asdict(replace(self.form, watch=None)))

    def read(self, fetched: Fetched | None = None) -> FeedState:
        """The state after the calendar was read; None if it was as before."""
        now, state = self.service.clock.real(), self.state
        if fetched is not None:
            state = replace(state, etag=fetched.etag, modified=fetched.modified)
        due = now + state.every if state.every else None
        return replace(state, next=due, read_at=now, failing_since=None, failure=None)

    def conditions(self) -> FeedState:
        """What to say that we have: nothing on a new day, which brings new dates in reach."""
        known, now = self.service.store.feeds.get(self.source), self.service.clock.real()
        days = [clock.local_date(at, self.scope.zone) for at in (now, known.read_at or 0)]
        return known if days[0] == days[1] and known.form == self._form else FeedState(self.source)


def request_for(service: Service, source: str, form: ImportForm) -> Request:
    """What a form asks for, of a path, an address or an upload's name. Raises Unfit."""
    every = watch_interval(form.watch)
    return Request(service, source, form, _scope(service, source, form), every)


def watch_interval(watch: str | None) -> int | None:
    """Seconds between two looks at a calendar. Raises Unfit."""
    if watch is None:
        return None
    seconds = clock.read_duration("watch", watch)
    if seconds < SHORTEST_WATCH:
        raise Unfit("watch", "look again every 15m at most")
    return seconds


def _scope(service: Service, source: str, form: ImportForm) -> Scope:
    spot = spot_of(form.near, form.at)
    zone = spot.tz if spot else clock.machine_zone()
    day = (
        clock.read_date("from", form.since)
        if form.since
        else clock.local_date(service.clock.now(), zone)
    )
    public = source if form.public_url and is_address(source) else None
    return Scope(clock.midnight(day, zone), zone, spot, tuple(form.topics), public)
