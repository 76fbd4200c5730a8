"""Commands about the node itself: run it, look at it, connect it, hush others."""

from __future__ import annotations

import click

from . import nodes, show
from .client import Client, pretended_now
from .options import json_option


@click.command("up")
@click.option(
    "--listen", multiple=True, metavar="MULTIADDR", help="Where to listen: /ip4/0.0.0.0/tcp/4001."
)
@click.option(
    "--connect", multiple=True, metavar="MULTIADDR", help="A peer to connect to, ending in /p2p/ID."
)
@click.option(
    "--relay",
    multiple=True,
    metavar="MULTIADDR",
    help="A relay to be reached through, when behind a router.",
)
@click.option("--web", metavar="HOST:PORT", help="Where to show your page, on this machine only.")
@click.option("--no-web", is_flag=True, help="Show no page.")
@click.option("--mdns", is_flag=True, help="Find nodes in the same local network, and be found.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="warning",
    show_default=True,
    help="How much to write to stderr; only debug holds addresses and words of others.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="One line of text, or one JSON object a line.",
)
@click.pass_obj
def up_command(
    client: Client,
    /,
    *,
    listen: tuple[str, ...],
    connect: tuple[str, ...],
    relay: tuple[str, ...],
    web: str | None,
    no_web: bool,
    mdns: bool,
    log_level: str,
    log_format: str,
) -> None:
    """Run your node until Ctrl-C: send, receive and keep announcements."""
    if web and no_web:
        raise click.UsageError("--web and --no-web exclude each other")
    if web:
        _check_loopback(web)
    from potluck.node import runtime
    from potluck.node.home import logs

    logs.start(log_level, log_format)
    options = runtime.Options(
        listen=listen,
        connect=connect,
        relays=relay,
        web="" if no_web else web,
        mdns=mdns or None,
        now=pretended_now(),
    )
    runtime.run(client.path, options, nodes.node_is_up)


def _check_loopback(web: str) -> None:
    import ipaddress

    host, _, port = web.rpartition(":")
    name = host.strip("[]")
    try:
        loopback = name == "localhost" or ipaddress.ip_address(name).is_loopback
        fits = port.isdigit() and int(port) < 65536
    except ValueError:
        loopback = fits = False
    if not (loopback and fits):
        raise click.BadParameter(
            f"{web}: your page is for this machine only; write it as 127.0.0.1:8642",
            param_hint="--web",
        )


@click.command("status")
@json_option
@click.pass_obj
def status_command(client: Client, /, as_json: bool) -> None:
    """Your node in a few lines: running or not, whom it knows, what it holds."""
    show.result(client.call("status"), as_json, nodes.status)


@click.command("peers")
@json_option
@click.pass_obj
def peers_command(client: Client, /, as_json: bool) -> None:
    """The nodes yours is connected with, and, in words, whom it dropped or banned and why."""
    show.result(client.call("peers"), as_json, nodes.peers)
    if not as_json:
        nodes.parted(client.call("bans"))


@click.command("connect")
@click.argument("address", metavar="MULTIADDR")
@json_option
@click.pass_obj
def connect_command(client: Client, /, address: str, as_json: bool) -> None:
    """Connect your running node to another, and remember it."""
    result = client.call("connect", address=address)
    show.result(result, as_json, lambda value: click.echo(f"Connected to {value['peer_id']}."))


@click.command("block")
@click.argument("target", metavar="HOST|WORD", required=False)
@json_option
@click.pass_obj
def block_command(client: Client, /, target: str | None, as_json: bool) -> None:
    """Never deal events of a host, or that name a word; without either, list your blocks."""
    result = client.call("blocks") if target is None else client.call("block", target=target)
    show.result(result, as_json, nodes.blocks)


@click.command("unblock")
@click.argument("target", metavar="HOST|WORD")
@json_option
@click.pass_obj
def unblock_command(client: Client, /, target: str, as_json: bool) -> None:
    """Lift a block."""
    show.result(client.call("unblock", target=target), as_json, nodes.blocks)
