"""Who brings others' events here, how many and of whom: what stops an importer is a block."""

from collections import Counter, defaultdict
from functools import partial
from typing import TypedDict

from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.fields import Count, Key
from potluck.node.operations.service import Service
from potluck.node.store import ANYBODY

from .candidates import gather_everything, with_all
from .window import window_of


class ImportedSource(TypedDict):
    """An organiser whose events somebody imports, and how many."""

    id: str
    events: Count
    blocked: bool


class Importer(TypedDict):
    """A host, and what it imports."""

    host: Key
    mine: bool
    blocked: bool
    organisers: Count
    events: Count
    sources: list[ImportedSource]


async def importers(service: Service, form: DrawForm) -> list[Importer]:
    """The importers of what a draw could deal without filters, most organisers first."""
    return await with_all(service, partial(_importers, form=form))


def _importers(service: Service, form: DrawForm) -> list[Importer]:
    deck = gather_everything(service, window_of(form, service.clock.now()))
    brought: dict[bytes, Counter[str]] = defaultdict(Counter)
    for candidate in deck.candidates:
        if candidate.source is not None:
            brought[candidate.host][candidate.source] += 1
    found = [_importer(service, host, sources) for host, sources in brought.items()]
    return sorted(found, key=lambda one: (-one["organisers"], -one["events"], one["host"]))


def _importer(service: Service, host: bytes, sources: Counter[str]) -> Importer:
    blocked = {(one.kind, one.host, one.text) for one in service.store.trust.blocks()}
    return {
        "host": host.hex(),
        "mine": host == service.me,
        "blocked": bool(blocked & {("host", host, ""), ("importer", host, "")}),
        "organisers": len(sources),
        "events": sources.total(),
        "sources": [
            {
                "id": source,
                "events": events,
                "blocked": bool(blocked & {("source", by, source) for by in (host, ANYBODY)}),
            }
            for source, events in sources.most_common()
        ],
    }
