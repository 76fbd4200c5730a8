"""What is well with a node and what is not, each in words, with a remedy where there is one."""

from dataclasses import asdict
from pathlib import Path
from typing import TypedDict

from potluck.node import limits
from potluck.node.operations.service import Health, Json, Service
from potluck.protocol.message import Message as _

from . import home_findings, node_findings, store_findings
from .finding import Finding, good, note


class Doctor(TypedDict):
    """What shows from within, and numbers for a bundle."""

    findings: list[Finding]
    facts: Json


def check_from_outside(path: Path) -> list[Finding]:
    """What shows without opening the store: versions, keys and modes, disk."""
    return [home_findings.versions(), home_findings.home(path), home_findings.disk(path)]


async def doctor(service: Service) -> Doctor:
    """What is well with the node, and what is not, as it shows from within."""
    store = await store_findings.store(service)
    found = [store]
    if store["level"] != "bad":
        found += [await store_findings.deck(service), *store_findings.left_behind(service)]
    if service.connections is None:
        found += [
            note("node", _("is not running"), _("start it: potluck up")),
            home_findings.ports(service),
            home_findings.settings(service.home.config),
        ]
        health = None
    else:
        health = service.connections.health()
        found += [
            good("node", _("runs")),
            node_findings.listening(service.connections.listen()),
            *node_findings.same_key(health),
            *node_findings.networks(health),
            node_findings.peers(health),
            node_findings.reachable(health, await service.connections.dialled_back()),
            *node_findings.relayed(health),
            *node_findings.failing(health),
            node_findings.sync(health, service),
        ]
    found += store_findings.calendars(service)
    bad = store["level"] == "bad"
    newest = None if bad else await service.store.deck.newest(limits.CLOCK_HOSTS)
    found.append(node_findings.clock(service, newest))
    return {"findings": found, "facts": _facts(service, health)}


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
