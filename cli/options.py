"""Options and argument types that several commands share."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

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


class Distance(click.ParamType[float]):
    """A distance such as 25km, 800m or 3mi; the value is in kilometres."""

    name = "distance"
    _units: ClassVar = {"": 1.0, "km": 1.0, "m": 0.001, "mi": 1.609344}

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, int | float):
            return float(value)
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km|m|mi|)", str(value).strip())
        if not found:
            self.fail(
                _("{value!r} is no distance; write it as 25km, 800m or 3mi", value=value),
                param,
                ctx,
            )
        return float(found[1]) * self._units[found[2]]


class Access(click.ParamType[tuple[str, bool]]):
    """A fact such as wheelchair=yes."""

    name = "need=yes|no"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, bool]:
        name, _sign, answer = str(value).partition("=")
        if not name or answer not in ("yes", "no"):
            self.fail(
                _("{value!r}: write it as wheelchair=yes or quiet=no", value=value), param, ctx
            )
        return name.replace("-", "_"), answer == "yes"


class Answers(click.ParamType[tuple[str, tuple[str, ...]]]):
    """A need and the answers that will do: wheelchair, or wheelchair=yes,unsaid."""

    name = "need=answers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[str, ...]]:
        name, _sign, answers = str(value).partition("=")
        given = tuple(answers.split(",")) if answers else ("yes",)
        if not name or not set(given) <= {"yes", "no", "unsaid"}:
            self.fail(
                _("{value!r}: write it as wheelchair, or wheelchair=yes,unsaid", value=value),
                param,
                ctx,
            )
        return name.replace("-", "_"), given


class Hours(click.ParamType[tuple[str, str]]):
    """Hours of the day such as 18:00-23:30, also over midnight; 18-23 will do."""

    name = "hours"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        found = re.fullmatch(r"(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?", str(value))
        if not found or int(found[1]) > 23 or int(found[3]) > 23:
            self.fail(_("{value!r}: write it as 18:00-23:30", value=value), param, ctx)
        return f"{int(found[1]):02}:{found[2] or '00'}", f"{int(found[3]):02}:{found[4] or '00'}"


class Weekday(click.ParamType[int]):
    """A day of the week by its first letters; 0 is Monday."""

    name = "weekday"
    _days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        word = str(value).casefold()
        meant = [
            number
            for number, day in enumerate(self._days)
            if len(word) >= 2 and day.startswith(word)
        ]
        if len(meant) != 1:
            self.fail(
                _("{value!r}: write it as mon, tue, wed, thu, fri, sat or sun", value=value),
                param,
                ctx,
            )
        return meant[0]


saved_option = click.option("--as", "as_name", metavar="NAME", help="With filters that you saved.")
