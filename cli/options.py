"""Options and argument types that several commands share."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from .language import _

F = TypeVar("F", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, in the order given."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def distance(text: str) -> float:
    """Kilometres, from a distance such as 25km, 800m or 3mi."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km|m|mi|)", text.strip())
    if not found:
        raise click.BadParameter(
            _("{value!r} is no distance; write it as 25km, 800m or 3mi", value=text)
        )
    return float(found[1]) * {"": 1.0, "km": 1.0, "m": 0.001, "mi": 1.609344}[found[2]]


def access(text: str) -> tuple[str, bool]:
    """A fact such as wheelchair=yes."""
    name, _sign, answer = text.partition("=")
    if not name or answer not in ("yes", "no"):
        raise click.BadParameter(_("{value!r}: write it as wheelchair=yes or quiet=no", value=text))
    return name.replace("-", "_"), answer == "yes"


def answers(text: str) -> tuple[str, tuple[str, ...]]:
    """A need and the answers that will do: wheelchair, or wheelchair=yes,unsaid."""
    name, _sign, said = text.partition("=")
    given = tuple(said.split(",")) if said else ("yes",)
    if not name or not set(given) <= {"yes", "no", "unsaid"}:
        raise click.BadParameter(
            _("{value!r}: write it as wheelchair, or wheelchair=yes,unsaid", value=text)
        )
    return name.replace("-", "_"), given


def hours(text: str) -> tuple[str, str]:
    """Hours of the day such as 18:00-23:30, also over midnight; 18-23 will do."""
    found = re.fullmatch(r"(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?", text)
    if not found or int(found[1]) > 23 or int(found[3]) > 23:
        raise click.BadParameter(_("{value!r}: write it as 18:00-23:30", value=text))
    return f"{int(found[1]):02}:{found[2] or '00'}", f"{int(found[3]):02}:{found[4] or '00'}"


def weekday(text: str) -> int:
    """A day of the week by its first letters; 0 is Monday."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    word = text.casefold()
    meant = [number for number, day in enumerate(days) if len(word) >= 2 and day.startswith(word)]
    if len(meant) != 1:
        raise click.BadParameter(
            _("{value!r}: write it as mon, tue, wed, thu, fri, sat or sun", value=text)
        )
    return meant[0]


saved_option = click.option("--as", "as_name", metavar="NAME", help="With filters that you saved.")
