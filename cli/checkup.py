"""Commands that look whether all is well: with the node, and with what it said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from potluck.protocol.errors import LocalError

from . import show
from .client import Client
from .options import json_option

_MARKS = {"good": ("✓", "green"), "note": ("·", "yellow"), "bad": ("✗", "red")}


@click.command("doctor")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also write it to a file that you can show to strangers: no keys, places, titles, addresses.",
)
@json_option
@click.pass_context
def doctor_command(ctx: click.Context, /, bundle: Path | None, *, as_json: bool) -> None:
    """Look whether all is well with your node, and say what to do about what is not."""
    from potluck.node.operations.health import doctor

    client: Client = ctx.obj
    findings, facts = doctor.look_from_outside(client.path), {}
    if not doctor.unwell(findings):  # else the node cannot be asked
        try:
            within = client.call("doctor")
            findings, facts = findings + within["findings"], within["facts"]
        except LocalError as error:
            findings.append({"name": "node", "level": "bad", "says": str(error), "remedy": None})
    show.result({"well": not doctor.unwell(findings), "findings": findings}, as_json, _findings)
    if bundle is not None:
        _write(bundle, doctor.bundle(findings, facts, client.path))
    ctx.exit(doctor.unwell(findings))


def _write(file: Path, what: dict[str, Any]) -> None:
    import json

    try:
        with file.open("x", encoding="utf-8") as out:
            json.dump(what, out, ensure_ascii=False, indent=2)
    except OSError as error:
        raise LocalError(f"cannot write {file}: {error.strerror}; choose another name") from None


def _findings(found: dict[str, Any]) -> None:
    for each in found["findings"]:
        sign, colour = _MARKS[each["level"]]
        click.echo(f"{click.style(sign, fg=colour)} {each['name']:<13} {each['says']}")
        if each["remedy"]:
            click.echo(f"  {'':<13} → {each['remedy']}")
    click.echo(show.bold("All is well." if found["well"] else "Something needs mending."))


@click.command("reach")
@click.argument("id")
@json_option
@click.pass_obj
def reach_command(client: Client, /, id: str, *, as_json: bool) -> None:
    """Ask the peers of your running node which of them hold an event."""
    with show.progress("Asking", not as_json) as step:
        found = client.call("reach", step, id=id)
    show.result(found, as_json, _reached)


def _reached(found: dict[str, Any]) -> None:
    peers, what = show.count(found["peers"], "peer"), found["title"] or found["id"][:8]
    verb = "holds" if found["hold"] == 1 else "hold"
    click.echo(f"{found['hold']} of {peers} {verb} revision {found['revision']} of {what}.")
    if found["silent"]:
        click.echo(show.dim(f"{show.count(found['silent'], 'peer')} did not say."))
