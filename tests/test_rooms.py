"""
Which room may import what, as ARCHITECTURE.md shows it.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
NODE = """
    errors limits clock ips language geography home store calendars transport peering
    replication operations web control runtime
    """.split()
"""The rooms of node/, in the order in which one may import another: only those above it."""

FOR_THE_NETWORK_LABORATORY = {"ips", "limits", "transport", "peering", "replication", "store"}
"""What of node/ simulations/network/ drives; nothing else of simulations/ knows the node."""

MAY_USE = {
    "protocol": {"protocol"},
    "node": {"node", "protocol"},
    "simulations": {"simulations", "protocol"},
    "cli": {"cli", "node", "simulations", "protocol"},
}
# What of the standard library neither does I/O, nor reads a clock, nor is random by itself.
PURE = """
    __future__ abc array base64 binascii bisect collections collections.abc contextlib copy
    dataclasses datetime enum fractions functools hashlib heapq hmac itertools json math numbers
    operator re string struct types typing unicodedata urllib.parse
    """
# What would be impure all the same: builtins, datetime.now, SigningKey.generate.
IMPURE_CALLS = {"open", "print", "input", "now", "utcnow", "today", "generate"}
SQL = re.compile(
    r"\b(SELECT .+ FROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE "
    r"(TABLE|INDEX)|PRAGMA) ",
    re.DOTALL,
)
ONLY_IN = {  # a library, and the modules that may know it
    "libp2p": {"node/transport/"},
    "apsw": {"node/store/"},
    "sqlite3": set(),
}


class Import(NamedTuple):
    path: str
    line: int
    module: str

    @property
    def library(self) -> str:
        return self.module.partition(".")[0]

    @property
    def room(self) -> str | None:
        parts = self.module.split(".")
        return parts[1] if parts[0] == "potluck" and len(parts) > 1 else None


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=path.name)


def imports(path: Path) -> list[Import]:
    """Every absolute import in a file, wherever it stands; `from .x import y` stays in its room
    anyway.
    """
    where = path.relative_to(ROOT).as_posix()
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [Import(where, node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module in ("potluck", "potluck.node"):
            named = (f"{node.module}.{alias.name}" for alias in node.names)
            found += [Import(where, node.lineno, module) for module in named]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(Import(where, node.lineno, node.module))
    return found


@pytest.mark.parametrize("room", MAY_USE)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    wrong = [
        i
        for path in modules(room)
        for i in imports(path)
        if i.room and i.room not in MAY_USE[room] and not is_of_the_network_laboratory(i)
    ]

    assert wrong == []


def is_of_the_network_laboratory(found: Import) -> bool:
    """Whether it is one of the imports of the node that a simulated network is made of."""
    parts = found.module.split(".")
    inside = found.path.startswith("simulations/network/")
    return inside and len(parts) > 2 and parts[2] in FOR_THE_NETWORK_LABORATORY


def test_relative_imports_name_siblings_only() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path in modules(*MAY_USE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level > 1
    ]

    assert wrong == []


def test_rooms_call_each_other_by_their_installed_names() -> None:
    wrong = [i for path in modules(*MAY_USE) for i in imports(path) if i.library in MAY_USE]

    assert wrong == []


def test_protocol_imports_nothing_that_touches_the_world() -> None:
    wrong = [
        i
        for path in modules("protocol")
        for i in imports(path)
        if i.module not in PURE.split() and i.library not in {"nacl", "msgpack", "potluck"}
    ]

    assert wrong == []


def test_protocol_asks_for_no_time_no_chance_and_no_file() -> None:
    wrong = [
        f"{path}:{node.lineno} {ast.unparse(node)}"
        for path in modules("protocol")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in IMPURE_CALLS
    ]

    assert wrong == []


def rooms_of_node(path: Path) -> tuple[str, set[str]]:
    """The room of node/ in which a file stands, and those that it imports."""
    inside = path.relative_to(ROOT / "node").parts
    found = {i.module.split(".")[2] for i in imports(path) if i.module.startswith("potluck.node.")}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "potluck.node":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 1 and len(inside) == 1:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {name.partition(".")[0] for name in names}
    return inside[0].removesuffix(".py"), found


def test_every_room_of_the_node_imports_only_those_above_it() -> None:
    files = [path for path in modules("node") if path != ROOT / "node" / "__init__.py"]
    wrong = [
        f"{path.relative_to(ROOT)} imports {other}"
        for path in files
        for room, used in [rooms_of_node(path)]
        for other in used
        if NODE.index(other) > NODE.index(room)
    ]

    assert wrong == []


@pytest.mark.parametrize("room", NODE)
def test_folders_of_a_room_do_not_import_each_other_in_a_circle(room: str) -> None:
    uses: dict[str, set[str]] = {}
    for path in (ROOT / "node" / room).rglob("*.py"):
        place = path.relative_to(ROOT / "node" / room).parts[0]
        start = f"potluck.node.{room}."
        found = {i.module[len(start) :] for i in imports(path) if i.module.startswith(start)}
        uses.setdefault(place, set()).update(name.partition(".")[0] for name in found)

    TopologicalSorter({place: used - {place} for place, used in uses.items()}).prepare()


@pytest.mark.parametrize("library", ONLY_IN)
def test_one_module_knows_a_library(library: str) -> None:
    wrong = [
        i
        for path in modules(*MAY_USE)
        for i in imports(path)
        if i.library == library and not i.path.startswith(tuple(ONLY_IN[library]))
    ]

    assert wrong == []


def test_only_the_store_speaks_sql() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path in modules(*MAY_USE)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
        if not path.relative_to(ROOT).as_posix().startswith("node/store")
    ]

    assert wrong == []


def test_the_architecture_shows_the_rooms_in_this_order() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    table = text.partition("| of `node/` |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)(?:\.py|/)` \| ", table, re.MULTILINE)
    holds = {path.name.removesuffix(".py") for path in (ROOT / "node").iterdir()}

    assert rows == NODE
    assert holds - {"__init__", "__pycache__", "py.typed"} == set(NODE)


def test_help_comes_without_what_is_slow_to_import() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "potluck.cli", "--help"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines()
    }

    assert "potluck" in imported
    assert not imported & {"libp2p", "trio", "geopy"}
