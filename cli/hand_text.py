"""A hand, or the list in its place, as words for a person."""

from collections.abc import Sequence
from itertools import pairwise

import click

from potluck.protocol.message import listed, marked

from .language import _, count, translate
from .paper_ticket import Line, Stub, columns, ticket
from .printing import Json, bold, dim, print_line
from .wording import (
    day_and_hour,
    events,
    facts,
    importer,
    in_words,
    marks,
    organiser,
    when,
    where,
    where_in_town,
)

STATES = listed("scheduled postponed cancelled withdrawn")
"""What an event may be said to be."""

COUNTED = 1_000
"""So far the hosts are counted that vouches reach."""


def hand(drawn: Json, beyond: Sequence[Json] = ()) -> None:
    """A hand as `cards` says it, and what one can do now."""
    cards(drawn, beyond)
    if drawn["hand"]:
        _footer(drawn)


def cards(drawn: Json, beyond: Sequence[Json] = ()) -> None:
    """A hand with its odds and what was hidden by which rule; if empty, where to look instead."""
    if not drawn["hand"] and drawn["reach"] is not None:
        click.echo(reach(drawn))
        return
    if not drawn["hand"]:
        print_line("Nothing {scope}{hidden}.", scope=scope(drawn), hidden=_hidden(drawn))
        click.echo(_advice(drawn, beyond))
        return
    dealt, deck = count(len(drawn["hand"]), "card"), count(drawn["eligible"], "event")
    print_line("{title}: {cards} out of {deck}", title=_title(drawn), cards=dealt, deck=deck)
    click.echo(dim(f"{scope(drawn)}{_hidden(drawn)}\n"))
    for number, event in enumerate(drawn["hand"], 1):
        card(number, event, drawn["near"])
    if drawn["bag_spent"]:
        print_line("You have seen the whole deck: the bag starts again.")
    if drawn["reach"] is not None:
        click.echo(reach(drawn))


def _title(drawn: Json) -> str:
    if drawn.get("table"):
        return bold(_("The hand of the table {table}", table=drawn["table"]))
    return bold(_("Today's hand")) if drawn["today"] else bold(_("A hand beside today's"))


def reach(drawn: Json) -> str:
    """What a vouched draw could draw from, and what it could not deal."""
    if not drawn["reach"]:
        return _("You vouch for nobody yet. When you meet somebody: potluck vouch add HOST")
    hosts = count(drawn["reach"], "host")
    if drawn["reach"] >= COUNTED:
        hosts = _("{hosts} or more", hosts=hosts)
    reached = _("Your vouches reach {hosts}.", hosts=hosts)
    lost = _("Not to be dealt: {cards}.", cards=count(drawn["missing"], "card"))
    return f"{reached} {lost}" if drawn["missing"] else reached


def _footer(drawn: Json) -> None:
    """What one can do now."""
    next_steps = {}
    if drawn["today"]:
        print_line("That was today's hand. The next one comes after midnight.\n")
        next_steps["potluck keep 1"] = _("put a card into your plan")
        if drawn["redraws_left"]:
            next_steps["potluck draw --redraw"] = _("deal again in place of what you did not keep")
        next_steps["potluck why 1"] = _("why it is among the events you draw from")
    next_steps[f"potluck receipts show {drawn['receipt'][:12]}"] = _("how this was drawn")
    for command, what in next_steps.items():
        click.echo(f"  {command:<38} {dim(what)}")


def card(number: int, event: Json, near: str | None) -> None:
    """One card of a hand that was dealt around some place: who organises it first."""
    # That it is kept stands on the stub.
    title = (
        f"{event['title'] or _('Withdrawn since it was drawn')}{marks({**event, 'kept': False})}"
    )
    lines: list[Line] = [
        (organiser(event), str),
        (title, bold),
        (when(event) if event["title"] else "", str),
        (where_in_town(event), str),
        (facts(event), str),
        (importer(event), str),
        *((version(other), str) for other in event["versions"]),
        *((warning(why), str) for why in event["warnings"]),
        (f"{walked(event['walk']) or odds(event, near)} · {event['id'][:8]}", dim),
    ]
    shown = [line for position, line in enumerate(lines) if line[0] or not position]
    stub = Stub(number, *day_and_hour(event), _("kept") if event.get("kept") else "")
    for line in ticket(stub, shown, columns()):
        click.echo(line)
    click.echo()


def version(other: Json) -> str:
    """What another importer says otherwise of a card."""
    says = []
    if "status" in other["differs"]:
        says.append(_("it is {status}", status=_(other["status"])))
    if {"start", "end", "all_day"} & set(other["differs"]):
        says.append(_("it is {when}", when=when(other)))
    if "place" in other["differs"]:
        says.append(_("it is at {place}", place=where(other) or _("a place not said")))
    if "title" in other["differs"]:
        says.append(_("it is called {title}", title=other["title"]))
    what = _(" and ").join(says)
    if other["mine"]:
        return _("You say that {what}", what=what)
    return _("Host {host} says that {what}", host=other["host"][:8], what=what)


def warning(why: str) -> str:
    """One's own reason for a block that warns."""
    return _("You asked to be warned: {why}", why=why) if why else _("You asked to be warned.")


def walked(walk: Json | None) -> str:
    """How a card of a vouched draw was walked to; nothing for those of other draws."""
    if walk is None:
        return ""
    if walk["stranger"]:
        return _("a stranger, to whom no vouch of yours leads")
    names = [one["name"] or _("host {host}", host=one["host"][:8]) for one in walk["path"]]
    steps = [_("{one} met {other}", one=one, other=other) for one, other in pairwise(names)]
    return "; ".join([_("you met {name}", name=names[0]), *steps])


def odds(event: Json, near: str | None) -> str:
    """The odds of a card, in words."""
    chance = event["odds"]
    organisers = count(chance["organisers"], "organiser")
    first = _("1 of {organisers}", organisers=organisers)
    if near:
        town = near.partition(",")[0]
        first = _("1 of {organisers} around {town}", organisers=organisers, town=town)
    series = _("this one does {series:,} things", series=chance["series"])
    many = _(_many(event), events=count(chance["events"], "event"))
    more = (series if chance["series"] > 1 else "", many if chance["events"] > 1 else "")
    return "; ".join(filter(None, (first, *more)))


def _many(event: Json) -> str:
    """What the events are of which this is one: imported ones without a series count as one."""
    if not event.get("source") or event["series"] != event["source"]["id"]:
        return marked("this series has {events}")
    if event["odds"]["series"] > 1:
        return marked("those without a series count as one: {events}")
    return marked("this organiser has {events} here")


def scope(drawn: Json) -> str:
    """Where and when the draw looked, in words."""
    days = (
        _("in the next {days}", days=count(drawn["days"], "day"))
        if drawn["days"]
        else _("from {first} to {to}", first=drawn["from"], to=drawn["to"])
    )
    if drawn["near"] is None:
        return _("{days}, anywhere", days=days)
    return _(
        "within {within_km:g} km of {near}, {days}",
        within_km=drawn["within_km"],
        near=drawn["near"],
        days=days,
    )


def _hidden(drawn: Json) -> str:
    """What was hidden, by which rule."""
    from potluck.node.operations.draw.filters import HIDING

    parts = []
    for rule, number in drawn["hidden"].items():
        if number:
            what = translate(HIDING[rule].hidden)
            part = _("{number:,} {what}", number=number, what=what[:1].lower() + what[1:])
            if unsaid := drawn["unsaid"].get(rule, 0):
                part = _("{part} ({unsaid:,} of them do not say)", part=part, unsaid=unsaid)
            parts.append(part)
    return _("; hidden: {parts}", parts=", ".join(parts)) if parts else ""


def _advice(drawn: Json, beyond: Sequence[Json]) -> str:
    if drawn.get("table"):
        return _at_table(drawn["waiting"])
    if drawn["unsaid"].keys() & {"topic", "language", "access"}:
        unsaid = "--topic unsaid, --lang unsaid, --access NEED=yes,unsaid"
        return _("Let in what does not say with: {unsaid}.", unsaid=unsaid)
    if any(drawn["hidden"].values()):
        return _("Take one of these filters away, or look at more days with --days.")
    if beyond:
        return _("Look farther: {choices}", choices=", ".join(map(_choice, beyond)))
    if drawn["near"]:
        return _(
            "Look farther with --within, or at more days with --days; or bring events in with: "
            "potluck import FILE"
        )
    return _("Look at more days with --days; or bring events in with: potluck import FILE")


def _at_table(waiting: int) -> str:
    """A table has its own place and days, so that there is only to wait."""
    if waiting:
        return _(
            "Announced today, and dealt from tomorrow: {events}.", events=count(waiting, "event")
        )
    return _("Bring events in with: potluck import FILE; they are dealt from tomorrow.")


def _choice(choice: Json) -> str:
    value = f"{choice['value']}km" if choice["name"] == "within" else choice["value"]
    return _(
        "--{name} {value} finds {events}",
        name=choice["name"],
        value=value,
        events=count(choice["events"], "event"),
    )


def browsed(found: Json, beyond: Sequence[Json]) -> None:
    """The plain list, and what was hidden; of an empty one where to look instead."""
    if not found["events"]:
        print_line("Nothing {scope}{hidden}.", scope=scope(found), hidden=_hidden(found))
        click.echo(_advice(found, beyond))
        return
    events(found["events"])
    click.echo(dim(f"{count(len(found['events']), 'event')} {scope(found)}{_hidden(found)}"))


def why(found: Json) -> None:
    """Why an event may be dealt or not."""
    click.echo(f"{bold(found['event']['title'] or _('A withdrawn event'))}")
    if found["dealt"]:
        print_line("was dealt today: by chance, from events {scope}.", scope=scope(found["dealt"]))
    elif found["candidate"]:
        print_line("is among the events you draw from; whether it is dealt is chance.")
    for reason in found["reasons"]:
        print_line(
            "is not among the events you draw from ({rule}): {why}",
            rule=reason["rule"],
            why=in_words(reason["why"]),
        )
