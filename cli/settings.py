"""The settings of a home, in its config.toml."""

import click

from .client import Client
from .language import _
from .printing import Answer, Json, answering, bold, dim, print_line


@click.group("config")
def config_command() -> None:
    """The settings of your home, kept in its config.toml."""


@config_command.command("list")
@answering
def config_list_command(client: Client, /) -> Answer:
    """Every setting, with what it is for."""
    from potluck.node.operations.lifecycle import settings

    return settings.listed(client.path), _settings


@config_command.command("get")
@click.argument("name")
@answering
def config_get_command(client: Client, /, name: str) -> Answer:
    """The value of one setting, such as node.web."""
    from potluck.node.operations.lifecycle import settings

    return settings.get(client.path, name), _line


@config_command.command("set")
@click.argument("name")
@click.argument("values", nargs=-1, metavar="VALUE…")
@answering
def config_set_command(client: Client, /, name: str, values: tuple[str, ...]) -> Answer:
    """Change a setting; a list takes several values, or none. Comments in the file stay."""
    from potluck.node.operations.lifecycle import settings

    return settings.change(client.path, name, values), _changed


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
    print_line("{name} is now: {found}", name=found["name"], found=_line(found))
    click.echo(dim(_("A node that runs takes it up when it starts again.")))
