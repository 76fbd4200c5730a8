"""Stamps: a price paid once for each host key, and once for each source that a host imports.

A stamp is a nonce for which BLAKE2b-256(what it is for + nonce) begins with a number of zero bits
that the network names (hashcash: Back, 2002). It slows floods of new keys and of invented sources;
it is no defence against somebody determined (PROTOCOL.md, "Stamps").
"""

from dataclasses import dataclass
from hashlib import blake2b

NONCE_BYTES = 8
SOURCE_DISCOUNT = 4
"""By so many bits a source is cheaper than a host key."""

_BIRTH, _SOURCE = b"potluck.stamp", b"potluck.source"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a stamp must be found for, and with how many zero bits."""

    item: bytes
    person: bytes
    bits: int

    def zero_bits(self, nonce: bytes) -> int:
        """How many zero bits this nonce earns."""
        digest = blake2b(self.item + nonce, digest_size=32, person=self.person).digest()
        return 256 - int.from_bytes(digest, "big").bit_length()

    def is_met(self, nonce: bytes) -> bool:
        return self.zero_bits(nonce) >= self.bits

    def search(self, start: int, count: int) -> bytes | None:
        """The first stamp among `count` nonces from `start` on (u64), or None.

        Called again with the next `start`, so that the caller can show progress and stop.
        A stamp takes 2**bits tries on average.
        """
        attempt_of = blake2b(self.item, digest_size=32, person=self.person).copy
        largest = ((1 << (256 - self.bits)) - 1).to_bytes(32, "big")
        for number in range(start, start + count):
            nonce = number.to_bytes(NONCE_BYTES, "big")
            attempt = attempt_of()
            attempt.update(nonce)
            if attempt.digest() <= largest:  # bytes compare as the numbers that they write
                return nonce
        return None


def birth(network_id: bytes, host: bytes, stamp_bits: int) -> Challenge:
    """What a host pays once for its key on a network of so many stamp bits."""
    return Challenge(network_id + host, _BIRTH, stamp_bits)


def of_source(network_id: bytes, host: bytes, source_id: str, stamp_bits: int) -> Challenge:
    """What a host pays once for each source that it imports there."""
    bits = max(0, stamp_bits - SOURCE_DISCOUNT)
    return Challenge(network_id + host + source_id.encode(), _SOURCE, bits)
