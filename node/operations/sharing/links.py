"""Links: an invitation for a friend, and following one."""

from dataclasses import replace
from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from potluck.node.home.home import Home
from potluck.node.operations.fields import Word
from potluck.node.operations.service import Service, peer_id
from potluck.node.operations.tables import tables
from potluck.node.transport.multiaddrs import expand, fitted, listenable, ports, read
from potluck.protocol import link
from potluck.protocol.errors import Invalid, LocalError, Refused
from potluck.protocol.link import MAX_PEERS, HostCard, Invitation
from potluck.protocol.table import Table

LinkText = Annotated[str, Meta(max_length=4000)]


class Invited(TypedDict):
    """What a friend needs to join."""

    link: str
    network: str
    closed: bool
    peers: list[str]
    table: str | None


class Joined(TypedDict):
    """The network whose invitation was followed, and the table if one came with it."""

    network: NotRequired[str]
    peers: NotRequired[list[str]]
    table: str | None


async def invite(service: Service, table: Word | None = None) -> Invited:
    """A link for a friend."""
    ours = fitted(_reached_at(service), MAX_PEERS)
    known = tuple(dict.fromkeys((*ours, *service.home.config.bootstrap)))
    seat = tables.joined(service, table) if table else None
    invitation = Invitation(service.home.network, known[:MAX_PEERS], seat)
    return {
        "link": link.format_invitation(invitation),
        "network": service.home.network.name,
        "closed": service.home.network.closed,
        "peers": list(invitation.peers),
        "table": table,
    }


def _reached_at(service: Service) -> list[str]:
    """Where others reach the node that runs, or will reach it once it does."""
    if service.connections is not None:
        return service.connections.listen()
    kept = [text for text in service.home.config.listen if ports([text])]
    return [f"{address}/p2p/{peer_id(service.home)}" for address in expand(listenable(kept))]


async def join(service: Service, text: LinkText) -> Joined:
    """Follow a link. Raises Refused for another network than this home's."""
    wanted = read_link(text)
    if not isinstance(wanted, Invitation):
        return {"table": (await tables.sit_down(service, wanted, default=False))["table"]}
    ours = service.home.network
    if wanted.network.id != ours.id:
        raise Refused(
            "this home belongs to the network {name!r}, and a home has one network. Make "
            "another home for it: potluck --home DIR join 'LINK'",
            name=ours.name,
        )
    await _remember_peers(service, wanted.peers)
    if wanted.table is not None:
        await tables.sit_down(service, wanted.table, default=True)
    return {
        "network": ours.name,
        "peers": list(wanted.peers),
        "table": wanted.table.name if wanted.table else None,
    }


async def _remember_peers(service: Service, addresses: tuple[str, ...]) -> None:
    """Write the addresses into the settings, and dial them if a node runs."""
    for address in addresses:
        read(address)
    config = Home.open(service.home.path).config
    bootstrap = tuple(dict.fromkeys((*config.bootstrap, *addresses)))
    if bootstrap != config.bootstrap:
        service.home.save(replace(config, bootstrap=bootstrap))
    if service.connections is not None:
        for address in addresses:
            try:
                await service.connections.connect(address)
            except LocalError:
                continue  # it is remembered, and dialled again later


def read_link(text: str) -> Invitation | Table:
    """What a link brings. Raises LocalError."""
    try:
        found = link.parse(text.strip())
    except Invalid as error:
        raise LocalError("this link cannot be followed: {error}", error=error) from None
    if isinstance(found, HostCard):
        raise LocalError("this link is the card of a host; when you have met: potluck vouch add")
    return found
