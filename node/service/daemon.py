"""The node itself: what it is, whom it knows, whom it does not want to hear; links and backups."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import replace
from pathlib import Path

from potluck.node.addresses import check_peer, fitted
from potluck.node.home import Home
from potluck.node.record import peer_id_of
from potluck.protocol import link
from potluck.protocol.errors import LocalError, NodeNotRunning, NotFound, Refused
from potluck.protocol.identity import Identity
from potluck.protocol.link import MAX_PEERS, Invitation

from . import homes, tables
from .base import Connections, Json, Service


def peer_id(home: Home) -> str:
    """The libp2p peer id of a home, also without libp2p."""
    return peer_id_of(Identity.from_seed(home.transport_seed).key)


async def status(service: Service) -> Json:
    """{running, listen, peer_id, host_key, network, closed, peers, announcements, hosts, log, home, web, …}.

    `peers` counts the connected ones; `log` the registers known, of which `announcements` are held.
    """
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
        "peers": len(live.peers()) if live else 0,
        "web": live.web() if live else None,
        "announcements": counts.held,
        "hosts": counts.hosts,
        "log": counts.log,
        "clock_offset": live.clock_offset() if live else None,
        "outcomes": dict(service.intake.outcomes),
    }


async def peers(service: Service) -> list[Json]:
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
        raise NotFound("the node runs without a page; start it with: potluck up --web 127.0.0.1:8642")
    return {"link": link_}


async def connect(service: Service, address: str) -> Json:
    """Dial a multiaddr: {peer_id}. Raises NodeNotRunning, LocalError."""
    live = running(service)
    check_peer(address)
    return {"peer_id": await live.connect(address)}


def running(service: Service) -> Connections:
    """The running node. Raises NodeNotRunning."""
    if service.connections is None:
        raise NodeNotRunning("no node runs in this home; start it with: potluck up")
    return service.connections


async def block(service: Service, target: str) -> Json:
    """Hide a host (64 hex digits, or the id of one of its events) or a word from every draw: as `blocks`."""
    host = _host(service, target)
    if host == service.me:
        raise Refused("this is your own key; there is no need to block yourself")
    if host is not None:
        await service.store.choices.block_host(host)
    else:
        await service.store.choices.block_word(_word(target))
    return await blocks(service)


async def unblock(service: Service, target: str) -> Json:
    """Undo `block`: the blocks that are left. Raises NotFound."""
    choices = service.store.choices
    digits = target.strip().lower()
    hosts = [host for host in choices.blocked_hosts() if len(digits) >= 4 and host.hex().startswith(digits)]
    host = hosts[0] if len(hosts) == 1 else _host(service, target)
    undone = (host is not None and await choices.unblock_host(host)) or await choices.unblock_word(
        _word(target)
    )
    if not undone:
        raise NotFound(f"{target} is not blocked; see: potluck block")
    return await blocks(service)


async def blocks(service: Service) -> Json:
    """{hosts: [hex…], words: […]}."""
    choices = service.store.choices
    return {
        "hosts": sorted(host.hex() for host in choices.blocked_hosts()),
        "words": list(choices.blocked_words()),
    }


def _host(service: Service, target: str) -> bytes | None:
    """The host whose key this is, or begins so (8 digits or more); None for a word."""
    digits = target.strip().lower()
    if len(digits) < 8 or not set(digits) <= set("0123456789abcdef"):
        return None
    if len(digits) == 64:
        return bytes.fromhex(digits)
    found = service.store.deck.hosts(digits)
    if len(found) > 1:
        raise Refused(f"the keys of several hosts begin with {target}; give more of it")
    return found[0] if found else None


def _word(target: str) -> str:
    word = unicodedata.normalize("NFC", target.strip()).casefold()
    if not word or len(word) > 100:
        raise LocalError("a word to block has 1 to 100 letters")
    return word


async def invite(service: Service, table: str | None = None) -> Json:
    """{link, network, closed, peers, table}: what a friend needs to join."""
    ours = fitted(service.connections.listen(), MAX_PEERS) if service.connections else []
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


async def join(service: Service, text: str) -> Json:
    """Follow a link: {network, peers} or {table}. Raises Refused for another network than this home's."""
    wanted = homes.read_link(text)
    if not isinstance(wanted, Invitation):
        return await tables.sit_down(service, wanted, default=False)
    ours = service.home.network
    if wanted.network.id != ours.id:
        raise Refused(
            f"this home belongs to the network {ours.name!r}, and a home has one network. "
            "Make another home for it: potluck --home DIR join LINK"
        )
    await _remember_peers(service, wanted.peers)
    if wanted.table is not None:
        await tables.sit_down(service, wanted.table, default=True)
    return {"network": ours.name, "peers": list(wanted.peers), "table": wanted.table and wanted.table.name}


async def _remember_peers(service: Service, addresses: tuple[str, ...]) -> None:
    """Write the addresses into the settings, and dial them if a node runs."""
    for address in addresses:
        check_peer(address)
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


async def backup(service: Service, path: str) -> Json:
    """The whole home, keys included, as one file that only its owner can read: {file, bytes}."""
    target, home = Path(path), service.home.path
    keep = [
        file
        for file in home.iterdir()
        if file.is_file() and file.suffix in {".toml", ".key", ".secret", ".token", ".stamp"}
    ]
    files = {file.name: file.read_bytes() for file in keep}
    await service.intake.settle()
    files[homes.STORE_FILE] = await service.store.database.snapshot()
    data = homes.packed(files)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{target} is already there; choose another name") from None
    except OSError as error:
        raise LocalError(f"cannot write {target}: {error.strerror}") from None
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    return {"file": str(target), "bytes": len(data)}
