"""A hand, or the list in its place, as words for a person."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import click

from .printing import Json, bold, dim
from .ticket import Line, Stub, columns, ticket
from .wording import count, day_and_hour, events, facts, importer, marks, organiser, when, where

COUNTED = 1_000
"""So far the hosts are counted that vouches reach."""

HIDDEN = {
    "block": "by your blocks",
    "topic": "by your topics",
    "language": "by language",
    "price": "by price",
    "access": "by access needs",
    "time": "by time of day",
    "weekday": "by weekday",
    "capacity": "by capacity",
    "bag": "dealt before",
}


def hand(dealt: Json, beyond: Sequence[Json] = ()) -> None:
    """A hand with its odds and what was hidden by which rule; if empty, where to look instead."""
    if not dealt["hand"] and dealt["reach"] is not None:
        click.echo(reach(dealt))
        return
    if not dealt["hand"]:
        click.echo(f"Nothing {scope(dealt)}{_hidden(dealt, '; ')}.")
        click.echo(_advice(dealt, beyond))
        return
    cards, deck = count(len(dealt["hand"]), "card"), count(dealt["eligible"], "event")
    click.echo(f"{_title(dealt)}: {cards} out of {deck}")
    click.echo(dim(f"{scope(dealt)}{_hidden(dealt, '; ')}\n"))
    for number, event in enumerate(dealt["hand"], 1):
        card(number, event, dealt["near"])
    if dealt["bag_spent"]:
        click.echo("You have seen the whole deck: the bag starts again.")
    if dealt["reach"] is not None:
        click.echo(reach(dealt))
    _footer(dealt)


def _title(dealt: Json) -> str:
    if dealt.get("table"):
        return bold(f"The hand of the table {dealt['table']}")
    return bold("Today's hand") if dealt["today"] else bold("A hand beside today's")


def reach(dealt: Json) -> str:
    """What a vouched draw could draw from, and what it could not deal."""
    if not dealt["reach"]:
        return "You vouch for nobody yet. When you meet somebody: potluck vouch add HOST"
    lost = f"; {count(dealt['missing'], 'card')} could not be dealt" if dealt["missing"] else ""
    reached = count(dealt["reach"], "host")
    return f"Your vouches reach {reached}{' or more' if dealt['reach'] >= COUNTED else ''}{lost}."


def _footer(dealt: Json) -> None:
    """What one can do now."""
    next_steps = {}
    if dealt["today"]:
        click.echo("That was today's hand. The next one comes after midnight.\n")
        next_steps["potluck keep 1"] = "put a card into your plan"
        if dealt["redraws_left"]:
            next_steps["potluck draw --redraw"] = "deal again in place of what you did not keep"
        next_steps["potluck why 1"] = "why it is among the events you draw from"
    next_steps[f"potluck receipts show {dealt['receipt'][:12]}"] = "how this was drawn"
    for command, what in next_steps.items():
        click.echo(f"  {command:<38} {dim(what)}")


def card(number: int, event: Json, near: str | None) -> None:
    """One card of a hand that was dealt around some place: who organises it first."""
    # That it is kept stands on the stub.
    title = f"{event['title'] or 'Withdrawn since it was dealt'}{marks({**event, 'kept': False})}"
    lines: list[Line] = [
        (organiser(event), str),
        (title, bold),
        (when(event) if event["title"] else "", str),
        (where(event), str),
        (facts(event), str),
        (importer(event), str),
        *((version(other), str) for other in event["versions"]),
        *((warning(why), str) for why in event["warnings"]),
        (f"{walked(event['walk']) or odds(event, near)} · {event['id'][:8]}", dim),
    ]
    said = [line for position, line in enumerate(lines) if line[0] or not position]
    stub = Stub(number, *day_and_hour(event), "kept" if event.get("kept") else "")
    for line in ticket(stub, said, columns()):
        click.echo(line)
    click.echo()


def version(other: Json) -> str:
    """What another importer says otherwise of a card."""
    says = []
    if "status" in other["differs"]:
        says.append(f"it is {other['status']}")
    if {"start", "end", "all_day"} & set(other["differs"]):
        says.append(f"it is {when(other)}")
    if "place" in other["differs"]:
        says.append(f"it is at {where(other) or 'a place not said'}")
    if "title" in other["differs"]:
        says.append(f"it is called {other['title']}")
    speaker = "You say" if other["mine"] else f"Host {other['host'][:8]} says"
    return f"{speaker} that {' and '.join(says)}"


def warning(why: str) -> str:
    """One's own reason for a block that warns."""
    return f"You asked to be warned{': ' + why if why else '.'}"


def walked(walk: Json | None) -> str:
    """How a card of a vouched draw was walked to; nothing for those of other draws."""
    if walk is None:
        return ""
    if walk["stranger"]:
        return "a stranger, to whom no vouch of yours leads"
    names = [one["name"] or f"host {one['host'][:8]}" for one in walk["path"]]
    steps = [f"{one} met {other}" for one, other in pairwise(names)]
    return "; ".join([f"you met {names[0]}", *steps])


def odds(event: Json, near: str | None) -> str:
    """The odds of a card, in words."""
    chance = event["odds"]
    around = f" around {near.partition(',')[0]}" if near else ""
    series = f"this one has {chance['series']:,} series" if chance["series"] > 1 else ""
    many = f"this series has {count(chance['events'], 'event')}" if chance["events"] > 1 else ""
    first = f"1 of {count(chance['organisers'], 'organiser')}{around}"
    return "; ".join(filter(None, (first, series, many)))


def scope(dealt: Json) -> str:
    """Where and when the draw looked, in words."""
    days = (
        f"in the next {count(dealt['days'], 'day')}"
        if dealt["days"]
        else f"from {dealt['from']} to {dealt['to']}"
    )
    if dealt["near"] is None:
        return f"{days}, anywhere"
    return f"within {dealt['within_km']:g} km of {dealt['near']}, {days}"


def _hidden(dealt: Json, lead: str) -> str:
    parts = []
    for rule, number in dealt["hidden"].items():
        if number:
            unsaid = dealt["unsaid"].get(rule, 0)
            silent = f" ({unsaid:,} of them do not say)" if unsaid else ""
            parts.append(f"{number:,} hidden {HIDDEN[rule]}{silent}")
    return lead + ", ".join(parts) if parts else ""


def _advice(dealt: Json, beyond: Sequence[Json]) -> str:
    if dealt["unsaid"].keys() & {"topic", "language", "access"}:
        unsaid = "--topic unsaid, --lang unsaid, --access NEED=yes,unsaid"
        return f"Let in what does not say with: {unsaid}."
    if any(dealt["hidden"].values()):
        return "Take one of these filters away, or look at more days with --days."
    if beyond:
        return f"Look farther: {', or '.join(map(_choice, beyond))}"
    farther = "farther with --within, or " if dealt["near"] else ""
    return f"Look {farther}at more days with --days; or bring events in with: potluck import FILE"


def _choice(choice: Json) -> str:
    value = f"{choice['value']}km" if choice["name"] == "within" else choice["value"]
    return f"--{choice['name']} {value} finds {count(choice['events'], 'event')}"


def browsed(found: Json, beyond: Sequence[Json]) -> None:
    """The plain list, and what was hidden; of an empty one where to look instead."""
    if not found["events"]:
        click.echo(f"Nothing {scope(found)}{_hidden(found, '; ')}.")
        click.echo(_advice(found, beyond))
        return
    events(found["events"])
    click.echo(dim(f"{count(len(found['events']), 'event')} {scope(found)}{_hidden(found, '; ')}"))


def why(found: Json) -> None:
    """Why an event may be dealt or not."""
    click.echo(f"{bold(found['event']['title'] or 'A withdrawn event')}")
    if found["candidate"]:
        click.echo("is among the events you draw from; whether it is dealt is chance.")
    for reason in found["reasons"]:
        click.echo(f"is not among the events you draw from ({reason['rule']}): {reason['why']}")
