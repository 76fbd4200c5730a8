"""What an operator's monitoring reads: /healthz and /metrics, on this machine only.

Figures of the node, in the OpenMetrics format (https://prometheus.io/docs/specs/om/). Nothing in
them says who, where or what: no key, address, name, place or title.
"""

from collections.abc import Iterable, Iterator

import trio
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from potluck.node.home.loopback import check_loopback
from potluck.node.operations.health import version
from potluck.node.operations.health.status import Status, status
from potluck.node.operations.service import Health, Service, running
from potluck.protocol.errors import LocalError

from .http.listening import serve

GAUGES = {
    "potluck_announcements": "Announcements held.",
    "potluck_hosts": "Hosts that announced these.",
    "potluck_registers": "Registers known, also of what is no longer held.",
    "potluck_peers_known": "Nodes in the address book.",
    "potluck_peers_connected": "Nodes connected now.",
    "potluck_peers_inbound": "Of these, those that dialled this node.",
    "potluck_relays": "Relays named in the settings.",
    "potluck_relays_kept": "Of these, those that keep a place for this node.",
    "potluck_parts_failing": "Parts that failed and have not run well for ten minutes since.",
    "potluck_last_repair_timestamp_seconds": "When the last repair with a peer ended.",
    "potluck_clock_offset_seconds": "By how much the peers' clocks are ahead of this one's.",
}
INTAKE = "potluck_intake", "Announcements that came in since the start, by what became of them."
BUILD = "potluck_build", "The release, and the commit that it was made from."
"""Names and meanings; docs/operations.md lists them, and a test compares."""


async def start(service: Service, nursery: trio.Nursery, bind: str) -> str:
    """Serve both here until cancelled; their address. Raises LocalError."""
    check_loopback(bind)
    hosts: set[str] = set()

    async def healthz(request: Request) -> Response:
        return await _healthz(service) if _is_ours(request, hosts) else _NOT_HERE

    async def metrics(request: Request) -> Response:
        return await _metrics(service) if _is_ours(request, hosts) else _NOT_HERE

    app = Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])
    address: str = await nursery.start(
        serve, app, bind, "config set node.metrics HOST:PORT", hosts, lambda: None, 0.0
    )
    return address


_NOT_HERE = PlainTextResponse("not this host\n", 421)


def _is_ours(request: Request, hosts: set[str]) -> bool:
    """Not a web page whose name was made to resolve to this machine (DNS rebinding)."""
    return request.headers.get("host") in hosts


async def _healthz(service: Service) -> Response:
    """200 and "ok" while the store answers and no part fails; else 503, and what fails."""
    try:
        await service.store.deck.counts()
        failing = sorted(running(service).health().failing)
    except LocalError:
        failing = ["store"]
    if failing:
        return PlainTextResponse(f"failing: {', '.join(failing)}\n", 503)
    return PlainTextResponse("ok\n")


async def _metrics(service: Service) -> Response:
    found, health = await status(service), running(service).health()
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Figures(found, health))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures:
    """The node's figures, as prometheus_client collects them."""

    def __init__(self, found: Status, health: Health) -> None:
        self._found, self._health = found, health

    def collect(self) -> Iterable[Metric]:
        yield from self._gauges()
        intake = CounterMetricFamily(*INTAKE, labels=["outcome"])
        for outcome, number in sorted(self._found["outcomes"].items()):
            intake.add_metric([outcome], number)
        yield intake
        build = GaugeMetricFamily(*BUILD, labels=["version", "commit"])
        build.add_metric([version.version(), version.commit()], 1)
        yield build

    def _gauges(self) -> Iterator[Metric]:
        found, health = self._found, self._health
        values = (
            found["announcements"],
            found["hosts"],
            found["log"],
            health.known,
            health.connected,
            health.came_in,
            len(health.relays),
            health.relays.count(None),
            len(health.failing),
            health.synced_at,
            found["clock_offset"],
        )
        for (name, meaning), value in zip(GAUGES.items(), values, strict=True):
            if value is not None:
                yield GaugeMetricFamily(name, meaning, value)
