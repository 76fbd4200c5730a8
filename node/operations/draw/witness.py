"""A draw that a friend witnesses, and a deck on paper: draws that need no trust in this program."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict

from potluck.node.clock import iso
from potluck.node.errors import Unfit
from potluck.node.operations.forms import DrawForm, read_form
from potluck.node.operations.service import Json, Service
from potluck.protocol import seed as seeds
from potluck.protocol import witness
from potluck.protocol.draw import EVENT, HOST, SERIES, Candidate
from potluck.protocol.errors import Invalid, NotFound
from potluck.protocol.origin import Witness
from potluck.protocol.ticket import tickets

from .deal import Deck, check, gather, mode_of, personal_rules
from .draw import beside, seed_of
from .filters import Sifted
from .window import look

PENDING = "witness"
WARNING = (
    "That a node which dislikes the outcome falls silent before revealing cannot be prevented: "
    "insist that it reveals."
)


async def witness_open(service: Service, form: DrawForm) -> Json:
    """Fix the deck and a secret number, and commit to them: {commitment, eligible, hosts, warning}.

    Show the commitment to the friend, then ask for a word and call `witness_close`. It waits as
    long as need be, also for another window.
    """
    check(form)
    if form.wild:
        raise Unfit(
            "wild", "a witnessed hand has no wild cards: the commitment covers one deck only"
        )
    here = look(form, service.clock.now())
    deck = await gather(service, here, personal_rules(service, form), bagged=not form.again)
    r, day = secrets.token_bytes(witness.NONCE_BYTES), here.today.isoformat()
    commitment = witness.commit(deck.found.candidates, form.hand, mode_of(form), day, r)
    pending = {
        "form": asdict(form),
        "r": r.hex(),
        "day": day,
        "commitment": commitment.hex(),
        "deck": _noted(deck),
    }
    await service.store.choices.note(PENDING, json.dumps(pending))
    hosts = len({candidate.host for candidate in deck.found.candidates})
    eligible = len({candidate.event_key for candidate in deck.found.candidates})
    return {
        "commitment": commitment.hex(),
        "eligible": eligible,
        "hosts": hosts,
        "warning": WARNING,
    }


async def witness_pending(service: Service) -> Json | None:
    """The draw that waits for a word: {commitment, day}; None if none does."""
    noted = service.store.choices.noted(PENDING)
    if not noted:
        return None
    pending = json.loads(noted)
    return {"commitment": pending["commitment"], "day": pending["day"]}


async def witness_close(service: Service, word: str) -> Json:
    """Deal with the friend's word: as draws.draw, with {commitment, r, word}. Raises NotFound."""
    noted = service.store.choices.noted(PENDING)
    if not noted:
        raise NotFound("no witnessed draw waits for a word; begin one with: potluck draw --witness")
    pending = json.loads(noted)
    commitment, r = bytes.fromhex(pending["commitment"]), bytes.fromhex(pending["r"])
    try:
        origin = Witness(pending["day"], commitment, r, word)
    except Invalid as error:
        raise Unfit("word", str(error)) from None
    form = read_form(DrawForm, pending["form"])
    here = look(form, service.clock.now())
    deck = Deck(here, _denoted(pending["deck"]), bag_spent=False)
    dealt = await beside(service, form, deck, origin, origin.remake())
    await service.store.choices.note(PENDING, "")
    return dealt | {"commitment": commitment.hex(), "r": r.hex(), "word": word, "warning": WARNING}


def _noted(deck: Deck) -> list[list[object]]:
    return [
        [
            each.host.hex(),
            each.slot,
            each.id.hex(),
            each.series,
            each.source,
            deck.found.starts[each.host, each.slot],
        ]
        for each in deck.found.candidates
    ]


def _denoted(noted: list[list[object]]) -> Sifted:
    found = Sifted()
    for host, slot, id_, series, source, start in noted:
        candidate = Candidate(bytes.fromhex(host), slot, bytes.fromhex(id_), series, source)  # type: ignore[arg-type]
        found.candidates.append(candidate)
        found.starts[candidate.host, candidate.slot] = start  # type: ignore[assignment]
    return found


async def deck_print(service: Service, form: DrawForm, seed: str | None = None) -> Json:
    """The eligible deck, for a pencil: {seed, mode, n, hosts: [{name, host, ticket, events: […]}…]}.

    Hosts go A to Z by name, each with its ticket; its events A to Z, numbered through, each with
    {number, title, start, series, series_ticket, ticket}. The smallest ticket wins everywhere.
    """
    check(form)
    here = look(form, service.clock.now())
    given = (
        seeds.solo(service.home.draw_secret, here.today.isoformat(), 0)
        if seed is None
        else seed_of(seed)
    )
    bagged = seed is None and not form.again
    deck = await gather(service, here, personal_rules(service, form), bagged=bagged)
    hosts = _by_host(service, deck, given)
    numbers = iter(range(1, 1 << 32))
    for host in hosts:
        for event in host["events"]:
            event["number"] = next(numbers)
    return {
        "seed": given.hex(),
        "mode": mode_of(form),
        "n": form.hand,
        "day": here.today.isoformat(),
        "hosts": hosts,
    }


def _by_host(service: Service, deck: Deck, seed: bytes) -> list[Json]:
    host_ticket = tickets(seed, HOST)
    groups: dict[bytes, list[Candidate]] = {}
    for candidate in deck.found.candidates:
        groups.setdefault(candidate.host, []).append(candidate)
    claimed: set[object] = set()
    found = []
    for ticket, host in sorted((host_ticket(host), host) for host in groups):
        own = [
            each for each in groups[host] if each.source is None or each.event_key not in claimed
        ]
        claimed.update(each.event_key for each in own)
        if own:
            events = sorted(
                (_line(service, deck, each, seed) for each in own),
                key=lambda event: event["title"].casefold(),
            )
            found.append(
                {"name": _name(own), "host": host.hex(), "ticket": ticket.hex(), "events": events}
            )
    return sorted(found, key=lambda host: (host["name"].casefold(), host["host"]))


def _name(events: list[Candidate]) -> str:
    sources = {event.source for event in events}
    only = next(iter(sources))
    return only if len(sources) == 1 and only else "several sources" if len(sources) > 1 else "host"


def _line(service: Service, deck: Deck, event: Candidate, seed: bytes) -> Json:
    entry = service.store.deck.entry(event.host, event.slot)
    return {
        "title": entry.title if entry else "?",
        "start": iso(deck.found.starts[event.host, event.slot], entry.facts.tz if entry else "UTC"),
        "series": event.series,
        "series_ticket": tickets(seed, SERIES)(event.series_item).hex(),
        "ticket": tickets(seed, EVENT)(event.register).hex(),
        "id": event.id.hex(),
    }
