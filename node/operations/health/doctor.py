"""What is well with a node and what is not, each in words, with a remedy where there is one."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Literal, TypedDict

from potluck.node import limits
from potluck.node.calendars.addresses import named
from potluck.node.home.config import Config
from potluck.node.home.home import Home
from potluck.node.language.format import marked
from potluck.node.operations.health.version import in_full
from potluck.node.operations.lifecycle.settings import faults
from potluck.node.operations.service import Health, Json, Service
from potluck.node.store import LEFT_BEHIND
from potluck.node.transport import multiaddrs as addresses
from potluck.protocol.admission import MAX_AHEAD
from potluck.protocol.errors import LocalError
from potluck.protocol.message import Message
from potluck.protocol.message import Message as _

LOW_DISK = 200 * limits.MIB
OLD_DECK = 7 * 86_400
"""Seconds without anything new after which a deck looks forgotten."""
LATE_SYNCS = 3
"""Intervals without a repair, while there are peers, that are too many."""


class Finding(TypedDict):
    """One thing looked at. `remedy` is what to do about it."""

    name: str
    level: Literal["good", "note", "bad"]
    says: str
    remedy: str | None


class Doctor(TypedDict):
    """What shows from within, and numbers for a bundle."""

    findings: list[Finding]
    facts: Json


NAMES = [
    marked("node"),
    marked("versions"),
    marked("home"),
    marked("disk"),
    marked("store"),
    marked("deck"),
    marked("imports"),
    marked("ports"),
    marked("settings"),
    marked("keys"),
    marked("networks"),
    marked("peers"),
    marked("reachability"),
    marked("relays"),
    marked("sync"),
    marked("clock"),
]
"""What a finding may be about."""


def check_from_outside(path: Path) -> list[Finding]:
    """What shows without opening the store: versions, keys and modes, disk."""
    return [_versions(), _home(path), _disk(path)]


async def doctor(service: Service) -> Doctor:
    """What shows from within, node running or not."""
    store = await _store(service)
    found = [store]
    if store["level"] != "bad":
        found += [await _deck(service), *_left_behind(service)]
    if service.connections is None:
        found += [
            _note("node", _("is not running"), _("start it: potluck up")),
            _ports(service),
            _settings(service.home.config),
        ]
        health = None
    else:
        health = service.connections.health()
        found += [
            _good("node", _("runs")),
            _listening(service.connections.listen()),
            *_same_key(health),
            *_networks(health),
            _peers(health),
            _reachable(health, await service.connections.dialled_back()),
            *_relayed(health),
            *_failing(health),
            _sync(health, service),
        ]
    found += _calendars(service)
    newest = None if store["level"] == "bad" else await service.store.deck.newest()
    found.append(_clock(service, newest))
    return {"findings": found, "facts": _facts(service, health)}


def _left_behind(service: Service) -> list[Finding]:
    """Imports that an earlier version announced, until the calendars here are imported again."""
    left = Counter(json.loads(service.store.choices.noted(LEFT_BEHIND) or "{}"))
    if not left:
        return []
    own = left[service.me.hex()]
    says = _(
        "an earlier version held events that name no paid source; they were let go: {own} of "
        "yours, {others} of others",
        own=own,
        others=left.total() - own,
    )
    return [
        _note("imports", says, _("import your calendars again: potluck import") if own else None)
    ]


def unwell(findings: Iterable[Finding]) -> bool:
    """Whether anything is bad."""
    return any(finding["level"] == "bad" for finding in findings)


def _good(name: str, says: str) -> Finding:
    """All is well with this."""
    return {"name": name, "level": "good", "says": says, "remedy": None}


def _note(name: str, says: str, remedy: str | None = None) -> Finding:
    """It may be as the person wants it."""
    return {"name": name, "level": "note", "says": says, "remedy": remedy}


def _bad(name: str, says: str, remedy: str | None = None) -> Finding:
    """It wants mending."""
    return {"name": name, "level": "bad", "says": says, "remedy": remedy}


def _versions() -> Finding:
    return _good(
        "versions",
        _(
            "Potluck {potluck}, libp2p {libp2p}, SQLite {sqlite}, Python {python}",
            potluck=in_full(),
            libp2p=version("libp2p"),
            sqlite=version("apsw").rpartition(".")[0],
            python=platform.python_version(),
        ),
    )


def _home(path: Path) -> Finding:
    try:
        home = Home.open(path)
        if os.name == "posix" and path.stat().st_uid != os.geteuid():
            return _bad(
                "home",
                _("belongs to another account"),
                _("run as that one, or: chown -R $USER {path}", path=path),
            )
        place = home.socket_path
    except LocalError as error:
        return _bad("home", error.message)
    if place.parent != path:
        return _good(
            "home", _("is yours alone; its path is long, so its socket is {place}", place=place)
        )
    return _good("home", _("is yours alone"))


def _disk(path: Path) -> Finding:
    near = next(folder for folder in (path, *path.parents) if folder.exists())
    free = shutil.disk_usage(near).free
    says = _("{free:,.0f} MB free", free=free / limits.MIB)
    if free < LOW_DISK:
        return _bad("disk", says, _("free some space; when there is none, nothing new is kept"))
    return _good("disk", says)


async def _store(service: Service) -> Finding:
    try:
        damage = await service.store.upkeep.damage()
    except LocalError as error:
        damage = str(error)
    torn = service.store.database.torn_pages
    if damage is None and torn:
        return _note(
            "store",
            _(
                "is whole; {torn} pages that were being written when the machine stopped are lost",
                torn=torn,
            ),
        )
    if damage is None:
        return _good("store", _("is whole"))
    return _bad(
        "store",
        _("is damaged: {damage}", damage=damage),
        _("stop the node, move store.sqlite away, start again"),
    )


async def _deck(service: Service) -> Finding:
    counts = await service.store.deck.counts()
    newest = await service.store.deck.newest()
    if newest is None:
        return _note("deck", _("is empty"), _("potluck import FILE, or potluck join LINK"))
    age = max(0, service.clock.real() - newest)
    says = _(
        "holds {held:,} of {log:,} events known; the newest was announced {age}",
        held=counts.held,
        log=counts.log,
        age=_ago(age),
    )
    if age > OLD_DECK:
        return _note("deck", says, _("meet more peers: potluck peers connect, potluck join"))
    return _good("deck", says)


def _ports(service: Service) -> Finding:
    listen = service.home.config.listen
    try:
        for address in addresses.listenable(listen):
            addresses.check_listen(address)
    except LocalError as error:
        return _bad("ports", error.message, _("correct listen in config.toml"))
    if not addresses.ports(listen):
        return _note(
            "ports",
            _("are others at each start, so that links to this node end with the next"),
            _("choose one: potluck config set node.listen /ip4/0.0.0.0/tcp/4001"),
        )
    return _good("ports", _("are free"))


def _settings(config: Config) -> Finding:
    """Each setting, looked at by the code that uses it."""
    for name, why in faults(config):
        correct = _("correct it: potluck config set {name}", name=name)
        return _bad("settings", _("{name}: {why}", name=name, why=why), correct)
    return _good("settings", _("fit"))


def _same_key(health: Health) -> list[Finding]:
    if not health.same_key:
        return []
    says = _("another node runs with the keys of this one, at {where}", where=health.same_key[0])
    return [_bad("keys", says, _("stop one of the two: potluck stop"))]


def _networks(health: Health) -> list[Finding]:
    """Peers that are connected in vain."""
    if not health.elsewhere:
        return []
    says = _(
        "{peers} of the peers connected are of {other}",
        peers=len(health.elsewhere),
        other=health.elsewhere[0],
    )
    return [_note("networks", says, _("part with them: potluck peers disconnect ID"))]


def _listening(at: list[str]) -> Finding:
    if not at:
        return _bad("ports", _("nobody listens"), _("start the node again with --listen"))
    return _good(
        "ports", _("listens at {number}: {addresses}", number=len(at), addresses=", ".join(at))
    )


def _peers(health: Health) -> Finding:
    if health.connected:
        return _good(
            "peers",
            _(
                "connected with {connected} of {known} known",
                connected=health.connected,
                known=health.known,
            ),
        )
    if health.known:
        return _bad(
            "peers",
            _("none of the {known} known can be reached", known=health.known),
            _(
                "see to your internet connection, or ask a friend for a fresh link: potluck "
                "join LINK"
            ),
        )
    return _note("peers", _("knows nobody yet"), _("ask a friend for a link: potluck join LINK"))


def _reachable(health: Health, dialled_back: list[bool]) -> Finding:
    remedy = _(
        "open the port in your router to be reached; all works without, as long as others can be"
    )
    if any(dialled_back):
        says = _(
            "{reached} of {asked} peers asked could dial this node",
            reached=sum(dialled_back),
            asked=len(dialled_back),
        )
        return _good("reachability", says)
    if health.came_in:
        says = _(
            "{came_in} of {connected} peers dialled this node, so others can reach it",
            came_in=health.came_in,
            connected=health.connected,
        )
        return _good("reachability", says)
    if dialled_back:
        says = _("none of {asked} peers asked could dial this node", asked=len(dialled_back))
        return _note("reachability", says, remedy)
    return _note("reachability", _("no peer that is connected has dialled this node"), remedy)


def _relayed(health: Health) -> list[Finding]:
    """Whether the relays that the person named, if any, keep a place for this node."""
    if not health.relays:
        return []
    kept = health.relays.count(None)
    if kept:
        relays = len(health.relays)
        says = _(
            "{kept} of {relays} keep a place for this node, so others can dial it through them",
            kept=kept,
            relays=relays,
        )
        return [_good("relays", says)]
    says = _(
        "none of {relays} keeps a place for this node: {why}",
        relays=len(health.relays),
        why=health.relays[0],
    )
    return [_bad("relays", says, _("name another relay: potluck up --relay MULTIADDR"))]


def _failing(health: Health) -> list[Finding]:
    """Parts of the node that failed, and wait to begin again or have just done so."""
    return [
        _bad("parts", _("{name} failed: {why}", name=name, why=why), _("look into its log"))
        for name, why in health.failing.items()
    ]


def _sync(health: Health, service: Service) -> Finding:
    if not health.connected:
        return _note("sync", _("nobody to compare decks with"))
    if health.synced_at is None:
        return _note("sync", _("no comparison with a peer has ended yet"))
    age = max(0, int(service.clock.real() - health.synced_at))
    says = _("compared decks with a peer {age}", age=_ago(age))
    if age > LATE_SYNCS * service.home.config.sync_interval:
        return _bad("sync", says, _("start the node again, and look into its log"))
    return _good("sync", says)


def _calendars(service: Service) -> list[Finding]:
    """Whether the calendars that are watched could be read last time, if there are any."""
    states, now = service.store.feeds.watched(), service.clock.real()
    failing = [
        _bad(
            "calendars",
            _(
                "{name} cannot be read since {ago}: {failure}",
                name=named(state.address),
                ago=_ago(now - state.failing_since),
                failure=state.failure,
            ),
            _("look at its address: potluck calendars list"),
        )
        for state in states
        if state.failing_since is not None
    ]
    good = _good("calendars", _("{number} watched, all could be read", number=len(states)))
    return failing or ([good] if states else [])


def _clock(service: Service, newest: int | None) -> Finding:
    remedy = _("set this machine's clock, and let it be kept: timedatectl set-ntp true")
    ahead = max(newest or 0, limits.RELEASED) - service.clock.real()
    offset = service.connections.clock_offset() if service.connections else None
    if offset is None and ahead > MAX_AHEAD:
        says = _(
            "is at least {ahead} behind: this program, or what is here, is of a later time",
            ahead=_span(ahead),
        )
        return _bad("clock", says, remedy)
    doubt = service.connections.health().clock_doubt if service.connections else None
    if offset is None and doubt is not None and abs(doubt) > limits.CLOCK_TOLERANCE:
        says = _(
            "differs by {span} from those of peers, too few to be sure", span=_span(abs(doubt))
        )
        return _note("clock", says, remedy)
    if offset is None:
        return _note("clock", _("fewer than three peers to compare it with"))
    span = _span(abs(offset))
    says = (
        _("is {span} behind its peers'", span=span)
        if offset > 0
        else _("is {span} ahead of its peers'", span=span)
    )
    if abs(offset) > limits.CLOCK_TOLERANCE:
        return _bad("clock", _("{says}; nothing is signed until it is right", says=says), remedy)
    return _good("clock", says)


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


def _ago(seconds: float) -> Message:
    return _("{span} ago", span=_span(seconds))


def _span(seconds: float) -> Message:
    """A length of time in its largest unit."""
    if seconds >= 2 * 86_400:
        return _("{days:.0f} days", days=seconds / 86_400)
    if seconds >= 2 * 3600:
        return _("{hours:.0f} hours", hours=seconds / 3600)
    if seconds >= 2 * 60:
        return _("{minutes:.0f} minutes", minutes=seconds / 60)
    return _("{seconds:.0f} seconds", seconds=seconds)
