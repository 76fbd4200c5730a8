"""The settings of a home, in its config.toml."""

from __future__ import annotations

import click

from .client import Client
from .language import _
from .options import json_option
from .printing import Json, bold, dim, result


@click.group("config")
def config_command() -> None:
    """The settings of your home, kept in its config.toml."""


@config_command.command("list")
@json_option
@click.pass_obj
def config_list_command(client: Client, /, as_json: bool) -> None:
    """Every setting, with what it is for."""
    from potluck.node.operations.lifecycle import settings

    result(settings.listed(client.path), as_json, _settings)


@config_command.command("get")
@click.argument("name")
@json_option
@click.pass_obj
def config_get_command(client: Client, /, name: str, as_json: bool) -> None:
    """The value of one setting, such as node.web."""
    from potluck.node.operations.lifecycle import settings

    result(settings.get(client.path, name), as_json, lambda found: click.echo(_line(found)))


@config_command.command("set")
@click.argument("name")
@click.argument("values", nargs=-1, metavar="VALUE…")
@json_option
@click.pass_obj
def config_set_command(
    client: Client, /, name: str, values: tuple[str, ...], as_json: bool
) -> None:
    """Change a setting; a list takes several values, or none. Comments in the file stay."""
    from potluck.node.operations.lifecycle import settings

    result(settings.change(client.path, name, values), as_json, _changed)


def _settings(found: list[Json]) -> None:
    for each in found:
        default = dim(_("  (default)")) if each["value"] == each["default"] else ""
        click.echo(f"{bold(each['name'])} = {_line(each)}{default}")
        click.echo(f"    {each['why']}")


def _line(found: Json) -> str:
    value = found["value"]
    if isinstance(value, list):
        return " ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _changed(found: Json) -> None:
    click.echo(_("{name} is now: {found}", name=found["name"], found=_line(found)))
    click.echo(dim(_("A node that runs takes it up when it starts again.")))
