"""The command `potluck`. Commands are imported when they run, so that --help is quick."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from potluck.node.errors import Unfit
from potluck.protocol import errors

from .client import Client

# The module of each command, in the order of a person's first evening.
SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Find something to do": {
        "draw": "draws",
        "keep": "chosen",
        "skip": "chosen",
        "later": "chosen",
        "kept": "chosen",
        "forget": "chosen",
        "bag": "chosen",
        "browse": "draws",
        "list": "events",
        "show": "events",
        "why": "draws",
    },
    "Check a draw": {
        "receipts": "chosen",
        "receipt": "chosen",
        "verify": "chosen",
        "deck": "draws",
    },
    "Meet others": {
        "table": "tables",
        "invite": "homes",
        "join": "homes",
    },
    "Announce something": {
        "announce": "events",
        "edit": "events",
        "postpone": "events",
        "cancel": "events",
        "withdraw": "events",
        "reach": "checkup",
        "import": "files",
        "calendars": "calendars",
        "export": "files",
    },
    "Your node": {
        "init": "homes",
        "up": "daemon",
        "open": "page",
        "pair": "page",
        "status": "daemon",
        "doctor": "checkup",
        "peers": "daemon",
        "connect": "daemon",
        "disconnect": "peering",
        "ban": "peering",
        "unban": "peering",
        "block": "daemon",
        "unblock": "daemon",
        "backup": "homes",
        "restore": "homes",
        "leave": "homes",
        "completion": "completion",
        "demo": "demo",
    },
    "Research": {
        "simulate": "simulate",
    },
}
COMMANDS = {name: module for section in SECTIONS.values() for name, module in section.items()}
EXIT_CODES = {
    errors.NodeNotRunning: 3,
    errors.NotFound: 4,
    errors.VerificationFailed: 5,
    errors.Refused: 6,
    Unfit: 2,
}


class Commands(click.Group):
    """The group of all commands, each imported only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f".{COMMANDS[cmd_name]}", __package__)
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in SECTIONS.items():
            commands = {name: self.get_command(ctx, name) for name in names}
            with formatter.section(title):
                formatter.write_dl(
                    [
                        (name, command.get_short_help_str(100))
                        for name, command in commands.items()
                        if command
                    ]
                )

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except errors.LocalError as error:
            raise Failure(error) from None
        except errors.RemoteError as error:
            raise Failure(errors.LocalError(str(error))) from None


class Failure(click.ClickException):
    """An error of ours as the command line shows it: words on stderr, a code that says the kind."""

    def __init__(self, error: errors.LocalError) -> None:
        text = (
            f"--{error.field.replace('_', '-')}: {error.text}"
            if isinstance(error, Unfit)
            else str(error)
        )
        super().__init__(text)
        codes = (code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
        self.exit_code: int = next(codes, 1)  # type: ignore[misc]


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--home", metavar="DIR", help="The folder with your keys and events (else POTLUCK_HOME)."
)
@click.version_option(package_name="potluck", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, home: str | None) -> None:
    """Potluck: take whatever turns up.

    Announce offline events under your own key, and find others' by drawing them at random. No
    server, no account, no ranking.
    """
    ctx.obj = Client(home)


def main() -> None:
    """Run the command line."""
    cli(prog_name="potluck")


if __name__ == "__main__":
    main()
