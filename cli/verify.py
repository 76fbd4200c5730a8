"""Whether others dealt as they say: a receipt, or a site beside one's own node."""

from pathlib import Path

import click

from potluck.protocol.errors import VerificationFailed

from .client import Client
from .language import _, count
from .options import json_option
from .printing import Json, print_line, result
from .receipts import show_draw
from .wording import moment


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--site", metavar="URL", help="Compare this site with what your node holds.")
@json_option
@click.pass_obj
def verify_command(client: Client, /, file: Path | None, site: str | None, as_json: bool) -> None:
    """Deal a receipt's hand again, or say what a site leaves out."""
    if (file is None) == (site is None):
        raise click.UsageError(_("give the file of a receipt, or --site URL"))
    if file is not None:
        import trio

        from potluck.node.operations.draw.receipts import verify_file

        result(trio.run(verify_file, file), as_json, _receipt)
        return
    found = client.call("check_site", url=site)
    result(found, as_json, _site)
    if found["forged"] or found["differences"]:
        raise VerificationFailed("this site shows what does not hold")


def _receipt(found: Json) -> None:
    verified = _("Verified: the hand follows from this deck and this seed.")
    click.echo(click.style(verified, fg="green"))
    show_draw(found)
    for open_question in found["unproven"]:
        click.echo(open_question)


def _site(found: Json) -> None:
    shows, ours = count(found["events"], "event"), count(found["ours"], "event")
    print_line(
        "{site}, as of {published}, shows {shows}; your node would show {ours} there.",
        site=found["site"],
        published=moment(found["published"]),
        shows=shows,
        ours=ours,
    )
    for event in found["left_out"]:
        when = moment(event["start"]) if event["start"] else ""
        print_line("  left out: {title}, {when}", title=event["title"], when=when)
    if not found["left_out"]:
        print_line("It leaves out nothing that your node holds.")
    if found["forged"]:
        forged = count(found["forged"], "event")
        print_line("{forged} there that nobody signed so.", forged=forged)
    if found["hand"] is None:
        print_line("No hand of a table is open there.")
    elif not found["differences"]:
        print_line("The hand of {date} follows from its seal and its list.",
                       date=found["hand"])  # fmt: skip
    for difference in found["differences"]:
        print_line("The hand of {date} differs: {difference}", date=found["hand"],
                       difference=difference)  # fmt: skip
