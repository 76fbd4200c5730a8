"""Scenario files: settings from TOML tables, their printed schema, a scenario's digest."""

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from potluck.protocol.errors import LocalError, NotFound

from .scenario import InvalidScenario, Scenario, Settings

Declared = TypeVar("Declared", bound=Settings)


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; NotFound or LocalError with the place of the mistake."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(f"there is no scenario file {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LocalError(f"{path} is not TOML: {error}") from None


def build(cls: type[Declared], table: Mapping[str, Any], where: str = "") -> Declared:
    """Settings from a table and those in it; LocalError names the key and what it may be."""
    try:
        return msgspec.convert(table, cls)
    except (msgspec.ValidationError, InvalidScenario) as error:
        what, _, path = str(error).partition(" - at `$")
        place = ".".join(part for part in (where, path.strip(".`")) if part)
        place = place or cls.__name__.lower()
        raise LocalError(f"{place}: {what}.{_hint(cls, what, path)}") from None


def _hint(cls: type[Settings], what: str, path: str) -> str:
    """For an unknown key, the nearest and all that are allowed there."""
    unknown = re.search(r"unknown field `(.*)`", what)
    if not unknown:
        return ""
    for name in path.strip(".`").split("."):
        inner = {item.name: item.type for item in msgspec.structs.fields(cls)}.get(name)
        cls = inner if isinstance(inner, type) and issubclass(inner, Settings) else cls
    known = [item.name for item in msgspec.structs.fields(cls)]
    near = difflib.get_close_matches(unknown[1], known, 1)
    return (f" Did you mean `{near[0]}`?" if near else "") + f" Allowed here: {', '.join(known)}."


def set_path(tables: dict[str, Any], path: str, value: Any) -> None:
    """Set a dotted path such as "people.count" in nested tables."""
    *groups, name = path.split(".")
    for group in groups:
        tables = tables.setdefault(group, {})
    tables[name] = value


def plain(settings: Settings) -> dict[str, Any]:
    """Settings as nested dictionaries and lists of plain values."""
    values: dict[str, Any] = json.loads(msgspec.json.encode(settings))
    return values


def digest(scenario: Scenario) -> str:
    """16 hex digits that name a scenario; neither its name nor its policy file's name counts."""
    content = plain(scenario)
    del content["name"], content["policy"]["file"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def describe(cls: type[Settings] = Scenario) -> str:
    """The schema as a TOML file with every key at its default, unit, meaning and bounds."""
    default, lines, tables = cls(), [], []
    for item in msgspec.structs.fields(cls):
        value = getattr(default, item.name)
        if isinstance(value, Settings):
            about = " ".join((type(value).__doc__ or "").split())
            tables += ["", f"[{item.name}]  # {about}", describe(type(value)).rstrip("\n")]
        else:
            lines.append(_line(item, value))
    return "\n".join(lines + tables) + "\n"


def _line(item: Any, default: Any) -> str:
    *_, about = msgspec.Meta(), *get_args(item.type)
    unit = (about.extra or {}).get("unit", "")
    low, high = (f"{x:,.10g}" if x is not None else "" for x in (about.ge, about.le))
    bounds = f"{low} to {high}" if high else low and f"from {low}"
    text = f"{item.name} = {_toml(default)}"
    remark = "; ".join(filter(None, (about.description, bounds if bounds != unit else "", unit)))
    return f"{text:<24}  # {remark}" if remark else text


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
