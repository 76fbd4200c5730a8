"""Vouches: one host says publicly that it has met the keeper of another's key, or takes it back.

`[signed, signature]`, canonical as an announcement is. A host has MAX_VOUCHES registers; in each
the vouch of the highest (expires_at, issued_at, id) wins on every node. A host's own later vouches
never expire earlier (`revise`), so that among them (issued_at, id) decides; what breaks this cannot
outlast what it wanted to replace.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from . import canonical
from .admission import MAX_AHEAD, Outcome, has_birth_stamp
from .announcement import DAY
from .errors import Invalid, RemoteError
from .identity import KEY_BYTES, Identity, verify
from .network import ID_BYTES as NETWORK_BYTES
from .network import Network
from .stamp import NONCE_BYTES
from .wire import VERSION, announcement_id

MAX_VOUCHES = 64
MAX_LIFETIME = 400 * DAY
MAX_ENCODED = 256
_CONTEXT = b"potluck-vouch-v1\0"
_FIELDS = 9


@dataclass(frozen=True, slots=True)
class Vouch:
    """`by` (with its birth nonce) has met the keeper of `host`; not `given`: takes it back.

    `index` is the register, below MAX_VOUCHES; `issued_at` and `expires_at` are UTC seconds. Raises
    Invalid for what no host may say.
    """

    network: bytes
    by: bytes
    nonce: bytes
    index: int
    host: bytes
    issued_at: int
    expires_at: int
    given: bool

    def __post_init__(self) -> None:
        sizes = ((self.network, NETWORK_BYTES), (self.by, KEY_BYTES), (self.host, KEY_BYTES))
        for value, size in (*sizes, (self.nonce, NONCE_BYTES)):
            if type(value) is not bytes or len(value) != size:
                raise Invalid(
                    "a vouch needs {size} bytes where it has {value!r}", size=size, value=value
                )
        for number in (self.index, self.issued_at, self.expires_at):
            if type(number) is not int or not 0 <= number < 1 << 32:
                raise Invalid("the numbers of a vouch are unsigned 32-bit numbers")
        if self.index >= MAX_VOUCHES:
            raise Invalid(
                "a host has {max_vouches} vouches, numbered from 0", max_vouches=MAX_VOUCHES
            )
        if type(self.given) is not bool:
            raise Invalid("a vouch is given or taken back")
        if self.by == self.host:
            raise Invalid("nobody vouches for their own key")
        if not self.issued_at < self.expires_at <= self.issued_at + MAX_LIFETIME:
            raise Invalid(
                "a vouch lasts at most {max_lifetime} days", max_lifetime=MAX_LIFETIME // DAY
            )

    @property
    def register(self) -> tuple[bytes, int]:
        return self.by, self.index


class VouchHead(NamedTuple):
    """The winning vouch of a register; the larger one wins."""

    expires_at: int
    issued_at: int
    id: bytes


@dataclass(frozen=True, slots=True)
class SignedVouch:
    """A vouch with the bytes that were signed; made by `sign_vouch` and `decode_vouch` only."""

    vouch: Vouch
    signed: bytes
    signature: bytes
    id: bytes

    @property
    def encoded(self) -> bytes:
        return canonical.pack([self.signed, self.signature])

    @property
    def issued_at(self) -> int:
        return self.vouch.issued_at

    @property
    def head(self) -> VouchHead:
        """Its place in the order of its register."""
        return VouchHead(self.vouch.expires_at, self.vouch.issued_at, self.id)

    def has_valid_signature(self) -> bool:
        """Whether the host that vouches signed exactly these bytes."""
        return verify(self.vouch.by, _CONTEXT + self.signed, self.signature)


def sign_vouch(vouch: Vouch, identity: Identity) -> SignedVouch:
    """Sign with the key of the host that vouches; raises Invalid if the key is another's."""
    if vouch.by != identity.key:
        raise Invalid("only the host that vouches can sign its vouch")
    signed = canonical.pack([VERSION, *(getattr(vouch, each.name) for each in fields(vouch))])
    return SignedVouch(vouch, signed, identity.sign(_CONTEXT + signed), announcement_id(signed))


def is_vouch(encoded: bytes) -> bool:
    """Whether these are a vouch's bytes, not an announcement's: its list has nine items."""
    return encoded[:2] == b"\x92\xc4" and encoded[3:4] == b"\x99"


def decode_vouch(encoded: bytes) -> SignedVouch:
    """The vouch of these bytes; raises RemoteError if no conforming node wrote them.

    Neither the signature nor the stamp is checked here: `admit_vouch` does.
    """
    if len(encoded) > MAX_ENCODED:
        raise RemoteError(
            "oversize",
            "a vouch of {encoded} bytes; at most {max_encoded}",
            encoded=len(encoded),
            max_encoded=MAX_ENCODED,
        )
    try:
        signed, signature = canonical.unpack_signed(encoded)
        parts = canonical.unpack(signed)
        if type(parts) is not list or len(parts) != _FIELDS:
            raise Invalid("a vouch has nine fields")
        if type(parts[0]) is not int or parts[0] != VERSION:
            raise Invalid("a version that is not known here")
        return SignedVouch(Vouch(*parts[1:]), signed, signature, announcement_id(signed))
    except Invalid as error:
        raise RemoteError("undecodable", "a vouch cannot be read: {error}", error=error) from None


def admit_vouch(
    signed: SignedVouch,
    network: Network,
    head: VouchHead | None,
    now: int,
    is_genuine: Callable[[], bool],
) -> Outcome:
    """Decide about a decoded vouch, where `head` wins its register so far. FRESH: keep, pass on.

    `is_genuine` says whether its signature holds. Raises RemoteError for an offence.
    """
    vouch = signed.vouch
    if vouch.network != network.id:
        raise RemoteError("network", "a vouch of another network")
    if vouch.expires_at <= now:
        return Outcome.EXPIRED
    if vouch.issued_at > now + MAX_AHEAD:
        return Outcome.FUTURE
    if head is not None and head.id == signed.id:
        return Outcome.SEEN
    if not has_birth_stamp(network.id, vouch.by, network.stamp_bits, vouch.nonce):
        raise RemoteError("stamp", "a host key without a birth stamp")
    if not is_genuine():
        raise RemoteError("signature", "a vouch that its host did not sign")
    if head is not None and signed.head < head:
        return Outcome.SUPERSEDED
    return Outcome.FRESH


def revise(previous: Vouch, *, given: bool, now: int, expires_at: int) -> Vouch:
    """The next vouch of a register for the same host: later, and never expiring earlier."""
    issued_at = max(now, previous.issued_at + 1)
    return replace(
        previous,
        issued_at=issued_at,
        expires_at=max(previous.expires_at, expires_at),
        given=given,
    )
