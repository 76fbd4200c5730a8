"""Nodes, homes and peers, as words for a person."""

from __future__ import annotations

import click

from .show import Json, bold, count, dim, moment, qr


def home_made(made: Json) -> None:
    """What init made, and what to do next."""
    kind = "closed network" if made["closed"] else "network"
    click.echo(f"Your home is {made['home']}, in the {kind} {bold(made['network'])}.")
    click.echo(f"Your host key is {made['host_key']}.")
    if made["closed"]:
        click.echo("Others come in by a link: potluck invite")
    click.echo("Next: potluck announce, potluck import FILE, potluck up")


def status(found: Json) -> None:
    """The node in a few lines."""
    kind = " (closed)" if found["closed"] else ""
    click.echo(f"{bold('Network')}  {found['network']}{kind}")
    click.echo(
        f"{bold('Holds')}    {count(found['announcements'], 'event')} of {count(found['hosts'], 'host')}"
    )
    if found["running"]:
        click.echo(f"{bold('Node')}     running, connected with {count(found['peers'], 'peer')}")
        for address in found["listen"]:
            click.echo(f"         {_at(address)}")
        if found["web"]:
            click.echo(f"{bold('Page')}     {found['web']}")
    else:
        click.echo(f"{bold('Node')}     not running; start it with: potluck up")
    click.echo(
        dim(f"home {found['home']}\nhost key {found['host_key']}\npeer id {found['peer_id']}")
    )


def peers(found: list[Json]) -> None:
    """The connected peers, one a line."""
    if not found:
        click.echo(
            "Connected with nobody. Ask a friend for a link (potluck invite), then: potluck join LINK"
        )
    for peer in found:
        at = f"through the relay {peer['relay']}" if peer["relay"] else peer["address"]
        click.echo("  ".join((peer["id"], at)) if at else peer["id"])


def _at(address: str) -> str:
    return f"{address} (through a relay)" if "/p2p-circuit/" in address else address


def parted(found: Json) -> None:
    """Who was banned or dropped, one a line, with why."""
    for ban in found["bans"]:
        click.echo(f"{ban['value']} is banned until {ban['until'][:10]}: {ban['why']}")
    for drop in found["dropped"]:
        click.echo(f"{drop['peer_id']} was dropped {moment(drop['at'])}: {drop['why']}")


def bans(found: Json) -> None:
    """The same, also when there is nobody."""
    parted(found)
    if not (found["bans"] or found["dropped"]):
        click.echo("Nobody is banned, and nobody was dropped.")


def blocks(found: Json) -> None:
    """Blocked hosts and words."""
    for host in found["hosts"]:
        click.echo(f"host {host}")
    for word in found["words"]:
        click.echo(f"word {word}")
    if not (found["hosts"] or found["words"]):
        click.echo("Nothing is blocked.")


def invitation(made: Json) -> None:
    """The link with its QR code, and what it gives away."""
    qr(made["link"])
    click.echo(made["link"])
    click.echo(dim("Your friend runs: potluck join 'LINK'"))
    if made["closed"]:
        click.echo(
            dim(
                "Whoever has this link can read and write in your closed network: send it with care."
            )
        )
    if not made["peers"]:
        click.echo(
            dim(
                "It names no peer: run potluck up, then invite again, so that your friend finds you."
            )
        )


def joined(result: Json) -> None:
    """What a link brought."""
    if result["made"]:
        click.echo("A new home was made for you.")
    if result.get("table"):
        click.echo(
            f"You sit at the table {bold(result['table'])}: potluck draw --table {result['table']!r}"
        )
    if result.get("network"):
        click.echo(
            f"You are in the network {bold(result['network'])}; start your node with: potluck up"
        )


def backed_up(made: Json) -> None:
    """Where the backup is, and what it holds."""
    click.echo(f"Your whole home is in {made['file']} ({made['bytes']:,} bytes).")
    click.echo(
        "It holds your secret keys: whoever has it can announce as you. Only you can read it now; keep it so."
    )


def restored(made: Json) -> None:
    """What came back."""
    click.echo(f"{made['files']} files are back in {made['home']}. Host key: {made['host_key']}")
    click.echo("Do not run two nodes with the same keys.")


def node_is_up(found: Json) -> None:
    """What `up` says once others can reach the node."""
    holds = count(found["announcements"], "event")
    click.echo(f"Your node is up in the network {bold(found['network'])}, with {holds}.")
    for address in found["listen"]:
        click.echo(f"  {_at(address)}")
    if found["link"]:
        click.echo(f"Your page: {bold(found['link'])}")
        click.echo(dim("The link lets one browser in, once. For another: potluck open"))
    click.echo(dim("Ctrl-C stops it."))
