"""Whom this node has nothing to do with, and why it dropped somebody."""

from potluck.node import limits
from potluck.node.clock import iso
from potluck.node.operations.service import Json, Service, running
from potluck.node.peering.dropped import Bans
from potluck.node.store import Ban
from potluck.protocol.errors import NotFound
from potluck.protocol.message import Message
from potluck.protocol.text import clean_line

PERSON = Message("you banned it")
MAX_WHY = 200


async def disconnect(service: Service, peer: str) -> Json:
    """Part from a peer and do not dial it again: {peer_id}. Raises NodeNotRunning, NotFound."""
    peering = running(service).peering()
    if not await peering.disconnect(peer):
        raise NotFound("no peer {peer} here; potluck peers list shows those connected", peer=peer)
    return {"peer_id": peer}


async def ban(service: Service, target: str, why: str | None = None) -> Json:
    """Have nothing to do with a peer id, an ip or an address range: as `bans`. Raises
    LocalError."""
    note = clean_line(why or "", MAX_WHY)
    reason = Message("{banned}: {note}", banned=PERSON, note=note) if note else PERSON
    if service.connections is not None:
        await service.connections.peering().ban(target, reason)
    else:
        await _bans(service).ban(target, reason, limits.PERSONS_BAN_SECONDS)
    return await bans(service)


async def unban(service: Service, target: str) -> Json:
    """Lift a ban: as `bans`. Raises NotFound, LocalError."""
    live = service.connections
    lifted = live.peering().unban(target) if live else _bans(service).unban(target)
    if not await lifted:
        raise NotFound("{target} is not banned; potluck peers bans lists what is", target=target)
    return await bans(service)


async def bans(service: Service) -> Json:
    """{bans: [{kind, value, until, why}], dropped: [{peer_id, at, why}]}, times in ISO 8601.

    `until` is None for the person's own, which stay until lifted; `dropped` are the peers that a
    running node disconnected for breaking the rules.
    """
    known = _bans(service)
    return {
        "bans": [
            {"kind": ban.kind, "value": ban.value, "until": _until(service, ban), "why": ban.why}
            for ban in known.listed()
        ],
        "dropped": [
            {"peer_id": drop.peer_id, "at": iso(drop.at, "UTC"), "why": drop.why}
            for drop in reversed(known.drops)
        ],
    }


def _bans(service: Service) -> Bans:
    """Those of the running node, else of the store."""
    if service.connections is not None:
        return service.connections.peering().bans
    return Bans(service.store.peers, service.clock.real)


def _until(service: Service, ban: Ban) -> str | None:
    """When a ban ends; a node's own last a day, and what is longer is the person's."""
    lasting = ban.until - service.clock.real() > limits.BAN_SECONDS
    return None if lasting else iso(ban.until, "UTC")
