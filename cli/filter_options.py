"""The options of a draw's filters, made from where the filters are declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from typing import Any, get_args, get_type_hints

import click

from potluck.protocol.message import marked

from .language import translate
from .options import Answers, Hours, Weekday

WRITTEN: Mapping[str, Any] = {
    marked("DAY"): Weekday(),
    marked("FROM-TO"): Hours(),
    "N": int,
    marked("NEED[=ANSWERS]"): Answers(),
    marked("MOST"): str,
}
"""How a value is read that help calls so; others are taken as they are."""


class FilteredCommand(click.Command):
    """A command that has the options of all filters, which are imported when it runs."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own options, then those."""
        own = super().get_params(ctx)
        return [*own[:-1], *_options(), *own[-1:]]


def _options() -> Iterator[click.Option]:
    from potluck.node.operations.draw.filters import FILTERS

    for each in FILTERS:
        hints = get_type_hints(each, include_extras=True)
        for field in fields(each):  # type: ignore[arg-type]
            says = _option(hints[field.name])
            yield click.Option(
                [says.extra["option"], field.name],
                multiple=field.default == () or field.default is MISSING,
                type=WRITTEN.get(says.extra["metavar"]),
                metavar=translate(says.extra["metavar"]),
                help=translate(says.description),
            )


def _option(hint: Any) -> Any:
    """What a field's type says of its option."""
    return next(each for each in get_args(hint) if getattr(each, "extra", None))
