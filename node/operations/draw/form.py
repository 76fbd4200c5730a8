"""What a person asks of a draw: filters, where and when, and how to deal."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from potluck.node.errors import Unfit
from potluck.node.operations.fields import Day, Word, asked
from potluck.node.operations.forms import (
    AT,
    DAYS,
    HAND,
    NEAR,
    WITHIN,
    Days,
    Form,
    Hand,
    Kilometres,
)
from potluck.protocol.table import MAX_HAND

from .filters import Filters

Wild = Annotated[int, Meta(ge=0, le=MAX_HAND)]


@dataclass(frozen=True, kw_only=True)
class DrawForm(Form, Filters):
    """Which events to draw from, and how. Nothing is hidden that the person did not ask to hide.

    near or at: where, else anywhere; within: kilometres. days ahead from today, or since and until
    (both included). no_strangers: not even the stranger who else comes in one card of ten.
    """

    hand: Hand = asked(*HAND, default=5)
    near: Word | None = asked(*NEAR)
    at: Word | None = asked(*AT)
    within: Kilometres = asked(*WITHIN, default=25.0)
    days: Days = asked(*DAYS, default=14)
    since: Day | None = asked("DATE", "First day, instead of today.", "from")
    until: Day | None = asked("DATE", "Last day, instead of --days.", "to")
    wild: Wild = asked("N", "So many cards ignore topic, language, price.", default=0)
    again: bool = asked("", "Also what was dealt on earlier days.", default=False)
    vouched: bool = asked("", "Only along vouches, from those whom you have met.", default=False)
    no_strangers: bool = asked("", "With --vouched: without one stranger in ten.", default=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.vouched and self.wild:
            raise Unfit("wild", "a vouched hand has no wild cards; it has strangers instead")
        if self.wild > self.hand:
            raise Unfit("wild", "the wild cards are a part of the hand")
