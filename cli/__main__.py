"""The command `potluck`. Commands are imported when they run, so that --help is quick."""

import sys
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from potluck.node.errors import Misconfigured, Unfit
from potluck.protocol import errors
from potluck.protocol.message import marked

from . import terminal
from .client import Client
from .help import spoken
from .language import _, choose, locale, translate

# The module of each command, in the order of a person's first evening; of nouns, too, whose
# verbs are in the module.
SECTIONS: Mapping[str, Mapping[str, str]] = {
    marked("Find something to do"): {
        "draw": "draw",
        "keep": "plan",
        "skip": "plan",
        "later": "plan",
        "forget": "plan",
        "browse": "draw",
        "list": "announce",
        "show": "announce",
        "why": "draw",
    },
    marked("Announce something"): {
        "announce": "announce",
        "edit": "announce",
        "postpone": "announce",
        "cancel": "announce",
        "withdraw": "announce",
        "reach": "health",
        "import": "sharing",
        "calendars": "calendars",
        "export": "sharing",
        "publish": "publish",
        "poster": "publish",
        "verify": "verify",
    },
    marked("Your node"): {
        "init": "lifecycle",
        "invite": "sharing",
        "join": "sharing",
        "up": "lifecycle",
        "stop": "lifecycle",
        "open": "sharing",
        "status": "health",
        "doctor": "health",
        "leave": "lifecycle",
        "completion": "completion",
        "demo": "demo",
    },
    marked("The rest, as potluck NOUN VERB"): {
        "plan": "plan",
        "bag": "plan",
        "receipts": "receipts",
        "deck": "deck",
        "tables": "tables",
        "peers": "trust",
        "calendars": "calendars",
        "vouch": "vouch",
        "blocks": "trust",
        "importers": "trust",
        "door": "sharing",
        "home": "lifecycle",
        "config": "settings",
        "service": "service_file",
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
    Misconfigured: 2,
}


class Commands(click.Group):
    """The group of all commands, each imported only when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f".{COMMANDS[cmd_name]}", __package__)
        return spoken(getattr(module, f"{cmd_name}_command"))

    def get_help(self, ctx: click.Context) -> str:
        return click.Group.get_help(spoken(self), ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in COMMANDS or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        raise click.UsageError(_no_command(name, self, ctx), ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in SECTIONS.items():
            commands = {name: self.get_command(ctx, name) for name in names}
            with formatter.section(translate(title)):
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
            raise Failure(errors.LocalError(error.message)) from None


def _no_command(name: str, group: Commands, ctx: click.Context) -> str:
    """What somebody may have meant who typed this: a command, or the verb of a noun."""
    verbs: dict[str, list[str]] = {}
    for noun, verb in _verbs(group, ctx):
        verbs.setdefault(verb, []).append(f"{noun} {verb}")
    words = [*COMMANDS, *verbs]
    clearly = get_close_matches(name, words, n=1, cutoff=0.85)
    near = clearly or get_close_matches(name, words, n=3, cutoff=0.6)
    found = [each for word in near for each in ([word] if word in COMMANDS else verbs[word])]
    meant = ", ".join(f"potluck {each}" for each in found)
    if meant:
        return _("there is no command {name!r}; did you mean: {meant}?", name=name, meant=meant)
    return _("there is no command {name!r}; see: potluck --help", name=name)


def _verbs(group: Commands, ctx: click.Context) -> Iterator[tuple[str, str]]:
    for noun in COMMANDS:
        command = group.get_command(ctx, noun)
        if isinstance(command, click.Group):
            yield from ((noun, verb) for verb in command.list_commands(ctx))


class Failure(click.ClickException):
    """An error of ours as the command line shows it: words on stderr, a code that says the kind."""

    def __init__(self, error: errors.LocalError) -> None:
        text = translate(error)
        option = f"--{error.field.replace('_', '-')}: " if error.field else ""
        super().__init__(option + text)
        codes = (code for kind, code in EXIT_CODES.items() if isinstance(error, kind))
        self.exit_code: int = next(codes, 1)  # type: ignore[misc]


def _choose(_ctx: click.Context, _option: click.Parameter, tag: str | None) -> None:
    choose(tag or "")
    found = locale()
    if tag and found is not None and found.code == "en":
        from potluck.node.language.locale import languages

        choose("")
        there = ", ".join(languages())
        raise click.BadParameter(_("{tag!r} is not here; there are: {there}", tag=tag, there=there))


def _print_version(ctx: click.Context, _option: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from potluck.node.operations.health import version

        click.echo(f"potluck {version.in_full()}")
        ctx.exit()


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--home", metavar="DIR", help="The folder with your keys and events (else POTLUCK_HOME)."
)
@click.option(
    "--lang",
    metavar="TAG",
    is_eager=True,
    expose_value=False,
    callback=_choose,
    help="The language to speak, such as de (else LANGUAGE, LC_ALL, LANG).",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version with its commit, and exit.",
)
@click.pass_context
def cli(ctx: click.Context, home: str | None) -> None:
    """Potluck: take whatever turns up.

    Announce offline events under your own key, and find others' by drawing them at random. No
    server, no account, no ranking.
    """
    ctx.obj = Client(home)
    ctx.color = terminal.colour()


def main() -> None:
    """Run the command line."""
    sys.exit(terminal.guarded(lambda: cli(prog_name="potluck")))


if __name__ == "__main__":
    main()
