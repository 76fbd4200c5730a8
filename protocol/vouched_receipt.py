"""What the receipt of a vouched draw has besides: how each card was walked to, and the vouches.

The first step of a walk tells whom one has met. It may be withheld; then the rest is checked.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from .candidate import Candidate
from .draw import Card, Hand
from .message import Message
from .vouch import SignedVouch
from .walk import (
    NUMBERS_A_CARD,
    STEPS,
    Returned,
    Table,
    Vouched,
    draw_vouched,
    is_strangers,
    next_host,
    returned,
)


class Step(NamedTuple):
    """The number of a card, and the hosts on the way to it; None: it is a stranger's."""

    number: int
    path: tuple[bytes, ...] | None


@dataclass(frozen=True, slots=True)
class Walked:
    """How a hand was walked to: `steps` has one of each card.

    `met` are the hosts that one vouches for; None withholds them, and then no path has its first
    host. `vouches` are public ones, as signed, of all hosts on the way but those withheld.
    """

    strangers: bool
    vouches: tuple[SignedVouch, ...]
    met: frozenset[bytes] | None
    steps: tuple[Step, ...]

    @property
    def friends(self) -> Returned:
        """Whom each host vouches for and is vouched for by in return."""
        vouches = (one.vouch for one in self.vouches)
        return returned(Vouched(one.by, one.host) for one in vouches if one.given)


def deal(
    candidates: Collection[Candidate],
    seed: bytes,
    n: int,
    met: frozenset[bytes],
    vouches: Iterable[SignedVouch],
    *,
    strangers: bool,
) -> tuple[Hand, Walked]:
    """A vouched hand of at most n cards with what shows how it came about."""
    empty = Walked(strangers, tuple(sorted(vouches, key=lambda one: one.id)), met, ())
    dealt = draw_vouched(candidates, seed, n, met, empty.friends, strangers=strangers)
    steps = tuple(Step(each.number, each.path) for each in dealt)
    return Hand(tuple(each.card for each in dealt)), replace(empty, steps=steps)


def withheld(walked: Walked) -> Walked:
    """The same without whom one has met, and without the vouches that only they led to."""
    if walked.met is None:
        return walked
    steps = tuple(
        step if step.path is None else Step(step.number, step.path[1:]) for step in walked.steps
    )
    on_the_way = {host for step in steps for host in step.path or ()}
    vouches = tuple(one for one in walked.vouches if {one.vouch.by, one.vouch.host} & on_the_way)
    return Walked(walked.strangers, vouches, None, steps)


def again(
    candidates: Collection[Candidate], seed: bytes, n: int, hand: Hand, walked: Walked
) -> Iterator[Card | None]:
    """The cards to which the walks lead; where the first step is withheld, as they claim it."""
    if walked.met is not None:
        redealt = deal(candidates, seed, n, walked.met, walked.vouches, strangers=walked.strangers)
        yield from redealt[0].cards
        return
    table = Table(candidates, seed)
    for card, step in zip(hand.cards, walked.steps, strict=True):
        if step.path is None:
            yield table.of_all()
        else:
            yield table.of_last((card.candidate.host, *step.path))


def differences(
    candidates: Collection[Candidate], seed: bytes, n: int, walked: Walked
) -> Iterator[str]:
    """What is wrong with the vouches and the walks."""
    yield from _vouch_differences(walked.vouches)
    if walked.met is not None:
        _, made = deal(candidates, seed, n, walked.met, walked.vouches, strangers=walked.strangers)
        if made.steps != walked.steps:
            yield Message("walks: these vouches lead elsewhere")
        return
    numbers = [step.number for step in walked.steps]
    ascend = all(a < b for a, b in pairwise(numbers))
    if not ascend or len(numbers) > n or numbers[-1:] >= [NUMBERS_A_CARD * n]:
        yield Message("walks: their numbers do not ascend, or are too many")
    friends = walked.friends
    for place, step in enumerate(walked.steps, 1):
        if (step.path is None) != (walked.strangers and is_strangers(seed, step.number)):
            yield Message(
                "walks: whether card {place} is a stranger's does not follow from the seed",
                place=place,
            )
        elif step.path and not _follows(seed, step.number, step.path, friends):
            yield Message(
                "walks: that of card {place} does not follow from the seed and the vouches",
                place=place,
            )


def _vouch_differences(vouches: Collection[SignedVouch]) -> Iterator[str]:
    for one in vouches:
        if not one.has_valid_signature():
            yield Message("vouches: {by}… did not sign one of them", by=one.vouch.by.hex()[:16])
    if len({one.vouch.register for one in vouches}) < len(vouches):
        yield Message("vouches: two of them take one place")
    if len({one.vouch.network for one in vouches}) > 1:
        yield Message("vouches: they are of several networks")


def unproven(walked: Walked) -> Iterator[str]:
    """What a receipt of a vouched draw leaves open, in sentences for people."""
    yield Message("Not proven: that no vouch was left out, and that each held when it was drawn.")
    if walked.met is None:
        yield Message(
            "Not checked: the first step of each walk, and which walks found nothing. Whom one has"
            " met is one's own affair."
        )


def _follows(seed: bytes, number: int, path: tuple[bytes, ...], friends: Returned) -> bool:
    """Whether a path without its first host, which is step 0, goes where the tickets say."""
    steps = enumerate(pairwise(path), 2)
    if any(
        after != next_host(seed, number, step, friends.get(one, ())) for step, (one, after) in steps
    ):
        return False
    return len(path) == STEPS - 1 or not friends.get(path[-1])
