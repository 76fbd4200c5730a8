"""Commands about the home as a whole: make it, invite and join, keep it safe."""

from __future__ import annotations

from pathlib import Path

import click

from . import nodes, show
from .client import Client
from .options import json_option


@click.command("init")
@click.option(
    "--name", default="", metavar="NAME", help="What you call this node; nobody else sees it."
)
@click.option(
    "--network",
    default="potluck",
    show_default=True,
    metavar="NAME",
    help="The network to belong to.",
)
@click.option("--secret", metavar="BASE32", help="The secret of a closed network; 'new' makes one.")
@click.option(
    "--stamp-bits",
    default=22,
    show_default=True,
    type=click.IntRange(0, 40),
    metavar="N",
    help="What the network asks of a new host key.",
)
@json_option
@click.pass_obj
def init_command(
    client: Client, /, name: str, network: str, secret: str | None, stamp_bits: int, as_json: bool
) -> None:  # fmt: skip
    """Make a home: your keys, your settings, your store."""
    import trio

    from potluck.node.operations.lifecycle import init

    with show.progress("Finding your birth stamp", not as_json) as progress:
        made = trio.run(init.create, client.path, name, network, secret, stamp_bits, progress)
    show.result(made, as_json, nodes.home_made)


@click.command("invite")
@click.option("--table", metavar="NAME", help="A table of yours that becomes their default.")
@json_option
@click.pass_obj
def invite_command(client: Client, /, table: str | None, as_json: bool) -> None:
    """A link and a QR code that bring a friend to your network."""
    show.result(client.call("invite", table=table), as_json, nodes.invitation)


@click.command("join")
@click.argument("link")
@json_option
@click.pass_obj
def join_command(client: Client, /, link: str, as_json: bool) -> None:
    """Follow a link to a network or a table; makes a home if there is none."""
    import trio

    from potluck.node.operations.lifecycle import init

    with show.progress("Finding your birth stamp", not as_json) as progress:
        made = trio.run(init.prepare, client.path, link, progress)
    result = {"made": made, **client.call("join", text=link)}
    show.result(result, as_json, nodes.joined)


@click.command("leave")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def leave_command(client: Client, /, folder: Path, yes: bool) -> None:
    """Leave: export everything to FOLDER, withdraw what you announced, delete your home."""
    from potluck.node.operations.lifecycle import backup

    is_up = client.is_up()
    if not is_up:
        click.echo(
            "No node runs, so nobody will hear that you withdraw: start it with potluck up, then leave."
        )
    if not yes:
        click.confirm(f"Withdraw everything and delete {client.path}, keys included?", abort=True)
    withdrawn = client.call("leave", folder=str(folder.absolute()))["withdrawn"]
    if is_up:
        client.wait_until_gone()
    else:
        backup.wipe(client.path)
    click.echo(
        f"{show.count(withdrawn, 'event')} withdrawn; everything that was here is in {folder}. Farewell."
    )


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def backup_command(client: Client, /, file: Path, as_json: bool) -> None:
    """Your whole home in one file, keys included: guard it like them."""
    result = client.call("backup", path=str(file.absolute()))
    show.result(result, as_json, nodes.backed_up)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def restore_command(client: Client, /, file: Path, as_json: bool) -> None:
    """Bring a backup back, into a folder that has no home yet."""
    from potluck.node.operations.lifecycle import backup

    show.result(backup.restore(client.path, file), as_json, nodes.restored)
