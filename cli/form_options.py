"""The options of a command that fills in a form, made from where the form is declared."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields
from importlib import import_module
from typing import Any

import click

from potluck.node.errors import Unfit

from .language import translate
from .options import access, answers, distance, hours, weekday

WRITTEN: Mapping[str, Any] = {
    "DAY": weekday,
    "DISTANCE": distance,
    "FROM-TO": hours,
    "N": int,
    "NEED=yes|no": access,
    "NEED[=ANSWERS]": answers,
}
"""How a value is read that help calls so; others are taken as they are."""
SEVERAL = ("WORD", "NEED=yes|no")


class FormCommand(click.Command):
    """A command that has the options of a form, which is imported when it runs."""

    def __init__(
        self, *args: Any, form: str, only: str = "", without: str = "", **more: Any
    ) -> None:
        """`form` is its name below operations/; the others are names of fields."""
        super().__init__(*args, **more)
        self._form, self._only, self._without = form, only.split(), without.split()

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The options of the form, then its own."""
        return [*self._options(), *super().get_params(ctx)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run it. What is wrong with a field is said of its option."""
        try:
            return super().invoke(ctx)
        except Unfit as error:
            options = {each.name: each.opts[0].strip("-") for each in self.get_params(ctx)}
            error.field = options.get(error.field, error.field)
            raise

    def _options(self) -> Iterator[click.Option]:
        """Its own fields first, then those of what it is made of."""
        module, _, name = self._form.rpartition(".")
        form = getattr(import_module(f"potluck.node.operations.{module}"), name)
        declared = {each.name: each for each in fields(form) if each.metadata}
        for name in (
            name for kind in form.__mro__ for name in vars(kind).get("__annotations__", ())
        ):
            if name in declared and name not in self._without and name in (self._only or declared):
                yield _option(declared[name])


def _option(field: Field[Any]) -> click.Option:
    says, value = field.metadata, field.metadata["value"]
    names = [f"--{says['name'] or field.name.replace('_', '-')}", field.name]
    if not value:
        return click.Option(names, help=translate(says["says"]), is_flag=True)
    return click.Option(
        names,
        help=translate(says["says"]),
        type=WRITTEN.get(value),
        metavar=translate(value),
        multiple=field.default in ((), MISSING) or value in SEVERAL,
    )


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a command's options that were given, as a form has them."""
    found = {
        name: each
        for name, each in options.items()
        if not (each is None or each is False or each == ())
    }
    return found | ({"access": dict(found["access"])} if "access" in found else {})
