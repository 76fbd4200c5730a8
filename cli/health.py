"""How the node is: status, doctor, and how far an announcement has come."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from potluck.protocol.errors import LocalError

from .client import Client
from .language import _, count, translate
from .options import json_option
from .printing import Answer, Json, answering, bold, dim, print_line, progress, result

_MARKS = {"good": ("✓", "green"), "note": ("·", "yellow"), "bad": ("✗", "red")}


@click.command("status")
@answering
def status_command(client: Client, /) -> Answer:
    """Your node in a few lines: running or not, whom it knows, what it holds."""
    return client.call("status"), _status


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
    from potluck.node.operations.health import doctor, finding
    from potluck.node.operations.health.bug_report import bundle as bundled

    client: Client = ctx.obj
    findings, facts = doctor.check_from_outside(client.path), {}
    if not finding.unwell(findings):  # else the node cannot be asked
        try:
            within = client.call("doctor")
            findings, facts = findings + within["findings"], within["facts"]
        except LocalError as error:
            findings.append(finding.bad("node", translate(error)))
    result({"well": not finding.unwell(findings), "findings": findings}, as_json, _findings)
    if bundle is not None:
        _write(bundle, bundled(findings, facts, client.path))
    ctx.exit(finding.unwell(findings))


@click.command("reach")
@click.argument("id")
@json_option
@click.pass_obj
def reach_command(client: Client, /, id: str, *, as_json: bool) -> None:
    """Ask the peers of your running node which of them hold an event."""
    with progress(_("Asking"), not as_json) as step:
        found = client.call("reach", step, id=id)
    result(found, as_json, _reached)


def addresses(listen: list[str]) -> None:
    """Where the node is reached, one a line."""
    for address in listen:
        relayed = _(" (through a relay)") if "/p2p-circuit/" in address else ""
        click.echo(f"         {address}{relayed}")


def _status(found: Json) -> None:
    kind = _(" (closed)") if found["closed"] else ""
    _row(_("Network"), found["network"] + kind)
    events, hosts = count(found["announcements"], "event"), count(found["hosts"], "host")
    _row(_("Holds"), _("{events} of {hosts}", events=events, hosts=hosts))
    if found["running"]:
        peers = count(found["peers"], "peer")
        _row(_("Node"), _("running, connected with {peers}", peers=peers))
        addresses(found["listen"])
        if found["web"]:
            _row(_("Page"), found["web"])
    else:
        _row(_("Node"), _("not running; start it with: potluck up"))
    if found["ports"]:
        _row(_("Port"), ", ".join(map(str, found["ports"])))
    click.echo(dim(_("home {home}\nhost key {host_key}", **found)))
    click.echo(dim(_("peer id {peer_id}", peer_id=found["peer_id"])))


def _row(what: str, says: str) -> None:
    click.echo(f"{bold(f'{what:<8}')} {says}")


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
        click.echo(
            f"{click.style(sign, fg=colour)} {translate(each['name']):<15} "
            f"{translate(each['says'])}"
        )
        if each["remedy"]:
            click.echo(f"  {'':<15} → {translate(each['remedy'])}")
    click.echo(bold(_verdict(found)))


def _verdict(found: dict[str, Any]) -> str:
    if not found["well"]:
        return _("Something needs mending.")
    notes = [
        f"{translate(each['name'])} {translate(each['says'])}"
        for each in found["findings"]
        if each["level"] == "note" and each["name"] in ("node", "peers")
    ]
    if notes:
        return _("Nothing is wrong here, but: {notes}.", notes="; ".join(notes))
    return _("All is well.")


def _reached(found: dict[str, Any]) -> None:
    peers, what = count(found["peers"], "peer"), found["title"] or found["id"][:8]
    print_line(
        "{what}, as it is now, has come to {hold:,} of {peers}.",
        hold=found["hold"],
        peers=peers,
        what=what,
    )
    if found["silent"]:
        click.echo(dim(_("{peers} did not say.", peers=count(found["silent"], "peer"))))
