"""Announcements as bytes: `[signed, signature]`, both layers canonical or refused.

The signature covers the exact bytes of `signed`, never a re-serialisation, so a node passes on
what it received and the id never depends on an encoder.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from . import canonical
from .announcement import (
    BODY_KEYS,
    PLACE_KEYS,
    SOURCE_KEYS,
    Announcement,
    Body,
    Place,
    Source,
    Status,
)
from .errors import Invalid, RemoteError
from .identity import Identity, verify

VERSION = 1
MAX_ENCODED = 4_096
ID_BYTES = 32
_SIGNING_CONTEXT = b"potluck-announcement-v1\0"
_PLAIN_KEYS = (
    "title", "tz", "start", "end", "about", "lang", "price", "capacity", "url", "series",
    "rsvp_key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedAnnouncement:
    """An announcement with the exact bytes that were signed.

    Made by `sign` and `decode` only, so that the value and the bytes agree. `id` is 32 bytes.
    The signature of a decoded one is still to be checked: see `has_valid_signature`.
    """

    announcement: Announcement
    signed: bytes
    signature: bytes
    id: bytes

    @property
    def encoded(self) -> bytes:
        return canonical.pack([self.signed, self.signature])

    @property
    def issued_at(self) -> int:
        return self.announcement.issued_at

    def has_valid_signature(self) -> bool:
        """Whether the host named inside signed exactly these bytes."""
        return verify(self.announcement.host, _SIGNING_CONTEXT + self.signed, self.signature)


def announcement_id(signed: bytes) -> bytes:
    """The 32 bytes that name an announcement everywhere."""
    return blake2b(signed, digest_size=ID_BYTES, person=b"potluck.id").digest()


def sign(announcement: Announcement, identity: Identity) -> SignedAnnouncement:
    """Sign with the host's key; raises Invalid if the key is another's or the result too long."""
    if announcement.host != identity.key:
        raise Invalid("only the host can sign its announcement")
    signed = encode(announcement)
    signature = identity.sign(_SIGNING_CONTEXT + signed)
    result = SignedAnnouncement(announcement, signed, signature, announcement_id(signed))
    excess = len(result.encoded) - MAX_ENCODED
    if excess > 0:
        raise Invalid(
            "the announcement is {excess} bytes too long; shorten its text", excess=excess
        )
    return result


def decode(encoded: bytes) -> SignedAnnouncement:
    """The announcement of these bytes; raises RemoteError if no conforming node wrote them.

    Neither the signature nor the stamp is checked here: `admission.admit` does, in order.
    """
    if len(encoded) > MAX_ENCODED:
        words = f"an announcement of {len(encoded)} bytes; at most {MAX_ENCODED}"
        raise RemoteError("oversize", words)
    try:
        signed, signature = canonical.unpack_signed(encoded)
        announcement = decode_signed(signed)
        return SignedAnnouncement(announcement, signed, signature, announcement_id(signed))
    except Invalid as error:
        raise RemoteError(
            "undecodable", "an announcement cannot be read: {error}", error=error
        ) from None


def encode(announcement: Announcement) -> bytes:
    body = None if announcement.body is None else body_to_map(announcement.body)
    return canonical.pack(
        [
            VERSION,
            announcement.network,
            announcement.host,
            announcement.nonce,
            announcement.slot,
            announcement.revision,
            announcement.issued_at,
            announcement.expires_at,
            int(announcement.status),
            body,
        ]
    )


def decode_signed(signed: bytes) -> Announcement:
    """The announcement of canonical signed bytes; raises Invalid for all others."""
    fields = canonical.unpack(signed)
    if type(fields) is not list or len(fields) != 10:
        raise Invalid("an announcement has ten fields")
    version, network, host, nonce, slot, revision, issued_at, expires_at, status, body = fields
    if type(version) is not int or version != VERSION:
        raise Invalid("version {version!r} is not known here", version=version)
    if type(status) is not int or not 0 <= status < len(Status):
        raise Invalid("status {status!r} is not known here", status=status)
    body = None if body is None else body_from_map(body)
    return Announcement(
        network, host, nonce, slot, revision, issued_at, expires_at, Status(status), body
    )


def body_to_map(body: Body) -> dict[str, Any]:
    """The body as the ordered map on the wire: what is not said is left out, never nil."""
    fields: dict[str, Any] = dict(body.extra)
    for key in _PLAIN_KEYS:
        value = getattr(body, key)
        if value is not None:
            fields[key] = value
    if body.all_day:
        fields["all_day"] = True
    if body.topics:
        fields["topics"] = body.topics
    if body.access:
        fields["access"] = dict(body.access)
    if body.place is not None:
        fields["place"] = _present(body.place, PLACE_KEYS)
    if body.source is not None:
        fields["source"] = _present(body.source, SOURCE_KEYS)
    ordered: dict[str, Any] = canonical.ordered(fields)
    return ordered


def body_from_map(fields: object) -> Body:
    """The body of a map; raises Invalid if a known key breaks its rules."""
    if type(fields) is not dict:
        raise Invalid("a body must be a map")
    known = {key: fields[key] for key in _PLAIN_KEYS if key in fields}
    if None in known.values() or fields.get("all_day", True) is not True:
        raise Invalid("what is not said must be left out")
    if "title" not in known or "tz" not in known:
        raise Invalid("a body needs title and tz")
    if "place" in fields:
        known["place"] = Place(**_parts("place", fields["place"], {"name"}, PLACE_KEYS))
    if "source" in fields:
        known["source"] = Source(**_parts("source", fields["source"], {"id", "stamp"}, SOURCE_KEYS))
    if "topics" in fields:
        known["topics"] = tuple(_not_empty("topics", fields["topics"], list))
    if "access" in fields:
        known["access"] = _not_empty("access", fields["access"], dict)
    if len(fields) > len(known) + ("all_day" in fields):
        known["extra"] = {key: fields[key] for key in fields if key not in BODY_KEYS}
    return Body(all_day="all_day" in fields, **known)


def _present(value: Place | Source, names: frozenset[str]) -> dict[str, Any]:
    fields = {name: getattr(value, name) for name in names}
    present = {name: field for name, field in fields.items() if field is not None}
    return present | dict(value.extra)


def _parts(name: str, fields: object, needed: set[str], names: frozenset[str]) -> dict[str, Any]:
    """The known keys of a map as arguments, and the others as `extra`."""
    if type(fields) is not dict or not needed <= fields.keys():
        raise Invalid(
            "{name} must be a map with {needed}", name=name, needed=" and ".join(sorted(needed))
        )
    known = {key: value for key, value in fields.items() if key in names}
    if None in known.values():
        raise Invalid("what is not said must be left out")
    if len(known) < len(fields):
        known["extra"] = {key: value for key, value in fields.items() if key not in names}
    return known


def _not_empty(name: str, value: Any, kind: type) -> Any:
    if type(value) is not kind or not value:
        raise Invalid(
            "{name} must be a {name2} that is not empty, or left out",
            name=name,
            name2=kind.__name__,
        )
    return value
