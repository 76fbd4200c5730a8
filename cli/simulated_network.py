"""`potluck simulate` on nodes: a scenario of the network laboratory, and the hunt."""

import time
from math import prod
from pathlib import Path
from typing import Any

import click
import msgspec

from potluck.protocol.errors import LocalError
from potluck.simulations.mixing.scenario import InvalidScenario
from potluck.simulations.network import hunt, scenario, sweep

from . import printing
from .client import Progress
from .experiments import axis, executor, on_machines
from .language import _
from .options import json_option
from .printing import print_line


@click.command("network")
@click.argument("scenario_name", metavar="SCENARIO")
@click.option("--seed", type=int, default=1, help="The first seed: the same gives the same trace.")
@click.option("--seeds", type=click.IntRange(1), default=1, help="How many, from the first on.")
@click.option("--vary", multiple=True, metavar="KEY=V1,V2", help="A setting, such as plan.nodes.")
@click.option("--show", default="", metavar="NAME,NAME", help="What to draw against the first KEY.")
@on_machines
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder of what was found, where a later start goes on. [results/network/SCENARIO]",
)
@json_option
def network_command(
    scenario_name: str, vary: tuple[str, ...], show: str, as_json: bool, **options: Any
) -> None:
    """Run nodes under SCENARIO (a file, or one of ours); exit code 1: a property breaks."""
    try:
        asked, axes = scenario.load(scenario_name), _listed(vary)
        if show and not axes:
            raise LocalError("--show draws against a setting: name one with --vary")
        with printing.progress(_("Running"), not as_json) as step:
            folder, rows = _run(asked, axes, step, **options)
        if show:
            svg = sweep.picture(rows, next(iter(axes)), show.split(","), asked.question)
            (folder / "picture.svg").write_text(svg, encoding="utf-8")
    except InvalidScenario as error:
        raise LocalError("{error}", error=error) from None
    printing.result(msgspec.to_builtins(rows), as_json, _print)
    if show and not as_json:
        print_line("Picture: {picture}", picture=folder / "picture.svg")
    if any(row.found.get("wrong") for row in rows):
        raise LocalError("a property does not hold; what is wrong stands above")


def _listed(vary: tuple[str, ...]) -> dict[str, list[Any]]:
    axes = dict(map(axis, vary))
    for key, values in axes.items():
        if not isinstance(values, list):
            raise LocalError("--vary {key}: write it as {key}=1,2,3", key=key)
    return axes


def _run(
    asked: scenario.Scenario,
    axes: dict[str, list[Any]],
    step: Progress,
    seed: int,
    seeds: int,
    workers: int,
    scheduler: str | None,
    out: Path | None,
) -> tuple[Path, list[sweep.Row]]:
    folder = out or Path("results/network") / asked.name
    runs = seeds * prod(map(len, axes.values()))
    machines = executor(min(workers, runs), scheduler)
    numbers = range(seed, seed + seeds)
    return folder, list(sweep.sweep(asked, axes, numbers, folder / "rows.jsonl", machines, step))


@click.command("hunt")
@click.option("--minutes", type=click.FloatRange(0.01), default=10.0, help="How long to look.")
@click.option("--first", type=int, default=1, help="The first seed; the next ones follow.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("results/hunt"),
    help="The folder for plans that break something.",
)
@json_option
def hunt_command(minutes: float, first: int, out: Path, as_json: bool) -> None:
    """Try plans of faults until one breaks a property, and shrink it; the exit code is then 1."""
    tried: list[int] = []
    files = []
    began, seconds = time.monotonic(), 60 * minutes
    with printing.progress(_("Looking"), not as_json) as step:

        def note(seed: int) -> None:
            tried.append(seed)
            step(int(min(time.monotonic() - began, seconds)), int(seconds))

        for find in hunt.hunt(seconds, first, note):
            out.mkdir(parents=True, exist_ok=True)
            file = out / f"seed-{find.seed}.toml"
            file.write_text(find.to_toml(), encoding="utf-8")
            files.append({"file": str(file), "seed": find.seed, "wrong": find.outcome.wrong})
    value = {"tried": len(tried), "first": first, "found": files}
    printing.result(value, as_json, _print_hunt)
    if files:
        raise LocalError("a plan breaks a property; run it: potluck simulate network FILE")


def _print(rows: Any) -> None:
    for row in rows:
        settings = "".join(f", {path} {value}" for path, value in row["settings"].items())
        click.echo(f"seed {row['seed']}{settings}: {row['processor']:.1f} s of processor")
        for name, found in row["found"].items():
            click.echo(f"  {name:<14}{_words(found)}")


def _words(found: Any) -> str:
    if isinstance(found, list):
        return " ".join(f"{x:.3f}" if isinstance(x, float) else f"\n    {x}" for x in found)
    return f"{found:.3f}" if isinstance(found, float) else str(found)


def _print_hunt(value: Any) -> None:
    for find in value["found"]:
        print_line("{file}  (seed {seed})", **find)
        for wrong in find["wrong"]:
            click.echo(f"  {wrong}")
    tried, found = value["tried"], len(value["found"])
    print_line("{tried} plans tried, {found} break a property.", tried=tried, found=found)
