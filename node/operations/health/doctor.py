"""What is well with a node and what is not, each in words, with a remedy where there is one."""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from potluck.node import limits
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.operations.lifecycle.settings import faults
from potluck.node.operations.service import Health, Json, Service
from potluck.node.transport import multiaddrs as addresses
from potluck.protocol.admission import MAX_AHEAD
from potluck.protocol.errors import LocalError

LOW_DISK = 200 * limits.MIB
OLD_DECK = 7 * 86_400
"""Seconds without anything new after which a deck looks forgotten."""
LATE_SYNCS = 3
"""Intervals without a repair, while there are peers, that are too many."""


class Level(StrEnum):
    """How a finding is meant: a note may be as the person wants it, what is bad wants mending."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `remedy` is what to do about it."""

    name: str
    level: Level
    says: str
    remedy: str | None = None


def check_from_outside(path: Path) -> list[Json]:
    """What shows without opening the store: versions, keys and modes, disk. [{name, level, says, remedy}]."""
    return _as_json([_versions(), _home(path), _disk(path)])


async def doctor(service: Service) -> Json:
    """{findings: as above, facts: numbers for a bundle}: what shows from within, node running or not."""
    store = await _store(service)
    found = [store] if store.level is Level.BAD else [store, await _deck(service)]
    if service.connections is None:
        found += [
            Finding("node", Level.NOTE, "is not running", "start it: potluck up"),
            _ports(service),
            _settings(service.home.config),
        ]
        health = None
    else:
        health = service.connections.health()
        found += [
            Finding("node", Level.GOOD, "runs"),
            _listening(service.connections.listen()),
            *_same_key(health),
            *_networks(health),
            _peers(health),
            _reachable(health, await service.connections.dialled_back()),
            *_relayed(health),
            _sync(health, service),
        ]
    newest = None if store.level is Level.BAD else await service.store.deck.newest()
    found.append(_clock(service, newest))
    return {"findings": _as_json(found), "facts": _facts(service, health)}


def unwell(findings: Iterable[Json]) -> bool:
    """Whether anything is bad."""
    return any(finding["level"] == Level.BAD for finding in findings)


def bundle(findings: Iterable[Json], facts: Json, home: Path) -> Json:
    """What one may show to strangers: no keys, places, titles, addresses or paths."""
    return {
        "system": platform.platform(),
        "findings": [
            {
                key: redacted(value, home) if isinstance(value, str) else value
                for key, value in each.items()
            }
            for each in findings
        ],
        "facts": facts,
    }


_PRIVATE = (
    (re.compile(r"\b1[1-9A-HJ-NP-Za-km-z]{40,}\b"), "PEER"),
    (re.compile(r"\b[a-z]+://[^\s;,)]+"), "URL"),
    (re.compile(r"(?<!\w)/[^\s;,)]+"), "PATH"),  # multiaddrs too
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b(:\d+)?"), "ADDRESS"),
    (re.compile(r"(?<![\w:])[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,}"), "ADDRESS"),
    (re.compile(r"\b[0-9a-fA-F]{16,}\b"), "KEY"),
)


def redacted(text: str, home: Path) -> str:
    """The text with words in place of paths, addresses, keys and peers."""
    text = text.replace(str(home), "HOME")
    for pattern, word in _PRIVATE:
        text = pattern.sub(word, text)
    return text


def _as_json(found: Iterable[Finding]) -> list[Json]:
    return [asdict(each) for each in found]


def _versions() -> Finding:
    sqlite = version("apsw").rpartition(".")[0]
    says = f"Potluck {version('potluck')}, libp2p {version('libp2p')}, SQLite {sqlite}"
    return Finding("versions", Level.GOOD, f"{says}, Python {platform.python_version()}")


def _home(path: Path) -> Finding:
    try:
        home = Home.open(path)
        if os.name == "posix" and path.stat().st_uid != os.geteuid():
            return Finding(
                "home",
                Level.BAD,
                "belongs to another account",
                f"run as that one, or: chown -R $USER {path}",
            )
        place = home.socket_path
    except LocalError as error:
        says, _, remedy = str(error).partition("; ")
        return Finding("home", Level.BAD, says, remedy or None)
    if place.parent != path:
        return Finding(
            "home", Level.GOOD, f"is yours alone; its path is long, so its socket is {place}"
        )
    return Finding("home", Level.GOOD, "is yours alone")


def _disk(path: Path) -> Finding:
    near = next(folder for folder in (path, *path.parents) if folder.exists())
    free = shutil.disk_usage(near).free
    says = f"{free / limits.MIB:,.0f} MB free"
    if free < LOW_DISK:
        return Finding(
            "disk", Level.BAD, says, "free some space; when there is none, nothing new is kept"
        )
    return Finding("disk", Level.GOOD, says)


async def _store(service: Service) -> Finding:
    try:
        damage = await service.store.upkeep.damage()
    except LocalError as error:
        damage = str(error)
    torn = service.store.database.torn_pages
    if damage is None and torn:
        return Finding(
            "store",
            Level.NOTE,
            f"is whole; {torn} pages that were being written when the machine stopped are lost",
        )
    if damage is None:
        return Finding("store", Level.GOOD, "is whole")
    return Finding(
        "store",
        Level.BAD,
        f"is damaged: {damage}",
        "stop the node, move store.sqlite away, start again",
    )


async def _deck(service: Service) -> Finding:
    counts = await service.store.deck.counts()
    newest = await service.store.deck.newest()
    if newest is None:
        return Finding("deck", Level.NOTE, "is empty", "potluck import FILE, or potluck join LINK")
    age = max(0, service.clock.real() - newest)
    says = f"holds {counts.held:,} of {counts.log:,} events known; the newest was announced {_ago(age)}"
    if age > OLD_DECK:
        return Finding(
            "deck", Level.NOTE, says, "meet more peers: potluck peers connect, potluck join"
        )
    return Finding("deck", Level.GOOD, says)


def _ports(service: Service) -> Finding:
    listen = service.home.config.listen
    try:
        for address in addresses.listenable(listen):
            addresses.check_listen(address)
    except LocalError as error:
        says, _, remedy = str(error).partition("; ")
        return Finding("ports", Level.BAD, says, remedy or "correct listen in config.toml")
    if not addresses.ports(listen):
        return Finding(
            "ports",
            Level.NOTE,
            "are others at each start, so that links to this node end with the next",
            "choose one: potluck config set node.listen /ip4/0.0.0.0/tcp/4001",
        )
    return Finding("ports", Level.GOOD, "are free")


def _settings(config: Config) -> Finding:
    """Each setting, looked at by the code that uses it."""
    for name, why in faults(config):
        says, _, remedy = why.partition("; ")
        correct = f"correct it: potluck config set {name}"
        return Finding("settings", Level.BAD, f"{name}: {says}", remedy or correct)
    return Finding("settings", Level.GOOD, "fit")


def _same_key(health: Health) -> list[Finding]:
    if not health.same_key:
        return []
    where = health.same_key[0]
    says = f"another node runs with the keys of this one, at {where}"
    return [Finding("keys", Level.BAD, says, "stop one of the two: potluck stop")]


def _networks(health: Health) -> list[Finding]:
    """Peers that are connected in vain."""
    if not health.elsewhere:
        return []
    peers, other = len(health.elsewhere), health.elsewhere[0]
    says = f"{peers} of the peers connected are of {other}"
    return [Finding("networks", Level.NOTE, says, "part with them: potluck peers disconnect ID")]


def _listening(at: list[str]) -> Finding:
    if not at:
        return Finding("ports", Level.BAD, "nobody listens", "start the node again with --listen")
    return Finding("ports", Level.GOOD, f"listens at {len(at)}: {', '.join(at)}")


def _peers(health: Health) -> Finding:
    if health.connected:
        return Finding(
            "peers", Level.GOOD, f"connected with {health.connected} of {health.known} known"
        )
    if health.known:
        return Finding(
            "peers",
            Level.BAD,
            f"none of the {health.known} known can be reached",
            "see to your internet connection, or ask a friend for a fresh link: potluck join LINK",
        )
    return Finding(
        "peers", Level.NOTE, "knows nobody yet", "ask a friend for a link: potluck join LINK"
    )


def _reachable(health: Health, dialled_back: list[bool]) -> Finding:
    remedy = (
        "open the port in your router to be reached; all works without, as long as others can be"
    )
    if any(dialled_back):
        says = f"{sum(dialled_back)} of {len(dialled_back)} peers asked could dial this node"
        return Finding("reachability", Level.GOOD, says)
    if health.came_in:
        says = f"{health.came_in} of {health.connected} peers dialled this node, so others can reach it"
        return Finding("reachability", Level.GOOD, says)
    if dialled_back:
        says = f"none of {len(dialled_back)} peers asked could dial this node"
        return Finding("reachability", Level.NOTE, says, remedy)
    return Finding(
        "reachability", Level.NOTE, "no peer that is connected has dialled this node", remedy
    )


def _relayed(health: Health) -> list[Finding]:
    """Whether the relays that the person named, if any, keep a place for this node."""
    if not health.relays:
        return []
    kept = health.relays.count(None)
    if kept:
        relays = len(health.relays)
        says = f"{kept} of {relays} keep a place for this node, so others can dial it through them"
        return [Finding("relays", Level.GOOD, says)]
    says = f"none of {len(health.relays)} keeps a place for this node: {health.relays[0]}"
    return [Finding("relays", Level.BAD, says, "name another relay: potluck up --relay MULTIADDR")]


def _sync(health: Health, service: Service) -> Finding:
    if not health.connected:
        return Finding("sync", Level.NOTE, "nobody to compare decks with")
    if health.synced_at is None:
        return Finding("sync", Level.NOTE, "no comparison with a peer has ended yet")
    age = max(0, int(service.clock.real() - health.synced_at))
    says = f"compared decks with a peer {_ago(age)}"
    if age > LATE_SYNCS * service.home.config.sync_interval:
        return Finding("sync", Level.BAD, says, "start the node again, and look into its log")
    return Finding("sync", Level.GOOD, says)


def _clock(service: Service, newest: int | None) -> Finding:
    remedy = "set this machine's clock, and let it be kept: timedatectl set-ntp true"
    ahead = max(newest or 0, limits.RELEASED) - service.clock.real()
    offset = service.connections.clock_offset() if service.connections else None
    if offset is None and ahead > MAX_AHEAD:
        says = (
            f"is at least {_span(ahead)} behind: this program, or what is here, is of a later time"
        )
        return Finding("clock", Level.BAD, says, remedy)
    if offset is None:
        return Finding("clock", Level.NOTE, "fewer than three peers to compare it with")
    span = _span(abs(offset))
    says = f"is {span} behind its peers'" if offset > 0 else f"is {span} ahead of its peers'"
    if abs(offset) > limits.CLOCK_TOLERANCE:
        return Finding("clock", Level.BAD, f"{says}; nothing is signed until it is right", remedy)
    return Finding("clock", Level.GOOD, says)


def _facts(service: Service, health: Health | None) -> Json:
    """Numbers that say nothing about anybody."""
    config = service.home.config
    return {
        "outcomes": dict(service.intake.outcomes),
        "health": asdict(health) if health else None,
        "closed": service.home.network.closed,
        "stamp_bits": config.stamp_bits,
        "deck_max_events": config.deck_max_events,
        "sync_interval": config.sync_interval,
        "mdns": config.mdns,
    }


def _ago(seconds: int) -> str:
    return f"{_span(seconds)} ago"


def _span(seconds: float) -> str:
    """A length of time in its largest unit."""
    if seconds >= 2 * 86_400:
        return f"{seconds / 86_400:.0f} days"
    if seconds >= 2 * 3600:
        return f"{seconds / 3600:.0f} hours"
    if seconds >= 2 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds:.0f} seconds"
