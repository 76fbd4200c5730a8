"""`potluck simulate`: the laboratories, of people and of nodes.

Its commands are imported when they run, because they need the extra `research`.
"""

from importlib import import_module

import click

from potluck.protocol.errors import LocalError
from potluck.protocol.message import marked

from .help import spoken
from .language import _, translate

COMMANDS = {
    "run": marked("Run a scenario with all its policies and seeds, and report."),
    "sweep": marked("Run a scenario while parameters vary."),
    "compare": marked("Compare two policies of a finished run, seed by seed."),
    "report": marked("Write the report of a finished run anew."),
    "validate": marked("Reproduce known results: paper, number expected, number got."),
    "calibrate": marked("Fit the model to attendance data."),
    "schema": marked("Print a scenario file with every key at its default."),
    "policies": marked("List the ways of dealing, with their sources."),
    "metrics": marked("List what is measured, with formulas and sources."),
    "network": marked("Run nodes, or their gossip, under a scenario of faults."),
    "hunt": marked("Look for a plan of faults that breaks a property of nodes."),
}
MODULES = {
    "validate": ".studies",
    "calibrate": ".studies",
    "network": ".simulated_network",
    "hunt": ".simulated_network",
}


class Laboratory(click.Group):
    """The group of simulate's commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        try:
            module = import_module(MODULES.get(cmd_name, ".experiments"), __package__)
        except ModuleNotFoundError as error:
            raise LocalError(
                "the laboratory needs {name}; install it with: "
                "pip install 'potluck-network[research]'",
                name=error.name,
            ) from None
        return spoken(getattr(module, f"{cmd_name}_command"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, translate(text)) for name, text in COMMANDS.items()])


@click.command("simulate", cls=Laboratory, no_args_is_help=True)
def simulate_command() -> None:
    """Ask how well ways of finding events mix people, and at what cost."""


simulate = simulate_command
