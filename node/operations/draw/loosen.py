"""When filters leave nothing to draw: what each of them hid, and what there would be without it."""

from collections.abc import Iterator
from dataclasses import fields, replace
from functools import partial
from typing import Any

from potluck.node.errors import Unfit
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Json, Service

from .candidates import gather, with_all
from .filters import FILTERS, UNSAID, Filter
from .window import window_of

_NAMED = {each.name: each for each in FILTERS}


def without(form: DrawForm, rule: str) -> DrawForm:
    """The form without one of its filters, by its name. Raises Unfit."""
    empty: Any = _named("drop", rule)()
    soft: dict[str, Any] = {each.name: getattr(empty, each.name) for each in fields(empty)}
    return replace(form, **soft)


def with_unsaid(form: DrawForm, rule: str) -> DrawForm:
    """The form with one of its filters letting in what does not say. Raises Unfit."""
    asked = _named("unsaid", rule)
    if asked.lets_in_unsaid(form):
        return form
    changes: dict[str, Any] = {}
    if rule == "topic" and form.topics:
        changes["topics"] = (*form.topics, UNSAID)
    elif rule == "language" and form.lang:
        changes["lang"] = (*form.lang, UNSAID)
    elif rule == "price" and form.price:
        changes["price"] = f"{form.price} {UNSAID}"
    elif rule == "access":
        access = form.access.items()
        changes["access"] = {need: tuple({*answers, UNSAID}) for need, answers in access}
    return replace(form, **changes)


def _named(field: str, rule: str) -> type[Filter]:
    if rule not in _NAMED:
        raise Unfit(field, "{rule!r} is no filter that can be changed", rule=rule)
    return _NAMED[rule]


async def loosened(service: Service, form: DrawForm, hidden: Json, unsaid: Json) -> list[Json]:
    """What each filter hid, and what would be in the hat if it alone were changed.

    [{rule, hidden, unsaid, choices: [{change: "drop" or "unsaid", events}…]}…], of `hidden` and
    `unsaid` as a draw counts them. A change that brings nothing is not among the choices.
    """
    return await with_all(service, partial(_loosened, form=form, hidden=hidden, unsaid=unsaid))


def _loosened(service: Service, form: DrawForm, hidden: Json, unsaid: Json) -> list[Json]:
    found: list[Json] = []
    for rule, number in hidden.items():
        if not number:
            continue
        choices = []
        for change, changed in _changes(form, rule, unsaid=bool(unsaid.get(rule))):
            window = window_of(changed, service.clock.now())
            deck = gather(service, window, changed, bagged=False)
            if deck.eligible:
                choices.append({"change": change, "events": deck.eligible})
        counts = {"hidden": number, "unsaid": unsaid.get(rule, 0)}
        found.append({"rule": rule, **counts, "choices": choices})
    return found


def _changes(form: DrawForm, rule: str, *, unsaid: bool) -> Iterator[tuple[str, DrawForm]]:
    if rule not in _NAMED:
        return
    if unsaid and (let_in := with_unsaid(form, rule)) != form:
        yield "unsaid", let_in
    yield "drop", without(form, rule)
