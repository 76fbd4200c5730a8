"""The vouched draw: from those whom one has met, along public vouches that are returned."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypedDict

from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Key
from potluck.node.operations.service import Service
from potluck.node.operations.trust.vouches import met_by
from potluck.protocol import receipt
from potluck.protocol.candidate import Candidate
from potluck.protocol.receipt import Receipt
from potluck.protocol.vouch import SignedVouch, decode_vouch
from potluck.protocol.walk import NUMBERS_A_CARD, STEPS, walk

from .seeds import Seed

Returned = Callable[[bytes], list[tuple[Any, ...]]]
"""See Trust.returned."""

COUNTED = 1_000
"""Hosts that walks can come to are counted so far."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The vouches on the way, and how many hosts walks can come to (COUNTED: or more)."""

    vouches: frozenset[SignedVouch]
    reach: int


def deal_vouched(
    service: Service,
    candidates: list[Candidate],
    form: DrawForm,
    seed: Seed,
    n: int,
    filters: dict[str, str],
) -> tuple[Receipt, int]:
    """Deal at most n cards; also how many hosts walks can come to (COUNTED: or more)."""
    met = frozenset(one.host for one in met_by(service))
    returned = partial(service.store.trust.returned, now=service.clock.real())
    found = _follow(met, seed.value, n, returned)
    made = receipt.deal_vouched(
        candidates,
        seed.origin,
        seed.value,
        n,
        met,
        found.vouches,
        strangers=not form.no_strangers,
        filters=filters,
    )
    return made, found.reach


class OnTheWay(TypedDict):
    """A host on a walk, and what one calls it, if anything."""

    host: Key
    name: str


class Walk(TypedDict):
    """How a card was walked to; of a stranger's there is no path."""

    stranger: bool
    path: list[OnTheWay]


def in_words(service: Service, path: Iterable[str] | None, drawn: str) -> Walk:
    """How a card of the host `drawn` was walked to: only so far, and without going in circles."""
    names = {one.host.hex(): one.name for one in met_by(service)}
    way: list[str] = []
    for host in path or ():
        way = way[: way.index(host)] if host in way else way
        way.append(host)
        if host == drawn:
            break
    return {
        "stranger": path is None,
        "path": [{"host": host, "name": names.get(host, "")} for host in way],
    }


def _follow(met: frozenset[bytes], seed: bytes, n: int, ask: Returned) -> _Found:
    """Go all walks that may be gone, and look around as far as walks reach."""
    friends: dict[bytes, list[bytes]] = {}
    vouches: set[SignedVouch] = set()

    def meet(host: bytes) -> list[bytes]:
        if host not in friends:
            rows = ask(host)
            friends[host] = [one for one, *_ in rows]
        return friends[host]

    for number in range(NUMBERS_A_CARD * n):
        path = walk(seed, number, met, friends)
        while path and len(path) < STEPS and path[-1] not in friends:
            meet(path[-1])
            path = walk(seed, number, met, friends)
    for host in list(friends):
        for _, *pair in ask(host):
            vouches.update(decode_vouch(encoded) for encoded in pair)
    near = here = set(met)
    for _ in range(STEPS - 1):
        here = {after for host in here for after in meet(host)} - near
        near = near | here
        if len(near) >= COUNTED:
            break
    return _Found(frozenset(vouches), min(len(near), COUNTED))
