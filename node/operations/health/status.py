"""The node itself: what it is, whom it is connected with, and stopping it."""

from typing import TypedDict

from potluck.node.operations.fields import Count, Key, Word
from potluck.node.operations.service import Json, Peer, Service, peer_id, running
from potluck.node.operations.sharing.import_results import Watched
from potluck.node.operations.sharing.watched import watched
from potluck.node.transport.multiaddrs import ports, read
from potluck.protocol.errors import NotFound


class Status(TypedDict):
    """`ports` are those of the settings, the same at each start; `peers` counts the connected ones;
    `log` the registers known, of which `announcements` are held; `failing` says why parts
    failed."""

    running: bool
    home: str
    name: str
    host_key: Key
    peer_id: str
    network: str
    network_id: str
    closed: bool
    listen: list[str]
    ports: list[int]
    peers: Count
    web: str | None
    announcements: Count
    hosts: Count
    log: Count
    clock_offset: float | None
    outcomes: dict[str, Count]
    failing: dict[str, str]
    calendars: list[Watched]


class Connected(TypedDict):
    """Whom the node is connected with now."""

    peer_id: str


async def status(service: Service) -> Status:
    """What this node is and holds."""
    await service.intake.settle()
    counts = await service.store.deck.counts()
    home, live = service.home, service.connections
    return {
        "running": live is not None,
        "home": str(home.path),
        "name": home.config.name,
        "host_key": home.identity.key.hex(),
        "peer_id": peer_id(home),
        "network": home.network.name,
        "network_id": home.network.id.hex(),
        "closed": home.network.closed,
        "listen": live.listen() if live else [],
        "ports": ports(home.config.listen),
        "peers": len(live.peers()) if live else 0,
        "web": live.web() if live else None,
        "announcements": counts.held,
        "hosts": counts.hosts,
        "log": counts.log,
        "clock_offset": live.clock_offset() if live else None,
        "outcomes": dict(service.intake.outcomes),
        "failing": dict(live.health().failing) if live else {},
        "calendars": await watched(service),
    }


async def peers(service: Service) -> list[Peer]:
    """The connected peers. Raises NodeNotRunning."""
    return running(service).peers()


async def stop(service: Service) -> Json:
    """Stop the running node: {}. Raises NodeNotRunning."""
    running(service).stop()
    return {}


async def page(service: Service) -> Json:
    """A link that lets one browser into the page, once: {link}. Raises NodeNotRunning, NotFound."""
    link_ = running(service).page_link()
    if link_ is None:
        raise NotFound(
            "the node runs without a page; start it with: potluck up --web 127.0.0.1:8642"
        )
    return {"link": link_}


async def connect(service: Service, address: Word) -> Connected:
    """Dial a multiaddr. Raises NodeNotRunning, LocalError."""
    live = running(service)
    read(address)
    return {"peer_id": await live.connect(address)}
