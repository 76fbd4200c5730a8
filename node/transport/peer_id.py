"""Peer ids: https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md."""

from functools import lru_cache

import base58

from potluck.protocol.identity import ED25519_KEY

ED25519_ID = b"\x00\x24" + ED25519_KEY
"""How the peer id of an Ed25519 key begins: an identity multihash of the key's 36 bytes."""


def peer_id_of(key: bytes) -> str:
    """The peer id of an Ed25519 key (32 bytes), as text."""
    return base58.b58encode(ED25519_ID + key).decode()


@lru_cache(maxsize=4096)
def is_peer_id(text: str) -> bool:
    """Whether it is a peer id: base58 of a multihash, of the key itself or of its SHA-256."""
    try:
        decoded = base58.b58decode(text)
    except ValueError:
        return False
    hashed = decoded[:2] == b"\x12\x20" and len(decoded) == 34
    itself = decoded[:1] == b"\0" and len(decoded) in range(3, 45)
    return hashed or (itself and decoded[1] == len(decoded) - 2)
