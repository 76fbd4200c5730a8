"""Help in the language of the terminal: what our commands say of themselves, and click's words."""

import gettext
from copy import copy
from inspect import cleandoc

import click

from .language import locale, translate


def spoken(command: click.Command) -> click.Command:
    """A command with its help in that language."""
    if locale() is None:
        return command
    copied = copy(command)
    copied.help = _spoken(cleandoc(copied.help or ""))
    copied._help_option = None  # noqa: SLF001 - click keeps it in the language of its first time
    copied.params = [_parameter(each) for each in copied.params]
    if isinstance(copied, click.Group):
        copied.commands = {name: spoken(each) for name, each in copied.commands.items()}
    return copied


def _parameter(parameter: click.Parameter) -> click.Parameter:
    copied = copy(parameter)
    copied.metavar = _spoken(copied.metavar)
    if isinstance(copied, click.Option):
        copied.help = _spoken(copied.help)
    return copied


def _spoken(text: str | None) -> str | None:
    return translate(text) if text else text


def _one(domain: str, message: str) -> str:  # noqa: ARG001 - as gettext has it
    return translate(message)


def _several(domain: str, msgid1: str, msgid2: str, n: int) -> str:  # noqa: ARG001
    words = locale()
    return str(words.catalogue.ngettext(msgid1, msgid2, n)) if words else (msgid2, msgid1)[n == 1]


# click asks gettext, which would look for a compiled catalogue on the disk.
gettext.dgettext, gettext.dngettext = _one, _several
