"""How far an announcement has come: which of the peers hold it."""

from __future__ import annotations

import trio

from potluck.node.operations.announce.signing import held
from potluck.node.operations.service import Json, Service, running
from potluck.protocol.errors import NotFound


async def reach(service: Service, id: str) -> Json:
    """Ask every peer for the latest revision of an event: {id, title, revision, peers, hold, silent}.

    `id` is any unique beginning; of `peers` asked, `hold` hold it and `silent` did not say.
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
