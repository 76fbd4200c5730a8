"""Hands, tables, receipts and the deck on paper, as words for a person."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .show import Json, bold, count, dim, events, facts, marks, moment, qr, when, where

HIDDEN = {
    "block": "by your blocks",
    "list": "by lists that you follow",
    "topic": "by your topics",
    "language": "by language",
    "price": "by price",
    "access": "by access needs",
    "time": "by time of day",
    "weekday": "by weekday",
    "capacity": "by capacity",
    "bag": "dealt before",
}
SEEDS = {
    "solo": "a day and the owner's secret",
    "table": "a table's secret",
    "dice": "dice",
    "witness": "a friend's word",
    "given": "a seed that was named",
    "fresh": "a random seed",
}


_TO_DEAL = {
    "hosts": """\
To deal {cards}: take the hosts in the order of their tickets, the smallest first (0-9 before a-f).
Each deals, of its series with the smallest series ticket, the event with the smallest ticket.
When the hosts run out, go round again: each host's next series.""",
    "events": "To deal {cards}: take the events with the smallest tickets (0-9 before a-f).",
}


def hand(dealt: Json, beyond: Sequence[Json] = ()) -> None:
    """A hand with its odds, and what was hidden by which rule; of an empty one where to look instead."""
    if not dealt["hand"]:
        click.echo(f"Nothing {scope(dealt)}{_hidden(dealt, '; ')}.")
        click.echo(_advice(dealt, beyond))
        return
    click.echo(
        f"{_title(dealt)}: {count(len(dealt['hand']), 'card')} out of {count(dealt['eligible'], 'event')}"
    )
    click.echo(dim(f"{scope(dealt)}{_hidden(dealt, '; ')}\n"))
    for number, event in enumerate(dealt["hand"], 1):
        card(number, event)
    if dealt["bag_spent"]:
        click.echo("You have seen the whole deck: the bag starts again.")
    click.echo(dim(_footer(dealt)))


def _title(dealt: Json) -> str:
    if dealt.get("table"):
        return bold(f"The hand of the table {dealt['table']}")
    return bold("Today's hand") if dealt["today"] else bold("A hand beside today's")


def _footer(dealt: Json) -> str:
    receipt = f"Receipt {dealt['receipt'][:12]}: potluck receipt show {dealt['receipt'][:12]}"
    if not dealt["today"]:
        return receipt
    again = "One redraw is left: potluck draw --redraw. " if dealt["redraws_left"] == 1 else ""
    return f"{again}The next hand comes after midnight. {receipt}"


def card(number: int, event: Json) -> None:
    """One card of a hand."""
    click.echo(
        f"{number:>3}  {bold(event['title'] or 'Withdrawn since it was dealt')}{marks(event)}"
    )
    lines = [when(event) if event["title"] else "", where(event), facts(event)]
    for line in filter(None, [*lines, dim(f"{odds(event)} · {event['id'][:8]}")]):
        click.echo(f"     {line}")
    click.echo()


def odds(event: Json) -> str:
    """The odds of a card, in words."""
    chance = event["odds"]
    hosts, events_ = count(chance["hosts"], "host"), count(chance["events"], "event")
    return f"1 of {hosts}; this host has {chance['series']:,} series; this series {events_}"


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
        return "Let in what does not say with: --topic unsaid, --lang unsaid, --access NEED=yes,unsaid."
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


def kept(found: list[Json]) -> None:
    """What was kept."""
    if not found:
        click.echo("You kept nothing yet: potluck keep ID")
    else:
        events(found)


def bag(found: Json) -> None:
    """How full the bag is."""
    if found["shown"]:
        click.echo(
            f"{count(found['shown'], 'event')} of earlier days will not come back until the deck is spent."
        )
        click.echo(
            dim("potluck draw --again includes them; potluck bag --empty lets them all come back.")
        )
    else:
        click.echo("The bag is empty: anything may be dealt.")


def receipts(found: list[Json]) -> None:
    """Receipts, one a line."""
    if not found:
        click.echo("No draws yet: potluck draw")
    for each in found:
        drawn = moment(each["drawn_at"])
        click.echo(
            f"{each['id'][:12]}  {drawn}  by {each['mode']}, from {SEEDS[each['seed_kind']]}"
        )


def receipt(found: Json) -> None:
    """A receipt in words."""
    click.echo(f"Receipt {found['id']}, drawn {moment(found['drawn_at'])}")
    _draw_in_words(found)
    for name, value in (found["filters"] or {}).items():
        click.echo(f"Filter {name}: {value}")
    for difference in found["differences"]:
        click.echo(click.style(f"DIFFERS {difference}", fg="red"))
    if not found["differences"]:
        click.echo("The hand follows from this deck and this seed.")
    for open_question in found["unproven"]:
        click.echo(open_question)


def _draw_in_words(found: Json) -> None:
    deck = f"{count(found['candidates'], 'event')} of {count(found['hosts'], 'host')}"
    cards = f"{count(found['cards'], 'card')} by {found['mode']}"
    click.echo(f"{cards} from {deck}; the seed is from {SEEDS[found['seed_kind']]}")
    click.echo(dim(f"seed {found['seed']}"))


def verified(found: Json) -> None:
    """A receipt that holds, and what it leaves open."""
    click.echo(click.style("Verified: the hand follows from this deck and this seed.", fg="green"))
    _draw_in_words(found)
    for open_question in found["unproven"]:
        click.echo(open_question)


def commitment(opened: Json) -> None:
    """What the friend sees before saying a word."""
    deck = f"{count(opened['eligible'], 'event')} of {count(opened['hosts'], 'host')}"
    click.echo(
        f"The deck of {deck} is fixed, and so is a secret number. Show your friend this commitment:\n"
    )
    click.echo(f"  {bold(opened['commitment'])}\n")
    click.echo(
        "Your friend writes it down, then says a word, any word. Neither of you alone decides the hand."
    )
    click.echo(dim(opened["warning"]))


def table(found: Json) -> None:
    """A table with its QR code and advice."""
    qr(found["link"])
    click.echo(found["link"])
    click.echo(f"{bold(found['name'])}: {_look(found)}")
    for share, people in found["people"].items():
        click.echo(f"  if {share} of the people look each day, seat {people} or more")
    click.echo(
        dim(
            "With fewer, a hand spreads them too thin to meet. Whoever has the link sits at the table."
        )
    )
    click.echo(dim(f"potluck draw --table {found['name']!r}; a friend: potluck table join 'LINK'"))


def _look(found: Json) -> str:
    reach = (
        f"within {found['within_km']:g} km of {found['near']}, {count(found['days'], 'day')} ahead"
    )
    return f"{count(found['hand'], 'card')} a day by {found['by']}, {reach}; its day begins in {found['tz']}"


def tables(found: list[Json]) -> None:
    """Tables, one a line."""
    if not found:
        click.echo("You sit at no table. Found one: potluck table new NAME --near CITY")
    for each in found:
        default = " (came with the network)" if each["default"] else ""
        click.echo(f"{bold(each['name'])}{default}: {_look(each)}")


def printed_deck(found: Json) -> None:
    """The deck as text for a pencil."""
    total = sum(len(host["events"]) for host in found["hosts"])
    click.echo(
        f"Potluck deck of {found['day']}: {count(total, 'event')} of {count(len(found['hosts']), 'host')}"
    )
    click.echo(f"seed {found['seed']}")
    click.echo(_TO_DEAL[found["mode"]].format(cards=count(found["n"], "card")))
    for host in found["hosts"]:
        click.echo(f"\n{host['name']} {host['host'][:8]}  ticket {_short(host['ticket'])}")
        for event in host["events"]:
            series = f"  series {_short(event['series_ticket'])}"
            what = f"{event['title']}, {moment(event['start'])}"
            click.echo(f"{event['number']:>5}  {_short(event['ticket'])}{series}  {what}")


def _short(ticket: str) -> str:
    """A ticket's first 12 digits: 48 bits, so that no two of a deck are alike."""
    return f"{ticket[:4]} {ticket[4:8]} {ticket[8:12]}"
