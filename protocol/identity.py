"""Host keys: Ed25519 key pairs with libsodium's rules (RFC 8032, strict verification)."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from .errors import Invalid

KEY_BYTES = 32
WORDS = 6
_BITS_A_WORD = 11
SEED_BYTES = 32
SIGNATURE_BYTES = 64
ED25519_KEY = b"\x08\x01\x12\x20"
"""What libp2p writes before the 32 bytes of such a key (its PublicKey as Protobuf)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A host's key pair, derived from 32 secret bytes."""

    seed: bytes = field(repr=False)
    key: bytes = field(init=False)
    _secret: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_BYTES:
            raise Invalid(
                "a host key's seed has {seed_bytes} bytes, not {seed}",
                seed_bytes=SEED_BYTES,
                seed=len(self.seed),
            )
        key, secret = crypto_sign_seed_keypair(self.seed)
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "_secret", secret)

    @classmethod
    def from_seed(cls, seed: bytes) -> Identity:
        """The key pair of these 32 bytes; raises Invalid for any other length."""
        return cls(seed)

    def sign(self, message: bytes) -> bytes:
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message is by the owner of this public key."""
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def spoken_numbers(key: bytes) -> tuple[int, ...]:
    """WORDS numbers below 2,048 by which two people compare a key aloud, as words of BIP-39.

    They are the first 66 bits of BLAKE2b-256(key, person = "potluck.words"). Each reads the words
    of their own key, so that who swaps keys has to find one whose words are the same.
    """
    digest = blake2b(key, digest_size=32, person=b"potluck.words").digest()
    bits = int.from_bytes(digest, "big") >> (256 - WORDS * _BITS_A_WORD)
    mask = (1 << _BITS_A_WORD) - 1
    return tuple(bits >> _BITS_A_WORD * place & mask for place in reversed(range(WORDS)))
