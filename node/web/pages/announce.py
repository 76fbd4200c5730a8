"""Announcing: a blank ticket to fill in; later edit, postpone, cancel, withdraw."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from potluck.node.language import format as words
from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.announce.changes import Change, changes
from potluck.node.operations.announce.revisions import since
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Json
from potluck.node.operations.sharing.guest_ticket import announce_ticket
from potluck.protocol.errors import LocalError

from . import event_form as forms
from . import guest_tickets as guests
from . import paper_ticket as tickets
from . import sent
from .view import NO_PROBLEM, Problem, Question, View

DRAFT = "page.draft"
SAMPLE_STOCK = 4


async def blank(view: View) -> Response:
    """A blank ticket, the draft that was left, or a guest's."""
    filled = guests.waiting(view).get(view.query("ticket"))
    filled = filled or json.loads(view.noted(DRAFT) or "{}")
    filled.setdefault("near", view.filters.near or "")
    return await _form(view, filled)


async def again(view: View, problem: Problem) -> Response:
    """What was filled in, with what is wrong with it."""
    return await _form(view, forms.filled(view), problem, await _asked_for(view))


async def as_it_is(view: View, problem: Problem) -> Response:
    """The event as it is, with what is wrong with what was to be done to it."""
    event = await list_events.show(view.service, view.field("id"))
    return await _form(view, forms.of_event(event), problem, event)


async def _asked_for(view: View) -> Json | None:
    """The event that the address names."""
    id = view.request.path_params.get("id")
    return await list_events.show(view.service, id) if id else None


async def _form(
    view: View,
    filled: Mapping[str, Any],
    problem: Problem = NO_PROBLEM,
    event: Json | None = None,
    differs: Sequence[Change] = (),
) -> Response:
    """The form with what was filled in, and the ticket that it makes.

    `differs`: what of the event was changed elsewhere since the form was opened.
    """
    filled = forms.EMPTY | dict(filled)
    return view.page(
        "announce.html",
        "announce",
        filled=filled,
        problem=problem,
        unlikely=isinstance(problem, Question),
        differs=differs,
        event=event,
        token=secrets.token_urlsafe(12),
        ticket=_preview(view, filled),
        offered=[(topic, tickets.topic_word(topic, view.locale)) for topic in tickets.OFFERED],
        shapes=sorted({*tickets.OFFERED, "plain"}),
        needs=words.NEEDS,
        every=forms.EVERY.items(),
        draft=bool(view.noted(DRAFT)) and event is None,
        tickets=guests.waiting(view),
    )


def _preview(view: View, filled: Mapping[str, Any]) -> dict[str, Any]:
    """The ticket as others will draw it, as far as it is filled in."""
    more = [word.strip() for word in filled["more"].split(",") if word.strip()]
    return {
        "stock": f"s{SAMPLE_STOCK}",
        "title": filled["title"] or view.gettext("Untitled so far"),
        "marks": tickets.marks([*filled["topics"], *more], view.locale),
        "when": forms.spoken(view, filled),
        "place": filled["place"] or view.gettext("Place to be said"),
        "price": words.sentence(filled["price"]) or view.gettext("Price not said."),
    }


async def announce(view: View) -> Response:
    """Sign and announce, or keep as a draft; a mistake is named, and nothing written is lost.

    A form announces once, however often it is sent.
    """
    filled, ticket = forms.filled(view), view.field("ticket")
    if view.field("act") == "drop":
        await guests.drop(view, ticket)
        return view.go("/announce")
    if view.field("act") == "draft":
        await (guests.keep(view, filled) if ticket else view.note(DRAFT, json.dumps(filled)))
        return view.go("/announce")
    async with view.site.announcing:
        before = sent.find(view)
        if before is not None:
            return await _sent_before(view, filled, before)
        asked = forms.event_form(filled)
        if question := forms.unlikely(view, filled):
            return await _form(view, filled, question)
        if ticket:
            made = await announce_ticket(view.service, asked, filled["guest"])
        else:
            made = await events.announce(view.service, asked)
        await sent.note(view, made["id"], filled)
    await (guests.drop(view, ticket) if ticket else view.note(DRAFT, ""))
    text = view.gettext(
        "Announced, signed with your key. It goes to every node of this network as they meet."
    )
    view.notice(text)
    return view.go(f"/card/{made['id']}")


async def _sent_before(view: View, filled: Mapping[str, Any], before: sent.Sent) -> Response:
    """The form was sent already: by a double click, or by Back and with other words."""
    if before.digest == forms.digest(filled):
        view.notice(view.gettext("This was announced already, and only once."))
        return view.go(f"/card/{before.id}")
    event = await list_events.show(view.service, before.id)
    text = view.gettext(
        "From this ticket you have announced “%(title)s” already. Send it again, and this is "
        "announced as another event beside it. To change that one, open it under what you have "
        "announced.",
        title=event["title"] or "",
    )
    return await _form(view, filled, Problem("", text))


async def change(view: View) -> Response:
    """An event of one's own: what can be done with it, and the form to edit it."""
    event = await list_events.show(view.service, view.field("id"))
    if not event["mine"] or event["title"] is None:
        raise LocalError("only an event of your own that was not withdrawn can be changed")
    return await _form(view, forms.of_event(event), event=event)


async def edit(view: View) -> Response:
    """A new revision, if nothing was changed since the form was opened; else what was."""
    filled = forms.filled(view)
    async with view.site.announcing:
        event = await list_events.show(view.service, view.field("id"))
        before = sent.find(view)
        if before is not None and before.digest == forms.digest(filled):
            return view.go(f"/card/{before.id}")
        if stale := await _stale(view, event, filled):
            return stale
        asked = forms.event_form(filled, no_capacity=0)
        moved = filled["day"] != forms.of_event(event)["day"]
        if moved and (question := forms.unlikely(view, filled)):
            return await _form(view, filled, question, event)
        made = await events.edit(view.service, event["id"], asked)
        await sent.note(view, made["id"], filled)
    view.notice(view.gettext("The change is signed and on its way."))
    return view.go(f"/card/{made['id']}")


async def _stale(
    view: View, event: Json, filled: Mapping[str, Any] | None = None
) -> Response | None:
    """What to answer if the event is not as it was when the form was opened."""
    if view.field("base") in ("", event["id"]):
        return None
    if event["title"] is None:
        view.notice(view.gettext("It was withdrawn meanwhile, and is not changed any more."))
        return view.go("/mine")
    differs = changes(event, await since(view.service, view.field("base")), view.locale)
    if filled is None:
        text = view.gettext("It was changed since you opened this page, so nothing was sent.")
        return await _form(view, forms.of_event(event), Problem("", text), event, differs)
    text = view.gettext(
        "It was changed since you opened this form, so nothing was sent. What you wrote is still "
        "here; sent again, it takes the place of that change."
    )
    return await _form(view, filled, Problem("", text), event, differs)


async def call_off(view: View) -> Response:
    """Postpone, cancel or withdraw."""
    act = view.field("act")
    async with view.site.announcing:
        event = await list_events.show(view.service, view.field("id"))
        if stale := await _stale(view, event):
            return stale
        if act == "postpone":
            return await _postpone(view, event)
        if act == "cancel":
            made = await events.cancel(view.service, event["id"], view.field("why") or None)
            view.notice(view.gettext("That it is cancelled is signed and on its way."))
            return view.go(f"/card/{made['id']}")
        await events.withdraw(view.service, event["id"])
    view.notice(view.gettext("It is withdrawn."))
    return view.go("/mine")


async def _postpone(view: View, event: Json) -> Response:
    names = ("day", "at", "until", "to")
    later = {name: view.field(f"new-{name}") for name in names}
    if question := forms.unlikely(view, later, "new-day"):
        return await _form(view, forms.of_event(event), question, event)
    made = await events.postpone(view.service, event["id"], EventForm(**forms.times(later)))
    view.notice(view.gettext("That it is postponed is signed and on its way."))
    return view.go(f"/card/{made['id']}")
