"""What a command gives back, printed: as JSON, or in words for a person."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from .client import Client, Progress
from .language import _, locale
from .options import json_option
from .terminal import can_show

Json = Mapping[str, Any]
Show = Callable[[Any], str | None]
"""Prints a result in words, or returns them."""
Answer = tuple[Any, Show]


def answering(command: Callable[..., Answer]) -> Callable[..., None]:
    """A command that returns a result and how to say it; --json prints the result itself."""

    @json_option
    @click.pass_obj
    @wraps(command)
    def printed(client: Client, /, as_json: bool, **options: Any) -> None:
        found, show = command(client, **options)
        result(found, as_json, show)

    return printed


def does(verb: str, operation: str, show: Show, says: str, **arguments: str) -> click.Command:
    """A command that only carries out an operation with these arguments: by name, as help has
    them."""

    def carried_out(client: Client, /, **values: Any) -> Answer:
        return client.call(operation, **values), show

    command = answering(carried_out)
    for argument, metavar in reversed(arguments.items()):
        command = click.argument(argument, metavar=metavar)(command)
    return click.command(verb, help=says)(command)


def result(value: Any, as_json: bool, show: Show) -> None:
    """Print a result: as JSON if asked, else in words."""
    words = locale()
    value = words.translate_all(value) if words else value
    if as_json:
        import json

        click.echo(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        text = show(value)
        if text is not None:
            click.echo(text)


def print_line(template: str, /, **values: object) -> None:
    """Print a sentence in the reader's language."""
    click.echo(_(template, **values))


@contextmanager
def progress(label: str, shown: bool) -> Iterator[Progress]:
    """A progress bar on stderr for a person at a terminal; gives the function that moves it."""
    if not (shown and sys.stderr is not None and sys.stderr.isatty()):
        yield _no_step
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def step(done: int, total: int | None) -> None:
            bar.length = total or max(done, 1)
            bar.update(max(0, done - bar.pos))

        yield step


def _no_step(_done: int, _total: int | None) -> None:
    pass


def bold(text: str) -> str:
    """Text that stands out."""
    return click.style(text, bold=True)


def dim(text: str) -> str:
    """Text that stands back."""
    return click.style(text, dim=True)


def qr(text: str) -> None:
    """A QR code on a terminal that has the signs for it."""
    import segno

    if can_show("█▀▄", sys.stdout):
        segno.make(text, error="l", micro=False).terminal(compact=True)


def qr_svg(text: str, file: Path) -> None:
    """A QR code as a picture, for printing."""
    import segno

    segno.make(text, error="m", micro=False).save(str(file), kind="svg", scale=8)
