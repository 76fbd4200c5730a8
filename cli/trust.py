"""Whom one is connected with, and what one wants nothing of: other nodes, hosts, words."""

from pathlib import Path
from typing import Any

import click

from .client import Client
from .form_options import FormCommand, given
from .language import _, count
from .options import json_option, together
from .printing import Answer, Json, answering, bold, dim, does, print_line, result
from .wording import moment


@click.group("peers")
def peers_command() -> None:
    """The other nodes that yours talks with."""


@peers_command.command("list")
@json_option
@click.pass_obj
def peers_list_command(client: Client, /, as_json: bool) -> None:
    """Those connected now; in words also whom yours dropped or banned, and why."""
    result(client.call("peers"), as_json, _peers)
    if not as_json:
        _parted(client.call("bans"))


@peers_command.command("connect")
@click.argument("address", metavar="MULTIADDR")
@answering
def peers_connect_command(client: Client, /, address: str) -> Answer:
    """Connect your running node to another, and remember it."""
    return client.call("connect", address=address), lambda peer: _(
        "Connected to {peer_id}.", **peer
    )


@peers_command.command("disconnect")
@click.argument("peer", metavar="PEER_ID")
@answering
def peers_disconnect_command(client: Client, /, peer: str) -> Answer:
    """Part from another node, and do not dial it again."""
    return client.call("disconnect", peer=peer), lambda gone: _("Parted from {peer_id}.", **gone)


@peers_command.command("ban")
@click.argument("target", metavar="PEER_ID|IP|RANGE")
@click.option("--why", metavar="TEXT", help="A word for yourself, to be read in the list.")
@answering
def peers_ban_command(client: Client, /, target: str, why: str | None) -> Answer:
    """Have nothing to do with a node or an address range, until you lift it."""
    return client.call("ban", target=target, why=why), _bans


@click.command(
    "importers", cls=FormCommand, form="draw.form.DrawForm", only="near at within days since until"
)
@answering
def importers_command(client: Client, /, **options: Any) -> Answer:
    """Who imports others' events where you look: how many, of how many organisers."""
    return client.call("importers", form=given(options)), _importers


@click.group("blocks")
def blocks_command() -> None:
    """Hosts, importers, sources and words whose events you do not want to be dealt."""


what_to_block = together(
    click.argument("target", metavar="[HOST|WORD]", default=""),
    click.option("--source", metavar="ORGANISER", help="Only what is imported of this organiser."),
    click.option("--importer", is_flag=True, help="Only what the host imports, not its own."),
)


@blocks_command.command("add")
@what_to_block
@click.option("--why", default="", metavar="TEXT", help="Your reason, for yourself.")
@click.option("--warn", is_flag=True, help="Deal it all the same, with a warning.")
@answering
def blocks_add_command(client: Client, /, **block: Any) -> Answer:
    """Never deal events of a host, or of a source, or that name a word."""
    if not block["target"] and not block["source"]:
        raise click.UsageError(_("give a HOST, a WORD, or --source ORGANISER"))
    return client.call("block", **block), _blocks


@blocks_command.command("remove")
@what_to_block
@answering
def blocks_remove_command(client: Client, /, **block: Any) -> Answer:
    """Lift a block."""
    return client.call("unblock", **block), _blocks


@blocks_command.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@answering
def blocks_export_command(client: Client, /, file: Path) -> Answer:
    """Write your blocks with their reasons to a file, for a friend."""
    return client.call("write_blocks", path=str(file.absolute())), lambda made: _(
        "Written to {file}.", **made
    )


@blocks_command.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--all", "all_as", type=click.Choice(["hide", "warn"]), help="Take all, unasked.")
@json_option
@click.pass_obj
def blocks_import_command(client: Client, /, file: Path, all_as: str | None, as_json: bool) -> None:
    """Take blocks over from somebody's list, entry by entry: hide, warn, or leave it."""
    from potluck.node.operations.trust.blocks import meant_by

    for block in client.call("read_blocks", path=str(file.absolute()))["blocks"]:
        answer = all_as or click.prompt(
            _("{block}\nHide it, be warned of it, or leave it?", block=_block(block)),
            type=click.Choice(["hide", "warn", "leave"]),
            err=as_json,
        )
        if answer != "leave":
            meant = meant_by(block)
            client.call("block", **meant, why=block["why"], warn=answer == "warn")
    result(client.call("blocks"), as_json, _blocks)


def _peers(found: list[Json]) -> None:
    if not found:
        print_line("Connected with nobody. Ask a friend for a link (potluck invite) and join it:")
        print_line("potluck join 'LINK'")
    for peer in found:
        at = (
            _("through the relay {relay}", relay=peer["relay"])
            if peer["relay"]
            else peer["address"]
        )
        elsewhere = _("of {elsewhere}", elsewhere=peer["elsewhere"]) if peer["elsewhere"] else None
        click.echo("  ".join(filter(None, (peer["id"], at, elsewhere))))


def _parted(found: Json) -> None:
    """Who was banned or dropped, one a line, with why."""
    for ban in found["bans"]:
        until = (
            _("until lifted")
            if ban["until"] is None
            else _("until {until}", until=moment(ban["until"]))
        )
        print_line(
            "{value} is banned {until}: {why}", value=ban["value"], until=until, why=ban["why"]
        )
    for drop in found["dropped"]:
        print_line(
            "{peer_id} was dropped {at}: {why}",
            peer_id=drop["peer_id"],
            at=moment(drop["at"]),
            why=drop["why"],
        )


def _bans(found: Json) -> None:
    _parted(found)
    if not (found["bans"] or found["dropped"]):
        print_line("Nobody is banned, and nobody was dropped.")


def _importers(found: list[Json]) -> None:
    if not found:
        print_line("Nobody imports events where you look.")
    for one in found:
        who = _("you") if one["mine"] else _("host {host}", host=one["host"][:8])
        brings = _(
            "{events} of {organisers}",
            events=count(one["events"], "event"),
            organisers=count(one["organisers"], "organiser"),
        )
        click.echo(f"{bold(who)}: {brings}{_blocked(one)}")
        for source in one["sources"]:
            click.echo(f"  {source['id']}: {count(source['events'], 'event')}{_blocked(source)}")
    if any(not one["mine"] for one in found):
        remedy = _("Take none of it: potluck blocks add HOST, or with --source ORGANISER")
        click.echo(dim(_(remedy)))


def _blocked(one: Json) -> str:
    return _(", blocked") if one["blocked"] else ""


def _blocks(found: Json) -> None:
    for block in found["blocks"]:
        click.echo(_block(block))
    if not found["blocks"]:
        print_line("Nothing is blocked.")


def _block(block: Json) -> str:
    """A block in a line: what, how, since when and why."""
    host = _("host {host}", **block) if block["host"] else _("anybody")
    what = {
        "host": host,
        "importer": _("what {host} imports", host=host),
        "source": _("what {host} imports of {text}", host=host, text=block["text"]),
        "word": _("word {word}", word=block["text"]),
    }[block["kind"]]
    parts = [what]
    if block["warns"]:
        parts.append(_("with a warning only"))
    if block["since"]:
        parts.append(moment(block["since"]))
    text = ", ".join(parts)
    return f"{text}: {block['why']}" if block["why"] else text


_TARGET = {"target": "PEER_ID|IP|RANGE"}
peers_command.add_command(does("unban", "unban", _bans, "Lift a ban.", **_TARGET))
peers_command.add_command(does("bans", "bans", _bans, "Who is banned, who was dropped, and why."))
blocks_command.add_command(does("list", "blocks", _blocks, "What you blocked, since when and why."))
