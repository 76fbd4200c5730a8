"""Signatures of which implementations of Ed25519 are known to judge differently.

A host that made one of these could set nodes against each other: some would pass it on, and the
others would count it against them. So PROTOCOL.md, "Keys", says which hold. (The question:
Chalkias, Garillot and Nikolaenko, "Taming the many EdDSAs", 2020.)
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha512
from typing import Any

from nacl.bindings import (
    crypto_core_ed25519_add,
    crypto_core_ed25519_scalar_add,
    crypto_core_ed25519_scalar_mul,
    crypto_core_ed25519_scalar_reduce,
    crypto_scalarmult_ed25519_base_noclamp,
)

from potluck.protocol.identity import verify

MESSAGE = b"potluck"
ORDER = 2**252 + 27742317777372353535851937790883648493
EIGHTH = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
"""A point of order 8."""
IDENTITY = (1).to_bytes(32, "little")
SECRET, NONCE = ((number).to_bytes(32, "little") for number in (123_456_789, 987_654_321))


def cases() -> list[dict[str, Any]]:
    """Name, key, message, signature, and whether it holds; bytes are in hexadecimal."""
    return [
        {
            "name": name,
            "key": key.hex(),
            "message": MESSAGE.hex(),
            "signature": signature.hex(),
            "holds": verify(key, MESSAGE, signature),
        }
        for name, key, signature in _made()
    ]


def _made() -> Iterator[tuple[str, bytes, bytes]]:
    key, point = _times_base(SECRET), _times_base(NONCE)
    mixed = crypto_core_ed25519_add(key, EIGHTH)
    usual = _signed(key, point)
    yield "as it should be", key, usual
    yield (
        "S not below the order of the group",
        key,
        usual[:32] + _little(_number(usual[32:]) + ORDER),
    )
    yield "R with a part of order 8", key, _signed(key, crypto_core_ed25519_add(point, EIGHTH))
    yield "a key with a part of order 8, which shows", mixed, _signed_where(mixed, shows=True)
    yield (
        "a key with a part of order 8, which does not show",
        mixed,
        _signed_where(mixed, shows=False),
    )
    yield "a key of order 1", IDENTITY, point + NONCE
    yield "a key of order 1, written as y + p", _little(2**255 - 18), point + NONCE
    yield "R of order 1", key, _signed(key, IDENTITY, nonce=bytes(32))
    yield "R of order 8", key, _signed(key, EIGHTH, nonce=bytes(32))


def _signed(key: bytes, point: bytes, nonce: bytes = NONCE) -> bytes:
    """R, and S = r + hash × secret."""
    hashed = crypto_core_ed25519_scalar_mul(_hash(point, key), SECRET)
    return point + crypto_core_ed25519_scalar_add(nonce, hashed)


def _signed_where(key: bytes, *, shows: bool) -> bytes:
    """With the first r whose hash is (or not) a multiple of 8: it does away with the small part."""
    number = 1
    while (_number(_hash(_times_base(_little(number)), key)) % 8 == 0) is shows:
        number += 1
    nonce = _little(number)
    return _signed(key, _times_base(nonce), nonce)


def _hash(point: bytes, key: bytes) -> bytes:
    return crypto_core_ed25519_scalar_reduce(sha512(point + key + MESSAGE).digest())


def _times_base(scalar: bytes) -> bytes:
    return crypto_scalarmult_ed25519_base_noclamp(scalar)


def _number(little: bytes) -> int:
    return int.from_bytes(little, "little")


def _little(number: int) -> bytes:
    return number.to_bytes(32, "little")
