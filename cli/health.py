"""How the node is: status, doctor, and how far an announcement has come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from potluck.protocol.errors import LocalError

from .client import Client
from .language import count, say, tell
from .options import json_option
from .printing import Json, bold, dim, progress, result

_MARKS = {"good": ("✓", "green"), "note": ("·", "yellow"), "bad": ("✗", "red")}


@click.command("status")
@json_option
@click.pass_obj
def status_command(client: Client, /, as_json: bool) -> None:
    """Your node in a few lines: running or not, whom it knows, what it holds."""
    result(client.call("status"), as_json, _status)


@click.command("doctor")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write a file that you can show to strangers: no keys, places, titles, addresses.",
)
@json_option
@click.pass_context
def doctor_command(ctx: click.Context, /, bundle: Path | None, *, as_json: bool) -> None:
    """Look whether all is well with your node, and say what to do about what is not."""
    from potluck.node.operations.health import doctor
    from potluck.node.operations.health.bug_report import bundle as bundled

    client: Client = ctx.obj
    findings, facts = doctor.check_from_outside(client.path), {}
    if not doctor.unwell(findings):  # else the node cannot be asked
        try:
            within = client.call("doctor")
            findings, facts = findings + within["findings"], within["facts"]
        except LocalError as error:
            findings.append({"name": "node", "level": "bad", "says": tell(error), "remedy": None})
    result({"well": not doctor.unwell(findings), "findings": findings}, as_json, _findings)
    if bundle is not None:
        _write(bundle, bundled(findings, facts, client.path))
    ctx.exit(doctor.unwell(findings))


@click.command("reach")
@click.argument("id")
@json_option
@click.pass_obj
def reach_command(client: Client, /, id: str, *, as_json: bool) -> None:
    """Ask the peers of your running node which of them hold an event."""
    with progress(say("Asking"), not as_json) as step:
        found = client.call("reach", step, id=id)
    result(found, as_json, _reached)


def addresses(listen: list[str]) -> None:
    """Where the node is reached, one a line."""
    for address in listen:
        relayed = say(" (through a relay)") if "/p2p-circuit/" in address else ""
        click.echo(f"         {address}{relayed}")


def _status(found: Json) -> None:
    kind = " (closed)" if found["closed"] else ""
    click.echo(f"{bold(say('Network'))}  {found['network']}{kind}")
    held = say(
        "{events} of {hosts}",
        events=count(found["announcements"], "event"),
        hosts=count(found["hosts"], "host"),
    )
    click.echo(f"{bold(say('Holds'))}    {held}")
    if found["running"]:
        click.echo(
            say(
                "{value}     running, connected with {peers}",
                value=bold(say("Node")),
                peers=count(found["peers"], "peer"),
            )
        )
        addresses(found["listen"])
        if found["web"]:
            click.echo(f"{bold(say('Page'))}     {found['web']}")
    else:
        click.echo(
            say("{value}     not running; start it with: potluck up", value=bold(say("Node")))
        )
    if found["ports"]:
        click.echo(f"{bold(say('Port'))}     {', '.join(map(str, found['ports']))}")
    click.echo(
        dim(say("home {home}\nhost key {host_key}", home=found["home"], host_key=found["host_key"]))
    )
    click.echo(dim(say("peer id {peer_id}", peer_id=found["peer_id"])))


def _write(file: Path, what: Mapping[str, Any]) -> None:
    import json

    try:
        with file.open("x", encoding="utf-8") as out:
            json.dump(what, out, ensure_ascii=False, indent=2)
    except OSError as error:
        raise LocalError(
            "cannot write {file}: {strerror}; choose another name",
            file=file,
            strerror=error.strerror,
        ) from None


def _findings(found: dict[str, Any]) -> None:
    for each in found["findings"]:
        sign, colour = _MARKS[each["level"]]
        click.echo(f"{click.style(sign, fg=colour)} {tell(each['name']):<15} {tell(each['says'])}")
        if each["remedy"]:
            click.echo(f"  {'':<15} → {tell(each['remedy'])}")
    click.echo(bold(say("All is well.") if found["well"] else say("Something needs mending.")))


def _reached(found: dict[str, Any]) -> None:
    peers, what = count(found["peers"], "peer"), found["title"] or found["id"][:8]
    click.echo(
        say(
            "Of {peers} asked, {hold} hold revision {revision} of {what}.",
            hold=found["hold"],
            peers=peers,
            revision=found["revision"],
            what=what,
        )
    )
    if found["silent"]:
        click.echo(dim(say("{peers} did not say.", peers=count(found["silent"], "peer"))))
