"""The keys and secrets of a home, a file each, readable by its owner only.

Wider modes are refused rather than repaired: somebody may have read the keys already, and the
person should know.
"""

import secrets
from pathlib import Path

from potluck.node.errors import Misconfigured

from .files import check_mode
from .paths import KEYS

KEY_BYTES = 32


def fresh_keys() -> dict[str, bytes]:
    """New keys by the names of their files."""
    return {name: secrets.token_bytes(KEY_BYTES) for name in KEYS}


def read_key(path: Path) -> bytes:
    """A key of 32 bytes. Raises Misconfigured if it is missing, damaged or open to others."""
    try:
        check_mode(path, 0o600)
        key = path.read_bytes()
    except FileNotFoundError:
        raise Misconfigured("{path} is missing; put it back from a backup", path=path) from None
    except OSError as error:
        raise Misconfigured(
            "cannot read {path}: {strerror}", path=path, strerror=error.strerror
        ) from None
    if len(key) != KEY_BYTES:
        raise Misconfigured(
            "{path} is damaged ({key} bytes, not {key_bytes}); put it back from a backup",
            path=path,
            key=len(key),
            key_bytes=KEY_BYTES,
        )
    return key
