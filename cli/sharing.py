"""What goes in and out: calendars and bundles, links for friends, your page and its door."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from .calendars import import_from
from .client import Client
from .form_options import FormCommand
from .language import _, count
from .options import json_option
from .printing import Answer, Json, answering, bold, dim, does, print_line, progress, qr, result


@click.command("import", cls=FormCommand, form="forms.ImportForm")
@click.argument("source", metavar="FILE|URL")
@json_option
@click.pass_obj
def import_command(client: Client, /, source: str, as_json: bool, **options: Any) -> None:
    """Import a calendar (iCalendar, or a page with events), or a bundle of `export --deck`."""
    import_from(client, source, options, as_json)


@click.command("export")
@click.option(
    "--ics", metavar="FILE", help="As iCalendar, for any calendar program; - is standard output."
)
@click.option("--events", metavar="FILE", help="As a JSON file; - is standard output.")
@click.option(
    "--deck", metavar="FILE", help="As a signed bundle, for a USB stick; - is standard output."
)
@json_option
@click.pass_obj
def export_command(
    client: Client, /, ics: str | None, events: str | None, deck: str | None, as_json: bool
) -> None:
    """Take the events out, for another program or another node."""
    targets = {"calendar": ics, "json": events, "deck": deck}
    paths = {name: path for name, path in targets.items() if path}
    if not paths:
        raise click.UsageError(_("say which: --ics FILE, --events FILE or --deck FILE"))
    if [*paths.values()] == ["-"]:
        _to_stdout(client, *paths)
        return
    if "-" in paths.values():
        raise click.UsageError(_("only one thing can go to standard output, and nothing beside it"))
    files = {name: str(Path(path).absolute()) for name, path in paths.items()}
    written = [
        client.call(f"export_{name}", path=path) | {"file": path} for name, path in files.items()
    ]
    result(written, as_json, _exported)


def _to_stdout(client: Client, name: str) -> None:
    """The node writes into a file, and this into standard output."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "export"
        client.call(f"export_{name}", path=str(file))
        sys.stdout.buffer.write(file.read_bytes())
        sys.stdout.buffer.flush()


@click.command("invite")
@click.option("--table", metavar="NAME", help="A table of yours that becomes their default.")
@answering
def invite_command(client: Client, /, table: str | None) -> Answer:
    """A link and a QR code that bring a friend to your network."""
    return client.call("invite", table=table), _invitation


@click.command("join")
@click.argument("link")
@json_option
@click.pass_obj
def join_command(client: Client, /, link: str, as_json: bool) -> None:
    """Follow a link to a network or a table; makes a home if there is none."""
    import trio

    from potluck.node.operations.lifecycle import init

    with progress(_("Finding your birth stamp"), not as_json) as step:
        made = trio.run(init.prepare, client.path, link, step)
    result({"made": made, **client.call("join", text=link)}, as_json, joined)


@click.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print the link, open no browser.")
@json_option
@click.pass_obj
def open_command(client: Client, /, only_print: bool, as_json: bool) -> None:
    """Open your page in a browser, by a link that works once."""
    found = client.call("page")
    if only_print or as_json or _is_terminal():
        result(found, as_json, lambda page: click.echo(page["link"]))
    if not (only_print or as_json):
        click.launch(found["link"])


@click.group("door")
def door_command() -> None:
    """A door to the local network, for your phone."""


def _is_terminal() -> bool:
    """Whether what is printed goes to a person, and into no log."""
    return sys.stdout is not None and sys.stdout.isatty()


def _exported(written: list[Json]) -> None:
    for each in written:
        print_line(
            "{events} written to {file}.", events=count(each["events"], "event"), file=each["file"]
        )


def _invitation(made: Json) -> None:
    """The link with its QR code, and what it gives away."""
    qr(made["link"])
    click.echo(made["link"])
    click.echo(dim(_("Your friend runs: potluck join 'LINK'")))
    if made["closed"]:
        click.echo(dim(_("Whoever has this link can read and write in your closed network:")))
        click.echo(dim(_("send it with care.")))
    if made["peers"]:
        click.echo(dim(_("It leads to: {peers}", peers=", ".join(made["peers"]))))
    else:
        click.echo(dim(_("It names no node: run potluck up, then invite again,")))
        click.echo(dim(_("so that your friend finds you.")))


def joined(result: Json) -> None:
    """What a link brought."""
    if result["made"]:
        print_line("A new home was made for you.")
    if result.get("table"):
        seat = _("potluck draw --table {table!r}", table=result["table"])
        print_line("You sit at the table {table}: {seat}", table=bold(result["table"]), seat=seat)
    if result.get("network"):
        print_line("You are in the network {network}.", network=bold(result["network"]))
        print_line("Start your node with: potluck up")


def door_is_open(found: dict[str, str]) -> None:
    """The code for a phone, and what an open door means."""
    qr(found["link"])
    click.echo(found["link"])
    print_line("The code lets one phone in, once, for an hour.")
    print_line(
        "It may draw, with filters of its own and with your tables, keep and skip, and\n"
        "read your plan and your receipts; no more."
    )
    print_line("The door is open to everybody in this network, and nothing that passes through it")
    print_line("is encrypted: do this at home, not in a café.")
    print_line("Close it with: potluck door close")


def _closed(_found: Json) -> str:
    return _("The door is closed.")


door_command.add_command(does("open", "open_door", door_is_open, "Scan its code with your phone."))
door_command.add_command(does("close", "close_door", _closed, "Close it again."))
