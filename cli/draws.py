"""Commands that deal cards, and those that look at what was dealt."""

from __future__ import annotations

import re
import sys
from typing import Any

import click

from . import hands, show
from .client import Client
from .options import (
    Answers,
    Distance,
    Hours,
    Weekday,
    at_option,
    json_option,
    near_option,
    together,
)

where_and_when = together(
    near_option,
    at_option,
    click.option(
        "--within", type=Distance(), metavar="DISTANCE", help="How far: 25km (default), 800m, 3mi."
    ),
    click.option(
        "--days", type=click.IntRange(1, 400), metavar="N", help="How many days ahead. Default: 14."
    ),
    click.option("--from", "since", metavar="DATE", help="First day, instead of today."),
    click.option("--to", "until", metavar="DATE", help="Last day, instead of --days."),
)

filters = together(
    click.option("--topic", "topics", multiple=True, metavar="WORD", help="One of these; 'unsaid' is one."),
    click.option("--not-topic", "not_topics", multiple=True, metavar="WORD", help="None of these topics."),
    click.option("--lang", multiple=True, metavar="TAG", help="One of these languages; 'unsaid' is one."),
    click.option("--price", metavar="MOST", help="'free', or the most that it may cost: 10."),
    click.option("--access", multiple=True, type=Answers(), metavar="NEED[=ANSWERS]",
                 help="wheelchair, or wheelchair=yes,unsaid."),
    click.option("--hours", type=Hours(), metavar="FROM-TO", help="Starts between, such as 18:00-23:00."),
    click.option("--weekday", "weekdays", multiple=True, type=Weekday(), metavar="DAY", help="mon, tue, …"),
    click.option("--min-capacity", "capacity_from", type=int, metavar="N", help="So many fit, or more."),
    click.option("--max-capacity", "capacity_to", type=int, metavar="N", help="So many fit, or fewer."),
    click.option("--again", is_flag=True, help="Also what was dealt on earlier days."),
)  # fmt: skip

saved = click.option("--as", "as_name", metavar="NAME", help="With filters that you saved.")


def form(client: Client, options: dict[str, Any], as_name: str | None = None) -> dict[str, Any]:
    """The options that were given, over saved ones, as the service wants them."""
    said = {name: value for name, value in options.items() if value not in (None, (), False)}
    if "access" in said:
        said["access"] = dict(said["access"])
    if as_name is None:
        return said
    known = client.call("saved_filters")
    if as_name not in known:
        raise click.BadParameter(f"nothing is saved as {as_name}", param_hint="--as")
    return {**known[as_name], **said}


@click.command("draw")
@click.option("--hand", type=click.IntRange(1, 50), metavar="N", help="How many cards. Default: 5.")
@click.option(
    "--by", type=click.Choice(["hosts", "events"]), help="What each ticket is for. Default: hosts."
)
@where_and_when
@filters
@click.option(
    "--wild",
    type=click.IntRange(0, 50),
    metavar="N",
    help="So many cards ignore topic, language, price.",
)
@saved
@click.option("--save", metavar="NAME", help="Remember these filters under a name.")
@click.option("--table", metavar="NAME", help="The hand of a table where you sit.")
@click.option("--solo", is_flag=True, help="Your own hand, although a table came with the network.")
@click.option("--redraw", is_flag=True, help="Deal again in place of what you did not keep.")
@click.option("--fresh", is_flag=True, help="Deal from a new random seed, outside the day's hand.")
@click.option(
    "--seed", metavar="HEX", help="Deal from this seed of 64 hex digits, to check a draw."
)
@click.option(
    "--dice", is_flag=False, flag_value="ask", metavar="3,1,6,…", help="Deal from your own dice."
)
@click.option("--witness", is_flag=True, help="Deal with a friend's word, after a commitment.")
@click.option("--word", metavar="WORD", help="The friend's word for a witnessed draw that waits.")
@json_option
@click.pass_obj
def draw_command(
    client: Client, /, as_name: str | None, save: str | None, as_json: bool, **options: Any
) -> None:
    """Deal today's hand: events drawn by chance, with the odds on each card."""
    ways = {
        way: options.pop(way)
        for way in ("table", "redraw", "fresh", "seed", "dice", "witness", "word")
    }
    ways["own"] = "draw" if options.pop("solo") else "draw_today"
    said = form(client, options, as_name)
    if save:
        client.call("save_filters", name=save, form=said)
    dealt = _dealt(client, said, ways, as_json)
    show.result(dealt, as_json, lambda dealt: hands.hand(dealt, _beyond(client, said, dealt)))


def _beyond(client: Client, said: dict[str, Any], found: Any) -> list[Any]:
    """Where to look instead of where nothing is."""
    if found.get("table") or found["eligible"] or any(found["hidden"].values()):
        return []
    choices: list[Any] = client.call("beyond", form=said)["choices"]
    return choices


def _dealt(client: Client, said: dict[str, Any], ways: dict[str, Any], as_json: bool) -> Any:
    """The hand, by the way that was chosen."""
    own = ways.pop("own")
    chosen = {way for way, value in ways.items() if value}
    if len(chosen - {"redraw"}) > 1 and chosen != {"witness", "word"}:
        raise click.UsageError(
            f"these exclude each other: {', '.join('--' + way for way in sorted(chosen))}"
        )
    if "redraw" in chosen and chosen - {"redraw", "table"}:
        raise click.UsageError("--redraw is for the hand of the day, or of a table")
    if ways["table"]:
        if said:
            raise click.UsageError("a table has its own filters; leave yours out")
        return client.call("draw_table", name=ways["table"], redraw=ways["redraw"])
    if chosen - {"redraw"}:
        return _beside(client, said, ways, as_json)
    return client.call(own, form=said, redraw=ways["redraw"])


def _beside(client: Client, said: dict[str, Any], ways: dict[str, Any], as_json: bool) -> Any:
    """A hand beside the day's."""
    if ways["seed"]:
        return client.call("draw_seed", form=said, seed=ways["seed"])
    if ways["dice"]:
        return client.call("draw_dice", form=said, rolls=_rolls(client, said, ways["dice"]))
    if ways["witness"]:
        return _witnessed(client, said, ways["word"], as_json)
    if ways["word"]:
        return client.call("witness_close", word=ways["word"])
    return client.call("draw_fresh", form=said)


def _rolls(client: Client, said: dict[str, Any], dice: str) -> list[int]:
    """The rolls that were given, or are asked for one by one."""
    if dice != "ask":
        return _read_rolls(dice)
    needed = client.call("rolls_needed", form=said)
    click.echo(
        f"There are {show.count(needed['hosts'], 'host')}: {needed['rolls']} rolls of a die are enough."
    )
    rolls: list[int] = []
    while len(rolls) < needed["rolls"]:
        rolls += _read_rolls(click.prompt(f"Roll {len(rolls) + 1} of {needed['rolls']}"))
    return rolls


def _read_rolls(text: str) -> list[int]:
    rolls = re.findall(r"\d+", text)
    if re.fullmatch(r"[1-6]+", text.strip()):
        rolls = list(text.strip())
    if not rolls or any(roll not in "123456" or len(roll) != 1 for roll in rolls):
        raise click.BadParameter(
            "rolls are numbers from 1 to 6, such as 3,1,6", param_hint="--dice"
        )
    return [int(roll) for roll in rolls]


def _witnessed(client: Client, said: dict[str, Any], word: str | None, as_json: bool) -> Any:
    opened = client.call("witness_open", form=said)
    if as_json:
        click.echo(f"commitment {opened['commitment']}", err=True)
    else:
        hands.commitment(opened)
    if word is None:
        try:
            word = click.prompt("Your friend's word", err=as_json)
        except click.Abort:
            click.echo("\nThe draw waits for the word: potluck draw --word WORD", err=True)
            sys.exit(1)
    return client.call("witness_close", word=word)


@click.command("browse")
@click.option(
    "--order", type=click.Choice(["time", "title"]), default="time", help="By time, or A to Z."
)
@click.option(
    "--hidden", metavar="RULE", help="What a rule hides instead: topic, language, price, bag, …."
)
@where_and_when
@filters
@saved
@json_option
@click.pass_obj
def browse_command(
    client: Client,
    /,
    order: str,
    hidden: str | None,
    as_name: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """The plain list instead of a draw: by time, or A to Z."""
    said = form(client, options, as_name)
    found = client.call("browse", form=said, order=order, hidden=hidden)
    show.result(found, as_json, lambda found: hands.browsed(found, _beyond(client, said, found)))


@click.command("why")
@click.argument("id")
@where_and_when
@filters
@saved
@json_option
@click.pass_obj
def why_command(
    client: Client, /, id: str, as_name: str | None, as_json: bool, **options: Any
) -> None:
    """Why an event is, or is not, among those you draw from."""
    result = client.call("why", id=id, form=form(client, options, as_name))
    show.result(result, as_json, hands.why)


@click.group("deck")
def deck_command() -> None:
    """The deck on paper, to redo a draw with a pencil."""


@deck_command.command("print")
@click.option("--hand", type=click.IntRange(1, 50), metavar="N", help="How many cards. Default: 5.")
@where_and_when
@filters
@saved
@click.option("--seed", metavar="HEX", help="With the tickets of this seed, instead of today's.")
@json_option
@click.pass_obj
def deck_print_command(
    client: Client, /, seed: str | None, as_name: str | None, as_json: bool, **options: Any
) -> None:
    """The events you draw from as numbered text, with their tickets."""
    result = client.call("deck_print", form=form(client, options, as_name), seed=seed)
    show.result(result, as_json, hands.printed_deck)
