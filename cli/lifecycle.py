"""A home and its node, from the first to the last: init, up, stop, backup, restore, leave."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from potluck.node.home.loopback import check_loopback
from potluck.protocol.errors import LocalError

from .client import Client, pretended_now
from .health import addresses
from .language import _, count
from .options import json_option, together
from .printing import Answer, Json, answering, bold, dim, print_line, progress, result

network_options = together(
    click.option(
        "--network", metavar="NAME", help="The network to belong to. Default: potluck, open to all."
    ),
    click.option(
        "--secret", metavar="BASE32", help="The secret of a closed network; 'new' makes one."
    ),
    click.option(
        "--stamp-bits",
        default=22,
        show_default=True,
        type=click.IntRange(0, 40),
        metavar="N",
        help="What the network asks of a new host key.",
    ),
)


@click.command("init")
@click.option(
    "--name", default="", metavar="NAME", help="What friends call you; only your card says it."
)
@network_options
@click.option("--words", is_flag=True, help="Also print your host key as 24 words, for paper.")
@json_option
@click.pass_obj
def init_command(
    client: Client,
    /,
    *,
    words: bool,
    name: str,
    as_json: bool,
    **network: Any,
) -> None:
    """Make a home: your keys, your settings, your store."""
    made = _made(client, as_json, name=name, **network)
    shown = {name: value for name, value in made.items() if words or name != "words"}
    result(shown, as_json, _home_made)


def _made(client: Client, as_json: bool, *, name: str = "", **network: Any) -> Json:
    """A new home, with its birth stamp."""
    import trio

    from potluck.node.operations.lifecycle import init

    with progress(_("Finding your birth stamp"), not as_json) as step:
        made = trio.run(partial(init.create, client.path, name, progress=step, **network))
    return {**made, "chosen": network["network"] is not None}


@click.command("up")
@click.option(
    "--listen", multiple=True, metavar="MULTIADDR", help="Where to listen: /ip4/0.0.0.0/tcp/4001."
)
@click.option(
    "--connect", multiple=True, metavar="MULTIADDR", help="A peer to connect to, ending in /p2p/ID."
)
@click.option(
    "--relay",
    "relays",
    multiple=True,
    metavar="MULTIADDR",
    help="A relay to be reached through, when behind a router.",
)
@click.option("--web", metavar="HOST:PORT", help="Where to show your page, on this machine only.")
@click.option("--no-web", is_flag=True, help="Show no page.")
@click.option(
    "--guests", default="", metavar="HOST:PORT", help="Where to show guests the site, to anybody."
)
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
@json_option
@click.pass_obj
def up_command(
    client: Client,
    /,
    *,
    web: str | None,
    no_web: bool,
    mdns: bool,
    log_level: str,
    log_format: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Run your node until Ctrl-C: send, receive and keep announcements."""
    if web and no_web:
        raise click.UsageError(_("--web and --no-web exclude each other"))
    if web:
        try:
            check_loopback(web)
        except LocalError as error:
            raise click.BadParameter(str(error), param_hint="--web") from None
    from potluck.node.home import logs
    from potluck.node.runtime import runtime

    logs.start(log_level, log_format)
    shown = "" if no_web else web
    asked = runtime.Options(web=shown, mdns=mdns or None, now=pretended_now(), **options)
    runtime.run(client.path, asked, lambda found: result(_for_whom(found), as_json, _node_is_up))


@click.command("stop")
@answering
def stop_command(client: Client, /) -> Answer:
    """Stop the node that runs in this home, as Ctrl-C does."""
    stopped = client.call("stop")
    client.wait_until_down()
    return stopped, lambda _found: _("The node has stopped.")


@click.command("leave")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
@click.pass_obj
def leave_command(client: Client, /, folder: Path, yes: bool, as_json: bool) -> None:
    """Leave: write all of yours to FOLDER, withdraw what you announced, delete your home."""
    from potluck.node.operations.lifecycle import backup

    is_up = client.is_up()
    if not is_up:
        click.echo(_("No node runs, so nobody will hear that you withdraw:"), err=True)
        click.echo(_("start it with potluck up, then leave."), err=True)
    if not yes:
        question = _("Withdraw everything and delete {path}, keys included?", path=client.path)
        click.confirm(question, abort=True, err=as_json)
    left = client.call("leave", folder=str(folder.absolute()))
    if is_up:
        client.wait_until_gone()
    else:
        backup.wipe(client.path)
    result(left, as_json, _left)


@click.group("home")
def home_command() -> None:
    """The folder with all that is yours: a second copy, and back."""


@home_command.command("backup")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--words", is_flag=True, help="Print your host key alone as 24 words, for paper.")
@json_option
@click.pass_obj
def home_backup_command(
    client: Client, /, file: Path | None, *, words: bool, as_json: bool
) -> None:
    """Your whole home in one file, keys included: guard it like them."""
    if (file is None) != words:
        raise click.UsageError(_("give either FILE or --words"))
    if file is None:
        result(client.call("words_of_key"), as_json, _words)
        return
    result(client.call("backup", path=str(file.absolute())), as_json, _backed_up)


@home_command.command("restore")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--words", is_flag=True, help="Ask for the 24 words of your host key instead.")
@network_options
@json_option
@click.pass_obj
def home_restore_command(
    client: Client, /, file: Path | None, *, words: bool, as_json: bool, **network: Any
) -> None:
    """Bring a backup back, or your host key alone, into a folder that has no home yet."""
    from potluck.node.operations.lifecycle import backup

    if (file is None) != words:
        raise click.UsageError(_("give either FILE or --words"))
    if file is None:
        key_words = click.prompt(_("The 24 words"), err=as_json)
        result(_made(client, as_json, words=key_words, **network), as_json, _home_made)
        return
    result(backup.restore(client.path, file), as_json, _restored)


def _for_whom(found: Json) -> Json:
    """What `up` tells; its login link only to a person, since logs keep what goes elsewhere."""
    is_person = sys.stdout is not None and sys.stdout.isatty()
    return found if is_person else {**found, "link": None}


def _home_made(made: Json) -> None:
    """What init made, where one is now, and what to do next."""
    kind = _("closed network") if made["closed"] else _("network")
    print_line(
        "Your home is {home}, in the {kind} {network}.",
        home=made["home"],
        kind=kind,
        network=bold(made["network"]),
    )
    print_line("Your host key is {host_key}.", host_key=made["host_key"])
    if "words" in made:
        _words(made)
    if made["ports"]:
        print_line(
            "Others reach your node at port {ports}.", ports=", ".join(map(str, made["ports"]))
        )
    if not made["chosen"]:
        print_line("Potluck is the network that is open to all; nobody runs it.")
        print_line("One of your own: potluck --home DIR init --network NAME")
        print_line("(closed to others with --secret new).")
    if made["first_peers"]:
        peers = count(made["first_peers"], "node")
        print_line("This release knows {peers} there, which yours will dial first.", peers=peers)
    else:
        print_line("This release knows nobody there, so you are alone until you meet somebody:")
        print_line("until then you draw from what you announce and import yourself.")
        print_line(
            "To meet: potluck join 'LINK', with a friend's link; to be met: potluck up, then"
        )
        print_line("potluck invite; within a local network: potluck up --mdns.")
    print_line("Next: potluck announce, potluck import FILE, potluck up")


def _node_is_up(found: Json) -> None:
    """What `up` says once others can reach the node."""
    holds = count(found["announcements"], "event")
    print_line(
        "Your node is up in the network {network}, with {holds}.",
        network=bold(found["network"]),
        holds=holds,
    )
    addresses(found["listen"])
    if found["link"]:
        print_line("Your page: {link}", link=bold(found["link"]))
        click.echo(dim(_("The link lets one browser in, once. For another: potluck open")))
    elif found["web"]:
        print_line("Your page: {web}, to be opened with: potluck open", web=found["web"])
    if found["guests"]:
        print_line("The site for guests: {guests}", guests=bold(found["guests"]))
        click.echo(dim(_("Everybody who reaches this address sees it, and nothing else.")))
    click.echo(dim(_("Ctrl-C stops it.")))


def _backed_up(made: Json) -> None:
    print_line("Your whole home is in {file} ({bytes:,} bytes).", **made)
    print_line("It holds your secret keys: whoever has it can announce as you.")
    print_line("Only you can read it now; keep it so.")


def _words(made: Json) -> None:
    words = made["words"].split()
    click.echo(_("Your host key in {n} words:", n=len(words)) + "\n")
    for at in range(0, len(words), 4):
        row = enumerate(words[at : at + 4], at + 1)
        click.echo("  " + "".join(f"{number:>2} {word:<10}" for number, word in row).rstrip())
    click.echo()
    print_line("Write them on paper, and keep it safe: who reads them can announce as you.")
    print_line("They bring back your key, not your events, plan and tables: that does a copy,")
    print_line("potluck home backup FILE. To use them: potluck home restore --words")


def _restored(made: Json) -> None:
    print_line("{files} files are back in {home}. Host key: {host_key}", **made)
    print_line("Do not run two nodes with the same keys.")


def _left(left: Json) -> None:
    withdrawn = count(left["withdrawn"], "event")
    print_line(
        "{withdrawn} withdrawn; events, plan, tables and receipts are in {folder}.",
        withdrawn=withdrawn,
        folder=left["folder"],
    )
    print_line("Farewell.")
