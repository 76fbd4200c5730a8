"""Commands about single peers."""

from __future__ import annotations

import click

from . import nodes, show
from .client import Client
from .options import json_option


@click.command("disconnect")
@click.argument("peer", metavar="PEER_ID")
@json_option
@click.pass_obj
def disconnect_command(client: Client, /, peer: str, *, as_json: bool) -> None:
    """Part from a peer, and do not dial it again."""
    result = client.call("disconnect", peer=peer)
    show.result(result, as_json, lambda value: click.echo(f"Parted from {value['peer_id']}."))


@click.command("ban")
@click.argument("target", metavar="PEER_ID|IP|RANGE", required=False)
@click.option("--why", metavar="TEXT", help="A word for yourself, to be read in the list.")
@json_option
@click.pass_obj
def ban_command(client: Client, /, target: str | None, why: str | None, *, as_json: bool) -> None:
    """Have nothing to do with a peer or an address range; without either, list bans and dropped peers."""
    result = client.call("bans") if target is None else client.call("ban", target=target, why=why)
    show.result(result, as_json, nodes.bans)


@click.command("unban")
@click.argument("target", metavar="PEER_ID|IP|RANGE")
@json_option
@click.pass_obj
def unban_command(client: Client, /, target: str, *, as_json: bool) -> None:
    """Lift a ban."""
    show.result(client.call("unban", target=target), as_json, nodes.bans)
