"""How far an announcement has come: which of the peers hold it."""

from typing import TypedDict

import trio

from potluck.node.operations.announce.signing import held
from potluck.node.operations.fields import Count, Key
from potluck.node.operations.service import Service, running
from potluck.protocol.errors import NotFound


class Reach(TypedDict):
    """Of `peers` asked, `hold` hold this revision and `silent` did not say."""

    id: Key
    title: str | None
    revision: Count
    peers: Count
    hold: Count
    silent: Count


async def reach(service: Service, id: str) -> Reach:
    """Ask every peer for the latest revision of an event; `id` is any unique beginning.

    Raises NodeNotRunning, NotFound.
    """
    live, signed = running(service), held(service, id)
    connected = [peer["id"] for peer in live.peers()]
    if not connected:
        raise NotFound("your node is connected with nobody to ask; see: potluck peers list")
    answers: list[bool | None] = []

    async def ask(peer_id: str) -> None:
        answers.append(await live.holds(peer_id, signed.id))
        service.progress(len(answers), len(connected))

    async with trio.open_nursery() as nursery:
        for peer_id in connected:
            nursery.start_soon(ask, peer_id)
    body = signed.announcement.body
    return {
        "id": signed.id.hex(),
        "title": body.title if body else None,
        "revision": signed.announcement.revision,
        "peers": len(answers),
        "hold": answers.count(True),
        "silent": answers.count(None),
    }
