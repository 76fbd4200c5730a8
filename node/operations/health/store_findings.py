"""What shows of what is kept: the store, the deck, calendars that are watched."""

import json
from collections import Counter

from potluck.node.calendars.addresses import named
from potluck.node.operations.service import Service
from potluck.node.store import LEFT_BEHIND
from potluck.protocol.errors import LocalError
from potluck.protocol.message import Message as _

from .finding import Finding, ago, bad, good, note

OLD_DECK = 7 * 86_400
"""Seconds without anything new after which a deck looks forgotten."""


async def store(service: Service) -> Finding:
    try:
        damage = await service.store.upkeep.damage()
    except LocalError as error:
        damage = str(error)
    torn = service.store.database.torn_pages
    if damage is None and torn:
        return note(
            "store",
            _(
                "is whole; {torn} pages that were being written when the machine stopped are lost",
                torn=torn,
            ),
        )
    if damage is None:
        return good("store", _("is whole"))
    return bad(
        "store",
        _("is damaged: {damage}", damage=damage),
        _("stop the node, move store.sqlite away, start again"),
    )


async def deck(service: Service) -> Finding:
    counts = await service.store.deck.counts()
    newest = await service.store.deck.newest()
    if newest is None:
        return note("deck", _("is empty"), _("potluck import FILE, or potluck join 'LINK'"))
    age = max(0, service.clock.real() - newest)
    says = _(
        "holds {held:,} of {log:,} events known; the newest was announced {age}",
        held=counts.held,
        log=counts.log,
        age=ago(age),
    )
    if age > OLD_DECK:
        return note("deck", says, _("meet more peers: potluck peers connect, potluck join"))
    return good("deck", says)


def left_behind(service: Service) -> list[Finding]:
    """Imports that an earlier version announced, until the calendars here are imported again."""
    left = Counter(json.loads(service.store.choices.noted(LEFT_BEHIND) or "{}"))
    if not left:
        return []
    own = left[service.me.hex()]
    says = _(
        "an earlier version held events that name no paid source; they were let go: {own} of "
        "yours, {others} of others",
        own=own,
        others=left.total() - own,
    )
    return [
        note("imports", says, _("import your calendars again: potluck import") if own else None)
    ]


def calendars(service: Service) -> list[Finding]:
    """Whether the calendars that are watched could be read last time, if there are any."""
    states, now = service.store.feeds.watched(), service.clock.real()
    failing = [
        bad(
            "calendars",
            _(
                "{name} cannot be read since {ago}: {failure}",
                name=named(state.address),
                ago=ago(now - state.failing_since),
                failure=state.failure,
            ),
            _("look at its address: potluck calendars list"),
        )
        for state in states
        if state.failing_since is not None
    ]
    if failing or not states:
        return failing
    return [good("calendars", _("{number} watched, all could be read", number=len(states)))]
