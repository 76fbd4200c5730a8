"""When filters leave nothing to draw: what each of them hid, and what there would be without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from potluck.node.errors import Unfit
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service

from .deal import gather, personal_rules
from .filters import UNSAID, unsaid_allowed
from .window import look

_DROPPED: dict[str, Callable[[DrawForm], DrawForm]] = {
    "topic": lambda form: replace(form, topics=(), not_topics=()),
    "language": lambda form: replace(form, lang=()),
    "price": lambda form: replace(form, price=None),
    "access": lambda form: replace(form, access={}),
    "time": lambda form: replace(form, hours=None),
    "weekday": lambda form: replace(form, weekdays=()),
    "capacity": lambda form: replace(form, capacity_from=None, capacity_to=None),
}
_UNSAID: dict[str, Callable[[DrawForm], DrawForm]] = {
    "topic": lambda form: replace(form, topics=(*form.topics, UNSAID)) if form.topics else form,
    "language": lambda form: replace(form, lang=(*form.lang, UNSAID)),
    "price": lambda form: replace(form, price=f"{form.price} {UNSAID}"),
    "access": lambda form: replace(
        form, access={need: [*answers, UNSAID] for need, answers in form.access.items()}
    ),
}


def without(form: DrawForm, rule: str) -> DrawForm:
    """The form without one of its filters, by the name of HIDING. Raises Unfit."""
    if rule not in _DROPPED:
        raise Unfit("drop", f"{rule!r} is no filter that can be dropped")
    return _DROPPED[rule](form)


def with_unsaid(form: DrawForm, rule: str) -> DrawForm:
    """The form with one of its filters letting in what does not say. Raises Unfit."""
    if rule not in _UNSAID:
        raise Unfit("unsaid", f"{rule!r} is no filter that lets in what is not said")
    return form if unsaid_allowed(form, rule) else _UNSAID[rule](form)


async def loosened(service: Service, form: DrawForm, hidden: Json, unsaid: Json) -> list[Json]:
    """What each filter hid, and what would be in the hat if it alone were changed.

    [{rule, hidden, unsaid, choices: [{change: "drop" or "unsaid", events}…]}…], of `hidden` and
    `unsaid` as a draw counts them. A change that brings nothing is not among the choices.
    """
    found = []
    for rule, number in hidden.items():
        if not number:
            continue
        choices = []
        for change, changed in _changes(form, rule, unsaid=bool(unsaid.get(rule))):
            here = look(changed, service.clock.now())
            deck = await gather(service, here, personal_rules(service, changed), bagged=False)
            if deck.found.candidates:
                choices.append({"change": change, "events": len(deck.found.candidates)})
        found.append(
            {"rule": rule, "hidden": number, "unsaid": unsaid.get(rule, 0), "choices": choices}
        )
    return found


def _changes(form: DrawForm, rule: str, *, unsaid: bool) -> Iterator[tuple[str, DrawForm]]:
    if unsaid and rule in _UNSAID:
        yield "unsaid", with_unsaid(form, rule)
    if rule in _DROPPED:
        yield "drop", without(form, rule)
