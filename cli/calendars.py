"""The calendars that one imports."""

from __future__ import annotations

import click

from .hand_over import hand_over


@click.group("calendars")
def calendars_command() -> None:
    """The calendars that you import."""


calendars_command.add_command(hand_over)
