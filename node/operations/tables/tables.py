"""Tables: people who share a secret, and are dealt the same hand on the same day."""

import secrets
from dataclasses import replace
from typing import TypedDict

from potluck.node import clock
from potluck.node.errors import Unfit
from potluck.node.geography.places import spot_at
from potluck.node.operations.announce.body import explained, spot_of
from potluck.node.operations.fields import Count, Word, taken
from potluck.node.operations.forms import TableForm
from potluck.node.operations.service import Service
from potluck.node.store import JoinedTable
from potluck.protocol import link
from potluck.protocol.errors import NotFound, Refused
from potluck.protocol.table import DEGREE_DIGITS, KM_DIGITS, Table, people_needed

SHARES = (1.0, 0.5, 0.2)
"""For how many who look each day the advice on size is given."""


class Described(TypedDict):
    """A table. `people`: how many should sit there if all, half, a fifth of them look each day;
    `site`: where its hand is shown to everybody, if it is. The link holds the secret."""

    name: str
    link: str
    near: str
    lat: float
    lon: float
    within_km: float
    days: Count
    tz: str
    hand: Count
    default: bool
    site: str | None
    people: dict[str, Count]


class Seat(TypedDict):
    """At which table one sits now, or sat."""

    table: str


async def table_new(service: Service, name: Word, form: TableForm) -> Described:
    """Found a table, and sit at it: as `table_show`. Asked twice, as by a double click, one."""
    spot = spot_of(form.near, form.at)
    if spot is None:
        raise Unfit("near", "say around which town the table looks")
    zone = clock.zone(form.tz or spot.tz).key
    with explained():
        table = Table(
            name.strip(),
            secrets.token_bytes(32),
            zone,
            round(spot.lat, DEGREE_DIGITS),
            round(spot.lon, DEGREE_DIGITS),
            round(form.within, KM_DIGITS),
            form.days,
            form.hand,
        )
    for other in all_joined(service):
        if replace(other, secret=table.secret) == table:
            return await table_show(service, other.name)
    await sit_down(service, table, default=False)
    return _described(service, table, default=False)


async def table_show(service: Service, name: Word) -> Described:
    """A table. Raises NotFound."""
    return _described(service, joined(service, name), default=_is_default(service, name))


async def table_list(service: Service) -> list[Described]:
    """The tables joined, as `table_show`."""
    return [
        _described(service, table, default=_is_default(service, table.name))
        for table in all_joined(service)
    ]


async def table_leave(service: Service, name: Word) -> Seat:
    """Get up from a table. Raises NotFound."""
    if not await service.store.choices.leave_table(name):
        raise NotFound("you sit at no table called {name}; see: potluck tables list", name=name)
    return {"table": name}


def joined(service: Service, name: str) -> Table:
    """The table of this name. Raises NotFound."""
    for table in all_joined(service):
        if table.name == name:
            return table
    raise NotFound("you sit at no table called {name}; see: potluck tables list", name=name)


def all_joined(service: Service) -> list[Table]:
    """The tables joined, by name."""
    found = (link.parse(seat.link) for seat in service.store.choices.tables())
    return [table for table in found if isinstance(table, Table)]


async def sit_down(service: Service, table: Table, *, default: bool) -> Seat:
    """Join a table. Raises Refused when another one has its name."""
    text = link.format_table(table)
    for other in all_joined(service):
        if other.name == table.name and other != table:
            raise Refused(
                "you already sit at another table called {name}; leave it first", name=table.name
            )
    await service.store.choices.join_table(JoinedTable(table.name, text, default))
    return {"table": table.name}


def _is_default(service: Service, name: str) -> bool:
    return any(seat.is_default for seat in service.store.choices.tables() if seat.name == name)


def _described(service: Service, table: Table, *, default: bool) -> Described:
    config = service.home.config
    site = config.site_base if config.site_table == table.name else ""
    return taken(
        Described,
        table,
        link=link.format_table(table),
        near=spot_at((table.lat, table.lon)).label,
        within_km=table.km,
        default=default,
        site=site or None,
        people={f"{share:.0%}": people_needed(table.hand, share) for share in SHARES},
    )
