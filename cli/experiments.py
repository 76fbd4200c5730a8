"""The commands of `potluck simulate` that run experiments and read what they gave."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from potluck.protocol.errors import LocalError, NotFound
from potluck.simulations import mixing
from potluck.simulations.mixing import (
    cluster,
    experiment,
    report,
    results,
    runner,
    scenario_file,
    summary,
)
from potluck.simulations.mixing.intervals import Interval

from . import printing
from .language import _, locale
from .options import json_option, together
from .printing import print_line

on_machines = together(
    click.option(
        "--workers",
        type=click.IntRange(1),
        default=os.cpu_count() or 1,
        help="Processes on this machine (default: its cores).",
    ),
    click.option(
        "--scheduler", metavar="ADDRESS", help="A running Dask scheduler, such as tcp://host:8786."
    ),
)
running = together(
    click.option(
        "--out",
        type=click.Path(path_type=Path),
        help="Folder for the results (default: results/NAME).",
    ),
    on_machines,
    click.option("--seeds", type=click.IntRange(1), help="Replicates, instead of the file's."),
    json_option,
)


@click.command("run")
@click.argument("scenario", default="default")
@running
def run_command(scenario: str, **options: Any) -> None:
    """Run SCENARIO (a TOML file, or the name of one of ours) and write a report.

    What is on disk already is not run again: after an interruption, give the same command.
    """
    _run(experiment.load(experiment.find(scenario)), **options)


@click.command("sweep")
@click.argument("scenario", default="default")
@click.option(
    "--vary",
    "axes",
    multiple=True,
    metavar="KEY=VALUES",
    help="Such as events.daily=10,40,80 or, as a range, choice.match=1..5.",
)
@click.option(
    "--method", type=click.Choice(get_args(experiment.Method)), help="How points are chosen."
)
@click.option(
    "--samples",
    type=click.IntRange(2),
    help="Points of a Latin hypercube; for Sobol a power of two.",
)
@running
def sweep_command(
    scenario: str, axes: tuple[str, ...], method: str | None, samples: int | None, **options: Any
) -> None:
    """Run SCENARIO at many points; --vary adds to, or replaces, what the file varies."""
    path = experiment.find(scenario)
    tables = scenario_file.read_toml(path)
    settings = tables.setdefault("experiment", {})
    given = {"method": method, "samples": samples}
    settings |= {key: value for key, value in given.items() if value is not None}
    settings.setdefault("vary", {}).update(map(axis, axes))
    if not settings["vary"]:
        raise LocalError("nothing varies: add --vary KEY=VALUES, or [experiment.vary] to the file")
    _run(experiment.from_tables(tables, path.stem, path.parent), **options)


def axis(text: str) -> tuple[str, Any]:
    """A key and the values that it is to take, or their range. Raises LocalError."""
    key, equals, values = text.partition("=")
    if not equals:
        raise LocalError("--vary {text}: write it as KEY=1,2,3 or KEY=1..3", text=text)
    low, dots, high = values.partition("..")
    try:
        return key, (
            {"low": float(low), "high": float(high)}
            if dots
            else [_plain(value) for value in values.split(",")]
        )
    except ValueError:
        raise LocalError(
            "--vary {text}: {values} is no range of numbers", text=text, values=values
        ) from None


def _plain(text: str) -> int | float | str | bool:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def executor(workers: int, scheduler: str | None) -> runner.Executor:
    """Where runs take place: here, in processes of this machine, or by a scheduler."""
    if scheduler:
        return cluster.existing(scheduler)
    return cluster.local(workers) if workers > 1 else runner.here


def _run(
    asked: experiment.Experiment,
    out: Path | None,
    workers: int,
    scheduler: str | None,
    seeds: int | None,
    as_json: bool,
) -> None:
    if seeds:
        asked = msgspec.structs.replace(asked, seeds=tuple(range(1, seeds + 1)))
    path = out or Path("results") / asked.scenario.name
    with printing.progress(_("Running"), not as_json) as step:
        folder = runner.execute(
            asked, path, executor(workers, scheduler), step, scheduler or str(workers)
        )
    page = report.write(folder, asked)
    _headline(folder, asked, as_json, page)


def _headline(
    folder: results.Folder, asked: experiment.Experiment, as_json: bool, page: Path
) -> None:
    runs = results.whole_run(folder)
    cells = asked.cells
    names = summary.headline(cells, summary.measured(runs))
    rows = summary.table(cells, runs, names)
    value = {
        "report": str(page),
        "cells": [{"cell": row.cell.id, "name": row.name} | _plain_row(row) for row in rows],
    }
    printing.result(value, as_json, lambda _: _print(summary.shown(asked, runs, names), names))
    if not as_json:
        if len(rows) > summary.SHOWN and asked.plan.vary:
            text = _("Means over the {points} points of the plan.", points=len(asked.plan.points()))
            click.echo(printing.dim(text))
        click.echo("\n" + _("Report: {page}", page=page))


def _plain_row(row: summary.Row) -> dict[str, Any]:
    return {name: asdict(value) if value else None for name, value in row.values.items()}


def _print(rows: list[summary.Row], names: list[str]) -> None:
    """A table: one block of words a row, because terminals are narrow."""
    width = max((len(row.name) for row in rows), default=0)
    click.echo(" " * width + "".join(f"  {name.replace('_', ' '):>18}" for name in names))
    for row in rows:
        cells = "".join(f"  {row.values[name] or '-'!s:>18}" for name in names)
        click.echo(f"{printing.bold(row.name.ljust(width))}{cells}")


def _finished(path: Path) -> tuple[results.Folder, experiment.Experiment]:
    folder = results.Folder(path)
    return folder, scenario_file.build(
        experiment.Experiment, mixing.Manifest(folder).read()["experiment"]
    )


@click.command("compare")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("first")
@click.argument("second")
@json_option
def compare_command(folder: Path, first: str, second: str, as_json: bool) -> None:
    """
    FIRST minus SECOND, seed by seed, for every metric: names as the report has them, or parts of
    them.
    """
    stored, asked = _finished(folder)
    runs = results.whole_run(stored)
    a, b = (_find(asked.cells, name) for name in (first, second))
    found = {metric: summary.compare(a, b, runs, metric) for metric in summary.measured(runs)}
    value = {metric: asdict(interval) for metric, interval in found.items() if interval}
    printing.result(
        value, as_json, lambda _: _print_differences(summary.name_of(a), summary.name_of(b), found)
    )


def _chance(found: Mapping[str, Interval | None]) -> str:
    """What to keep in mind of so many intervals."""
    known = [interval for interval in found.values() if interval]
    clear = sum(interval.excludes_zero for interval in known)
    return _(
        "{known} metrics compared, {clear} of them with zero outside; of so many that do not "
        "differ at all, about {chance:.0f} would have it outside by chance.",
        known=len(known),
        clear=clear,
        chance=0.05 * len(known),
    )


def _find(cells: tuple[experiment.Cell, ...], name: str) -> experiment.Cell:
    exact = [cell for cell in cells if name in (cell.id, summary.name_of(cell))]
    found = exact or [cell for cell in cells if name in summary.name_of(cell)]
    if len(found) != 1:
        names = "; ".join(summary.name_of(cell) for cell in found or cells)
        raise NotFound(
            "{name!r} names {found} cells; choose one of: {names}",
            name=name,
            found=len(found),
            names=names,
        )
    return found[0]


def _print_differences(first: str, second: str, found: dict[str, Interval | None]) -> None:
    names = {"first": printing.bold(first), "second": printing.bold(second)}
    print_line("{first} minus {second}, mean over seeds ± 95 % interval", **names)
    for metric, interval in found.items():
        if interval:
            doubt = "" if interval.excludes_zero else printing.dim(_("  (zero is inside)"))
            click.echo(f"{metric.replace('_', ' '):>32}  {interval}{doubt}")
    click.echo(printing.dim(_chance(found)))


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def report_command(folder: Path, as_json: bool) -> None:
    """Write report.html of a finished run anew."""
    stored, asked = _finished(folder)
    page = report.write(stored, asked)
    _headline(stored, asked, as_json, page)


@click.command("schema")
@json_option
def schema_command(as_json: bool) -> None:
    """
    A scenario file with every key at its default, its meaning, bounds and unit; with --json, JSON
    Schema.
    """
    value = {
        "scenario": msgspec.json.schema(mixing.Scenario),
        "experiment": msgspec.json.schema(experiment.Asked),
    }
    printing.result(value, as_json, lambda _: click.echo(_toml_schema(), nl=False))


def _toml_schema() -> str:
    about = " ".join((experiment.Asked.__doc__ or "").split())
    asked, scenario = scenario_file.describe(experiment.Asked), scenario_file.describe()
    return f"[experiment]  # {about}\n{asked}\n{scenario}"


@click.command("policies")
@json_option
def policies_command(as_json: bool) -> None:
    """The ways of dealing that a scenario may name."""
    value = {
        name: {"doc": each.doc, "source": each.source, "parameters": dict(each.parameters)}
        for name, each in sorted(mixing.POLICIES.items())
    }
    printing.result(value, as_json, _print_described)


@click.command("metrics")
@json_option
def metrics_command(as_json: bool) -> None:
    """What is measured of a run."""
    value = {
        name: {"doc": each.doc, "unit": each.unit, "source": each.source}
        for name, each in sorted(mixing.METRICS.items())
    }
    printing.result(value, as_json, _print_described)


def _print_described(value: dict[str, Any]) -> None:
    """Names with unit or parameters, meaning and source: in English (ARCHITECTURE.md, Words)."""
    if locale() is not None:
        click.echo(printing.dim(_("The laboratory describes itself in English only.")) + "\n")
    for name, each in value.items():
        parameters = [f"{key} = {default}" for key, default in each.get("parameters", {}).items()]
        about = each.get("unit") or ", ".join(parameters)
        click.echo(printing.bold(name) + (f"  ({about})" if about else ""))
        click.echo(f"    {' '.join(each['doc'].split())}\n    {printing.dim(each['source'])}")
