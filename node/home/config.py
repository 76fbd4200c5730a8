"""The settings of a home, `config.toml`: read strictly, written with comments."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from potluck.node.errors import Misconfigured
from potluck.protocol.errors import LocalError


def _setting(key: str, default: Any, why: str, *bounds: int) -> Any:
    """A setting: its dotted name in the file, its default and the comment written above it; of a
    number the least and the most."""
    return field(default=default, metadata={"key": key, "why": why, "bounds": bounds})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a person may set; every value has a default and has been checked."""

    name: str = _setting(
        "name", "", "What this node is called on your own screens. Never sent to anybody."
    )
    network_name: str = _setting("network.name", "potluck", "The network this home belongs to.")
    stamp_bits: int = _setting(
        "network.stamp_bits",
        22,
        "Leading zero bits that a host key's birth stamp must have (0 to 40).",
        0,
        40,
    )
    listen: tuple[str, ...] = _setting(
        "node.listen",
        ("/ip4/0.0.0.0/tcp/0",),
        "Addresses to listen on, as multiaddrs; port 0 is another at each start.",
    )
    bootstrap: tuple[str, ...] = _setting(
        "node.bootstrap", (), "Peers to connect to first, as multiaddrs that end in /p2p/ID."
    )
    relays: tuple[str, ...] = _setting(
        "node.relays",
        (),
        "Relays to be reached through when nobody can dial this node, ending in /p2p/ID.",
    )
    mdns: bool = _setting(
        "node.mdns", False, "Whether to find nodes in the same local network, and be found."
    )
    web: str = _setting(
        "node.web",
        "127.0.0.1:8642",
        'Where the page is served: a loopback HOST:PORT, or "" for no page.',
    )
    metrics: str = _setting(
        "node.metrics",
        "",
        'Where /healthz and /metrics are served: a loopback HOST:PORT, or "" for nowhere.',
    )
    deck_max_events: int = _setting(
        "deck.max_events", 50_000, "How many events to hold at most.", 100, 10_000_000
    )
    sync_interval: int = _setting(
        "sync.interval", 600, "Seconds between repairs with a random peer.", 10, 86_400
    )
    draw_redraws: int = _setting(
        "draw.redraws", 1, "How often a day's hand may be dealt again.", 0, 20
    )

    guests: str = _setting(
        "publish.guests", "", 'Where guests find the site: any HOST:PORT, or "" for no site.'
    )
    site_dir: str = _setting(
        "publish.dir", "", 'The folder that a running node keeps a site, or "" for none.'
    )
    site_title: str = _setting("publish.title", "Potluck", "Whose site it is.")
    site_near: str = _setting("publish.near", "", "Around which town, unless around a table.")
    site_at: str = _setting("publish.at", "", "The same as coordinates: LAT,LON.")
    site_within: int = _setting("publish.within", 25, "How many kilometres around.", 1, 20_000)
    site_days: int = _setting("publish.days", 14, "How many days ahead.", 1, 400)
    site_table: str = _setting("publish.table", "", "The table whose hand the site shows.")
    site_place: str = _setting("publish.place", "", "What is there, such as 'the house'.")
    site_keeper: str = _setting("publish.keeper", "", "Who runs the site.")
    site_mail: str = _setting("publish.mail", "", "Where guests may send a ticket.")
    site_base: str = _setting("publish.base", "", "The address at which the site is seen.")
    site_own_origin: bool = _setting(
        "publish.own_origin", False, "Whether nobody else's pages share the address's storage."
    )
    site_language: str = _setting("publish.language", "en", "Of the pages without scripts.")

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check(setting.metadata, getattr(self, setting.name), setting.default)

    @classmethod
    def parse(cls, text: str, file: Path) -> Config:
        """The settings in a file's text; raises Misconfigured, naming the file and the mistake."""
        try:
            given = dict(_flatten(tomllib.loads(text)))
            names = {setting.metadata["key"]: setting.name for setting in fields(cls)}
            for key in given:
                if key not in names:
                    raise LocalError(
                        'there is no setting "{key}"{names}',
                        key=key,
                        names=_nearest(key, list(names)),
                    )
            values: dict[str, Any] = {
                names[key]: tuple(value) if isinstance(value, list) else value
                for key, value in given.items()
            }
            return cls(**values)
        except (LocalError, tomllib.TOMLDecodeError) as error:
            raise Misconfigured(
                "{file}: {error}; correct it or remove the line", file=file, error=error
            ) from None

    def written_over(self, text: str, file: Path) -> str:
        """A file's text with these settings, and all else in it as it was. Raises Misconfigured."""
        import tomlkit  # noqa: PLC0415 - 15 ms, and few commands write settings

        before, document = Config.parse(text, file), tomlkit.parse(text)
        for setting in fields(self):
            value = getattr(self, setting.name)
            if value != getattr(before, setting.name):
                table, _, key = setting.metadata["key"].rpartition(".")
                if table and table not in document:
                    document[table] = tomlkit.table()
                place: Any = document[table] if table else document
                place[key] = list(value) if isinstance(value, tuple) else value
        return tomlkit.dumps(document)

    def render(self) -> str:
        """The file's text, each setting under a comment that says what it is."""
        lines = ["# Potluck's settings. A setting that is missing has its default.", ""]
        section = ""
        for setting in fields(self):
            table, _, key = setting.metadata["key"].rpartition(".")
            if table != section:
                lines += [f"[{table}]"]
                section = table
            lines += [
                f"# {setting.metadata['why']}",
                f"{key} = {_toml(getattr(self, setting.name))}",
                "",
            ]
        return "\n".join(lines)


def _flatten(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in table.items():
        name = prefix + key
        pairs += _flatten(value, name + ".") if isinstance(value, dict) else [(name, value)]
    return pairs


def _nearest(key: str, known: list[str]) -> str:
    near = get_close_matches(key, known, n=1, cutoff=0.5)
    return f'; did you mean "{near[0]}"?' if near else ""


def _toml(value: object) -> str:
    # JSON's strings, integers, booleans and arrays are TOML's.
    return json.dumps(value, ensure_ascii=False)


def _check(about: Mapping[str, Any], value: Any, default: object) -> None:
    key, kind = about["key"], type(default)
    items = value if isinstance(value, tuple) else (value,)
    fits = isinstance(value, kind) and (kind is not tuple or {*map(type, items)} <= {str})
    if not fits or (kind is int and isinstance(value, bool)):
        raise LocalError("{key} must be {words}", key=key, words=_KINDS[kind])
    if any(not char.isprintable() for each in items for char in str(each)):
        raise LocalError("{key} holds a character that cannot be printed", key=key)
    low, high = about["bounds"] or (0, 0)
    if about["bounds"] and not low <= value <= high:
        raise LocalError(
            "{key} must be between {low} and {high}, not {value}",
            key=key,
            low=low,
            high=high,
            value=value,
        )


_KINDS = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    tuple: "a list of texts",
}
