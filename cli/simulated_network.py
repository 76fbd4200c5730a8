"""`potluck simulate` on nodes: a scenario of the network laboratory, and the hunt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from potluck.protocol.errors import LocalError
from potluck.simulations.mixing.scenario import InvalidScenario
from potluck.simulations.network import gossip_model, hunt, routers, scenario, world
from potluck.simulations.network.gossip import Dissemination
from potluck.simulations.network.world import Outcome

from . import printing
from .options import json_option
from .printing import print_line

Result = Dissemination | Outcome


@click.command("network")
@click.argument("scenario_name", metavar="SCENARIO")
@click.option("--seed", type=int, default=1, help="Seed of the run: the same gives the same trace.")
@json_option
def network_command(scenario_name: str, seed: int, as_json: bool) -> None:
    """Run nodes under SCENARIO (a file, or one of ours); exit code 1: a property breaks."""
    try:
        asked = scenario.load(scenario_name)
    except InvalidScenario as error:
        raise LocalError("{error}", error=error) from None
    found = _run(asked, seed)
    printing.result(msgspec.to_builtins(found), as_json, _print)
    if isinstance(found, Outcome) and found.wrong:
        raise LocalError("a property does not hold; what is wrong stands above")


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
    for find in hunt.hunt(60 * minutes, first, tried.append):
        out.mkdir(parents=True, exist_ok=True)
        file = out / f"seed-{find.seed}.toml"
        file.write_text(find.to_toml(), encoding="utf-8")
        files.append({"file": str(file), "seed": find.seed, "wrong": find.outcome.wrong})
    value = {"tried": len(tried), "first": first, "found": files}
    printing.result(value, as_json, _print_hunt)
    if files:
        raise LocalError("a plan breaks a property; run it: potluck simulate network FILE")


def _run(asked: scenario.Scenario, seed: int) -> Result:
    match asked:
        case scenario.Routers():
            return routers.disseminate(asked.gossip, seed)
        case scenario.Model():
            return gossip_model.disseminate(asked.gossip, seed)
        case scenario.Nodes():
            return world.live(asked.plan, seed)


def _print(value: Any) -> None:
    for name, found in value.items():
        if isinstance(found, list):
            shown = " ".join(f"{x:.3f}" if isinstance(x, float) else f"\n  {x}" for x in found)
        else:
            shown = f"{found:.3f}" if isinstance(found, float) else str(found)
        click.echo(f"{name:<14}{shown}")


def _print_hunt(value: Any) -> None:
    for find in value["found"]:
        print_line("{file}  (seed {seed})", **find)
        for wrong in find["wrong"]:
            click.echo(f"  {wrong}")
    tried, found = value["tried"], len(value["found"])
    print_line("{tried} plans tried, {found} break a property.", tried=tried, found=found)
