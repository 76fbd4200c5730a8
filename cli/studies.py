"""
The commands of `potluck simulate` that hold the model against the world: known results, and data.
"""

from pathlib import Path

import click
import msgspec

from potluck.protocol.errors import LocalError
from potluck.simulations.mixing import calibration, experiment, report, validation

from . import printing
from .language import _
from .options import json_option


@click.command("validate")
@click.argument("studies", nargs=-1, type=click.Choice(tuple(validation.STUDIES)))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("validation.html"),
    help="The page to write.",
)
@click.option("--seed", type=int, default=1, help="Seed of the studies.")
@json_option
def validate_command(studies: tuple[str, ...], out: Path, seed: int, as_json: bool) -> None:
    """Reproduce STUDIES (all if none is named); the exit code is 1 if one does not hold."""
    names = studies or tuple(validation.STUDIES)
    pages = []
    with printing.progress(_("Reproducing"), not as_json) as step:
        for done, name in enumerate(names, 1):
            pages.append(
                validation.run(name, experiment.SCENARIOS / "validation" / f"{name}.toml", seed)
            )
            step(done, len(names))
    out.parent.mkdir(parents=True, exist_ok=True)
    report.write_validation(out, pages)
    printing.result([page.to_json() for page in pages], as_json, lambda _: _print_pages(pages, out))
    if not all(page.holds for page in pages):
        raise LocalError("a study does not hold; the page says which number is out of bounds")


def _print_pages(pages: list[validation.Page], out: Path) -> None:
    for page in pages:
        click.echo(printing.bold(page.study) + printing.dim(f"  {page.paper}"))
        for line in page.lines:
            mark = line.verdict if line.holds else click.style(line.verdict, fg="red")
            text = _(
                "{what}: expected {expected}, got {got}, {mark}",
                what=line.quantity,
                expected=line.expected,
                got=line.got,
                mark=mark,
            )
            click.echo(f"  {text}")
    click.echo("\n" + _("Report: {page}", page=out))


@click.command("calibrate")
@click.argument("attendance", type=click.Path(path_type=Path))
@click.argument("groups", type=click.Path(path_type=Path))
@click.option(
    "--scenario",
    default="calibration",
    help="The scenario to start from: a file, or the name of one of ours.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("results/calibration"),
    help="Folder for the fit and its pictures.",
)
@json_option
def calibrate_command(
    attendance: Path, groups: Path, scenario: str, out: Path, as_json: bool
) -> None:
    """Fit the model to data on who attended what.

    ATTENDANCE has the columns person, group, events_attended; GROUPS group, category, members,
    events_held.
    """
    data = calibration.read(attendance, groups)
    base = experiment.load(experiment.find(scenario)).scenario
    with printing.progress(_("Fitting"), not as_json) as step:
        found = calibration.fit(base, data, calibration.Search(), step)
    page = calibration.write(out, found, data)
    printing.result(
        msgspec.to_builtins(found) | {"report": str(page)},
        as_json,
        lambda _: _print_fit(found, page),
    )


def _print_fit(found: calibration.Fit, page: Path) -> None:
    for name, interval in found.parameters.items():
        click.echo(f"{name:>20}  {interval}")
    error = _(
        "Root mean squared relative error of the fitted moments: {error:.1%}", error=found.distance
    )
    click.echo(f"\n{error}")
    for name, interval in found.data.items():
        kept = _("fitted") if name in calibration.FITTED else _("held out")
        text = _(
            "data {data}, model {model}  ({kept})",
            data=interval,
            model=found.simulated[name],
            kept=kept,
        )
        click.echo(f"{name:>30}  {text}")
    click.echo("\n" + _("Report: {page}", page=page))
