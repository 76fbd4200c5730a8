"""The reference, written by the code: commands, settings, exit codes, limits and metrics.

mkdocs calls `on_files` when it builds the site (mkdocs.yml); docs/man.py walks the same commands.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from potluck.cli.__main__ import EXIT_CODES, cli
from potluck.node import limits
from potluck.node.home.config import Config
from potluck.node.web.api.openapi import description
from potluck.node.web.metrics import BUILD, GAUGES, INTAKE
from potluck.simulations import mixing
from potluck.simulations.mixing.scenario_file import describe
from potluck.simulations.network.decks import Filling
from potluck.simulations.network.fault_plan import Plan, Step
from potluck.simulations.network.gossip import Gossip
from potluck.simulations.network.surrounding import Crowd

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[1]
BESIDE = [
    "PROTOCOL.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "simulations/ODD.md",
    "simulations/FINDINGS.md",
]
"""Pages of the site that stand elsewhere in the repository."""

GIVEN_UP = "An error here that has no code of its own, such as a full disk. Its message says more."
UNFIT = "Options, settings, or a home that does not fit. Another try without a change is in vain."


def walk(command: click.Command, parent: click.Context | None = None) -> Iterator[click.Context]:
    """Every command, groups before their verbs, each in its context."""
    context = click.Context(command, info_name=command.name, parent=parent)
    yield context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name  # noqa: S101 - it listed it
            yield from walk(found, context)


def every_command() -> list[click.Context]:
    """Every command of `potluck`, itself first."""
    cli.name = "potluck"
    return list(walk(cli))


def options(context: click.Context) -> list[tuple[str, str]]:
    """What a command takes: how it is written, and what it is for."""
    taken = (each for each in context.command.get_params(context) if each.name != "help")
    records = (each.get_help_record(context) for each in taken)
    return [(said, why) for said, why in filter(None, records)]


def commands() -> str:
    """Each with its words, its usage and its options."""
    lines = [
        "# Commands",
        "",
        "Each has `--help`, which says the same, and most have `--json`.",
        "",
    ]
    for context in every_command():
        command = context.command
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        lines += [f"## {context.command_path}", "", _plain(inspect.cleandoc(command.help or ""))]
        lines += ["", f"    {usage}", ""]
        lines += [f"- `{said}`: {_plain(why)}" for said, why in options(context)]
        lines += [""]
    return "\n".join(lines)


def settings() -> str:
    """Each with its default and what it is for."""
    rows = [
        (f"`{each.metadata['key']}`", f"`{_toml(each.default)}`", each.metadata["why"])
        for each in fields(Config)
    ]
    words = "In `config.toml` of your home; `potluck config set NAME VALUE` writes it there."
    return _page("Settings", words, ("Setting", "Default", "What it is"), rows)


def exit_codes() -> str:
    """Each with what ends so."""
    rows = [("0", "Done."), ("1", GIVEN_UP), ("2", UNFIT)]
    for kind, code in sorted(EXIT_CODES.items(), key=lambda pair: pair[1]):
        if code != 2:
            rows.append((str(code), _first(kind)))
    return _page("Exit codes", "What commands end with.", ("Code", "Why"), rows)


def limit_rows() -> list[tuple[str, str, str]]:
    """Each limit of node/limits.py: its names, its values, its unit and reason."""
    rows, names = [], list[str]()
    for node in ast.parse(inspect.getsource(limits)).body[1:]:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            values = " ".join(f"{getattr(limits, name):,g}" for name in names)
            rows.append(
                (" ".join(f"`{n}`" for n in names), values, " ".join(str(node.value.value).split()))
            )
            names = []
    return rows


def limits_page() -> str:
    """What others may cost a node at most."""
    words = "What others may cost a node at most (`node/limits.py`), and why so much."
    return _page("Limits", words, ("Limit", "Value", "Unit and reason"), limit_rows())


def metrics() -> str:
    """What monitoring can read."""
    rows = [
        (f"`{name}`", why)
        for name, why in [*GAUGES.items(), (f"{INTAKE[0]}_total", INTAKE[1]), BUILD]
    ]
    words = (
        "At `/metrics`, where `node.metrics` says; with them those of the process (`process_…`)."
    )
    return _page("Metrics", words, ("Metric", "What it is"), rows)


def api() -> str:
    """Each method and path of the JSON API, from its OpenAPI description."""
    rows = [
        (f"`{method.upper()} {path}`", said.get("summary") or said["description"])
        for path, methods in description()["paths"].items()
        for method, said in methods.items()
    ]
    words = (
        "Under `/api/v1`; [how to ask](../API.md). `GET /openapi.json` describes it to programs."
    )
    return _page("Paths of the API", words, ("Path", "What it does"), rows)


def scenarios() -> str:
    """Every key of a scenario file, of people and of nodes, at its default."""
    blocks = [
        ("Of people", "`potluck simulate run FILE`", describe()),
        ("Of nodes' gossip", "`[gossip]` for `potluck simulate network FILE`", describe(Gossip)),
        ("Of nodes under faults", "`[plan]` for `potluck simulate network FILE`", describe(Plan)),
        ("Of slots", "`[crowd]` for `potluck simulate network FILE`", describe(Crowd)),
        ("Of full decks", "`[filling]` for `potluck simulate network FILE`", describe(Filling)),
    ]
    steps = [
        (f"`{kind.__struct_config__.tag}`", ", ".join(kind.__struct_fields__), kind.__doc__ or "")
        for kind in get_args(Step)
    ]
    chapters = [
        f"## {title}\n\n{words}\n\n```toml\n{schema}```\n" for title, words, schema in blocks
    ]
    table = _table(("`what` of a step", "With", "Meaning"), steps)
    return "\n".join(
        ["# Scenario files", "", "What a file leaves out is as here.", "", *chapters, table]
    )


def policies() -> str:
    """Each way of dealing that a scenario may name."""
    rows = [
        (f"`{name}`", _one_line(each.doc), _parameters(each.parameters), each.source)
        for name, each in sorted(mixing.POLICIES.items())
    ]
    words = "`policy.name` and `policy.parameters` of a scenario; `potluck simulate policies`."
    return _page("Policies", words, ("Policy", "How it deals", "Parameters", "Source"), rows)


def measures() -> str:
    """What the laboratory of people measures."""
    rows = [
        (f"`{name}`", _one_line(each.doc), each.unit, each.source)
        for name, each in sorted(mixing.METRICS.items())
    ]
    words = "`metrics` of a scenario; `potluck simulate metrics`."
    return _page("What is measured", words, ("Metric", "Formula", "Unit", "Source"), rows)


PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands,
    "reference/settings.md": settings,
    "reference/exit-codes.md": exit_codes,
    "reference/limits.md": limits_page,
    "reference/metrics.md": metrics,
    "reference/api.md": api,
    "reference/scenarios.md": scenarios,
    "reference/policies.md": policies,
    "reference/measures.md": measures,
}


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add what is written by the code, and what stands beside docs/."""
    from mkdocs.structure.files import File  # noqa: PLC0415 - only mkdocs needs it

    for name, write in PAGES.items():
        files.append(File.generated(config, name, content=write()))
    for name in BESIDE:
        files.append(File.generated(config, name, content=(ROOT / name).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """Links as the repository has them, to files that stand elsewhere in the site."""
    markdown = markdown.replace("[LICENSE](LICENSE)", "LICENSE")
    if page.file.src_uri in BESIDE:
        return re.sub(r"\]\((\.\./)?docs/", r"](\1", markdown)
    return re.sub(r"\]\(\.\./(?=[A-Zs])", "](", markdown)


def _page(title: str, words: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    return "\n".join([f"# {title}", "", words, "", _table(head, rows)])


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(_plain(cell) for cell in row) + " |\n" for row in lines)


def _plain(text: str) -> str:
    """Words of a person, as Markdown that says the same."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def _parameters(given: Mapping[str, object]) -> str:
    return ", ".join(f"`{name}` = {_toml(value)}" for name, value in given.items())


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _toml(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, tuple) else repr(value).replace("'", '"')


def _first(kind: type) -> str:
    return inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
