"""The draw: deal a hand, list instead of drawing, and say why."""

import re
import sys
from typing import Any

import click

from . import hand_text
from .client import Client
from .form_options import FormCommand, given
from .language import _, count
from .options import json_option, saved_option
from .printing import Answer, Json, answering, bold, dim, print_line, result

DEALING = "wild vouched no_strangers"
"""What says how to deal, and not what may be dealt."""


def form(client: Client, options: dict[str, Any], as_name: str | None = None) -> dict[str, Any]:
    """The options that were given, over saved ones, as the service wants them."""
    asked = given(options)
    if as_name is None:
        return _placed(asked)
    known = client.call("saved_filters")
    if as_name not in known:
        raise click.BadParameter(
            _("nothing is saved as {as_name}", as_name=as_name), param_hint="--as"
        )
    return _placed({**known[as_name], **asked})


def _placed(asked: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, if a distance in it is from somewhere."""
    if "within" in asked and not asked.keys() & {"near", "at"}:
        raise click.BadParameter(
            _("say from where, too: --near TOWN, or --at LAT,LON"), param_hint="--within"
        )
    return asked


@click.command("draw", cls=FormCommand, form="draw.form.DrawForm")
@saved_option
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
    filters = form(client, options, as_name)
    if save:
        client.call("save_filters", name=save, form=filters)
    drawn = _draw(client, filters, ways, as_json)
    result(drawn, as_json, lambda drawn: hand_text.hand(drawn, _beyond(client, filters, drawn)))


def _beyond(client: Client, filters: dict[str, Any], found: Any) -> list[Any]:
    """Where to look instead of where nothing is."""
    if found.get("table") or found["eligible"] or any(found["hidden"].values()):
        return []
    choices: list[Any] = client.call("beyond", form=filters)["choices"]
    return choices


def _draw(client: Client, filters: dict[str, Any], ways: dict[str, Any], as_json: bool) -> Any:
    """The hand, by the way that was chosen."""
    own = ways.pop("own")
    selected = {way for way, value in ways.items() if value}
    if len(selected - {"redraw"}) > 1 and selected != {"witness", "word"}:
        raise click.UsageError(
            _(
                "these exclude each other: {value}",
                value=", ".join("--" + way for way in sorted(selected)),
            )
        )
    if "redraw" in selected and selected - {"redraw", "table"}:
        raise click.UsageError(_("--redraw is for the hand of the day, or of a table"))
    if ways["table"]:
        if filters:
            raise click.UsageError(_("a table has its own filters; leave yours out"))
        return client.call("draw_table", name=ways["table"], redraw=ways["redraw"])
    if selected - {"redraw"}:
        return _beside(client, filters, ways, as_json)
    return client.call(own, form=filters, redraw=ways["redraw"])


def _beside(client: Client, filters: dict[str, Any], ways: dict[str, Any], as_json: bool) -> Any:
    """A hand beside the day's."""
    if ways["seed"]:
        return client.call("draw_seed", form=filters, seed=ways["seed"])
    if ways["dice"]:
        return client.call(
            "draw_dice", form=filters, rolls=_rolls(client, filters, ways["dice"], as_json)
        )
    if ways["witness"]:
        return _witnessed(client, filters, ways["word"], as_json)
    if ways["word"]:
        return client.call("witness_close", word=ways["word"])
    return client.call("draw_fresh", form=filters)


def _rolls(client: Client, filters: dict[str, Any], dice: str, as_json: bool) -> list[int]:
    """The rolls that were given, or are asked for one by one."""
    if dice != "ask":
        given = _read_rolls(dice)
        rolled = _(
            "{rolls} of a die can come out in {value:,} ways.",
            rolls=count(len(given), "roll"),
            value=6 ** len(given),
        )
        click.echo(rolled, err=True)
        return given
    needed = client.call("rolls_needed", form=filters)
    enough = _("{rolls} rolls of a die are enough", rolls=needed["rolls"])
    events = count(needed["events"], "event")
    click.echo(_("There are {events}: {enough}.", events=events, enough=enough), err=as_json)
    rolls: list[int] = []
    while len(rolls) < needed["rolls"]:
        rolls += _read_rolls(
            click.prompt(
                _("Roll {rolls} of {rolls2}", rolls=len(rolls) + 1, rolls2=needed["rolls"]),
                err=as_json,
            )
        )
    return rolls


def _read_rolls(text: str) -> list[int]:
    rolls = re.findall(r"\d+", text)
    if re.fullmatch(r"[1-6]+", text.strip()):
        rolls = list(text.strip())
    if not rolls or any(roll not in "123456" or len(roll) != 1 for roll in rolls):
        raise click.BadParameter(
            _("rolls are numbers from 1 to 6, such as 3,1,6"), param_hint="--dice"
        )
    return [int(roll) for roll in rolls]


def _witnessed(client: Client, filters: dict[str, Any], word: str | None, as_json: bool) -> Any:
    opened = client.call("witness_open", form=filters)
    if as_json:
        click.echo(_("commitment {commitment}", commitment=opened["commitment"]), err=True)
    else:
        _commitment(opened)
    if word is None:
        try:
            word = click.prompt(_("Your friend's word"), err=as_json)
        except click.Abort:
            click.echo(_("\nThe draw waits for the word: potluck draw --word WORD"), err=True)
            sys.exit(1)
    return client.call("witness_close", word=word)


@click.command("browse", cls=FormCommand, form="draw.form.DrawForm", without=f"hand {DEALING}")
@click.option(
    "--order", type=click.Choice(["time", "title"]), default="time", help="By time, or A to Z."
)
@click.option(
    "--hidden", metavar="RULE", help="What a rule hides instead: topic, language, price, bag, …."
)
@saved_option
@answering
def browse_command(
    client: Client,
    /,
    order: str,
    hidden: str | None,
    as_name: str | None,
    **options: Any,
) -> Answer:
    """The plain list instead of a draw: by time, or A to Z."""
    filters = form(client, options, as_name)
    found = client.call("browse", form=filters, order=order, hidden=hidden)
    return found, lambda found: hand_text.browsed(found, _beyond(client, filters, found))


@click.command("why", cls=FormCommand, form="draw.form.DrawForm", without=f"hand {DEALING}")
@click.argument("id")
@saved_option
@answering
def why_command(client: Client, /, id: str, as_name: str | None, **options: Any) -> Answer:
    """Why an event is, or is not, among those you draw from."""
    filters = form(client, options, as_name)
    return client.call("why", id=client.id_of(id), form=filters), hand_text.why


def _commitment(opened: Json) -> None:
    """What the friend sees before saying a word."""
    deck = _(
        "{events} of {organisers}",
        events=count(opened["eligible"], "event"),
        organisers=count(opened["organisers"], "organiser"),
    )
    print_line("The deck of {deck} is fixed, and so is a secret number.", deck=deck)
    print_line("Show your friend this commitment:\n")
    click.echo(f"  {bold(opened['commitment'])}\n")
    print_line("Your friend writes it down, then says a word, any word.")
    print_line("Neither of you alone decides the hand.")
    click.echo(dim(opened["warning"]))
