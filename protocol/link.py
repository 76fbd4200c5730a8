"""Links that bring a person somewhere: `potluck:network?…`, `potluck:table?…`, `potluck:host?…`.

Both are short enough for a QR code. A link says everything in one way only, apart from the order
of its fields, the case of base32 and which characters are percent-encoded.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from .errors import Invalid
from .identity import KEY_BYTES
from .network import Network
from .table import Table, format_number, parse_number
from .text import check_line

MAX_LINK = 8192
MAX_PEERS = 8
MAX_MULTIADDR = 256

MAX_HOST_NAME = 64

_TABLE, _NETWORK, _HOST = "potluck:table?", "potluck:network?", "potluck:host?"
_TABLE_FIELDS = ("n", "k", "tz", "lat", "lon", "km", "days", "hand")
_PLAIN = "/:"  # besides letters, digits and -._~, what needs no percent-encoding
_HEX_KEY = re.compile("[0-9a-f]{64}")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation to a network: the network, multiaddrs of peers, perhaps a default table."""

    network: Network
    peers: tuple[str, ...] = ()
    table: Table | None = None

    def __post_init__(self) -> None:
        if len(self.peers) > MAX_PEERS:
            raise Invalid("an invitation names at most {max_peers} peers", max_peers=MAX_PEERS)
        for peer in self.peers:
            if not (peer.isascii() and peer.isprintable() and len(peer) <= MAX_MULTIADDR):
                raise Invalid("a peer's address is short printable ASCII")
            if not peer.startswith("/") or "/p2p/" not in peer or " " in peer:
                raise Invalid(
                    "a peer's address is a multiaddr that ends in /p2p/ and the peer's id"
                )


@dataclass(frozen=True, slots=True)
class HostCard:
    """A host's key (32 bytes) with the name by which its keeper is known to friends."""

    key: bytes
    name: str

    def __post_init__(self) -> None:
        if len(self.key) != KEY_BYTES:
            raise Invalid("a host's key has {n} bytes", n=KEY_BYTES)
        check_line("a name", self.name, MAX_HOST_NAME)


def format_table(table: Table) -> str:
    numbers = (format_number(table.lat), format_number(table.lon), format_number(table.km))
    counts = (str(table.days), str(table.hand))
    values = (table.name, base32(table.secret), table.tz, *numbers, *counts)
    return _TABLE + _query(list(zip(_TABLE_FIELDS, values, strict=True)))


def format_invitation(invitation: Invitation) -> str:
    network = invitation.network
    fields = [("n", network.name), ("b", str(network.stamp_bits))]
    if network.secret is not None:
        fields.append(("k", base32(network.secret)))
    fields += [("peer", peer) for peer in invitation.peers]
    if invitation.table is not None:
        fields.append(("table", format_table(invitation.table)))
    return _NETWORK + _query(fields)


def format_host(card: HostCard) -> str:
    return _HOST + _query([("k", card.key.hex()), ("n", card.name)])


def parse(link: str) -> Table | Invitation | HostCard:
    """What a link brings: raises Invalid, saying what is wrong, for anything but a whole link."""
    if len(link) > MAX_LINK:
        raise Invalid("the link is longer than {max_link} characters", max_link=MAX_LINK)
    if link.startswith(_TABLE):
        return _table(_fields(link[len(_TABLE) :]))
    if link.startswith(_NETWORK):
        return _invitation(_fields(link[len(_NETWORK) :]))
    if link.startswith(_HOST):
        return _host(_fields(link[len(_HOST) :]))
    raise Invalid("a link begins with potluck:network?, potluck:table? or potluck:host?")


def base32(secret: bytes) -> str:
    """RFC 4648 base32 in capitals, without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def parse_base32(text: str) -> bytes:
    """The bytes of unpadded base32 of either case; Invalid for anything else."""
    capitals = text.upper() if text.isascii() else ""  # of ı and ſ, too, the capital is a letter
    try:
        secret = base64.b32decode(capitals + "=" * (-len(capitals) % 8))
    except (binascii.Error, ValueError):
        secret = b""
    if not secret or base32(secret) != capitals:
        raise Invalid("a secret is written in base32: letters A to Z and digits 2 to 7")
    return secret


def _query(fields: Sequence[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value, safe=_PLAIN)}" for name, value in fields)


def _fields(query: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        if not equals:
            raise Invalid("the link has a part that is no field: {part!r}", part=part)
        fields.setdefault(name, []).append(_decoded(value))
    return fields


def _decoded(value: str) -> str:
    if _BAD_ESCAPE.search(value):
        raise Invalid("the link has a % that stands for nothing")
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise Invalid("the link is not UTF-8") from None


def _table(fields: dict[str, list[str]]) -> Table:
    value = _once_each("table", fields, required=_TABLE_FIELDS)
    lat, lon, km = (parse_number(value[name]) for name in ("lat", "lon", "km"))
    days, hand = _whole(value["days"]), _whole(value["hand"])
    return Table(value["n"], parse_base32(value["k"]), value["tz"], lat, lon, km, days, hand)


def _invitation(fields: dict[str, list[str]]) -> Invitation:
    peers = tuple(fields.pop("peer", ()))
    value = _once_each("network", fields, required=("n", "b"), optional=("k", "table"))
    secret = parse_base32(value["k"]) if "k" in value else None
    table = parse(value["table"]) if "table" in value else None
    if table is not None and not isinstance(table, Table):
        raise Invalid("an invitation's table is a table's link")
    return Invitation(Network(value["n"], _whole(value["b"]), secret), peers, table)


def _host(fields: dict[str, list[str]]) -> HostCard:
    value = _once_each("host", fields, required=("k", "n"))
    if not _HEX_KEY.fullmatch(value["k"]):
        raise Invalid("a host's key is 64 hexadecimal digits")
    return HostCard(bytes.fromhex(value["k"]), value["n"])


def _once_each(
    kind: str, fields: dict[str, list[str]], required: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, str]:
    """The fields by name: all of the required ones, none unknown, none twice."""
    for name, values in fields.items():
        if name not in required and name not in optional:
            raise Invalid("a {kind} link has no field {name!r}", kind=kind, name=name)
        if len(values) != 1:
            raise Invalid("the field {name!r} is there more than once", name=name)
    for name in required:
        if name not in fields:
            raise Invalid(
                "the {kind} link lacks its field {name!r}: it is cut off. Take all of it, and in a "
                "terminal quote the link, as in 'LINK'",
                kind=kind,
                name=name,
            )
    return {name: values[0] for name, values in fields.items()}


def _whole(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 9 and str(int(text)) == text:
        return int(text)
    raise Invalid("{text!r} is not a whole number", text=text)
