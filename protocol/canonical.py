"""Canonical MessagePack: one value has exactly one encoding, and every other one is refused.

Rules (PROTOCOL.md, "Encoding"): shortest form of every integer, string, binary, array and map
header; floats always 64 bits and finite; map keys are strings in ascending order of code points;
no extension types. Since a decoder that re-encodes gets the same bytes back only for the
canonical form, `pack(unpack(x)) == x` is the whole test.
"""

import math
from typing import Any

import msgpack

from .errors import Invalid
from .identity import SIGNATURE_BYTES

MAX_DEPTH = 16
_PLAIN = frozenset({str, bytes, int, bool, type(None)})

_pack = msgpack.Packer(use_bin_type=True, autoreset=True, strict_types=True).pack


def pack(value: Any) -> bytes:
    """The canonical bytes of a value whose maps are already in order (see `ordered`)."""
    packed: bytes = _pack(value)
    return packed


def unpack(data: bytes) -> Any:
    """The value of canonical bytes; raises Invalid for all others."""
    try:
        value = msgpack.unpackb(data, raw=False, strict_map_key=True, ext_hook=_refuse_ext)
        _check(value, MAX_DEPTH)
        packed = _pack(value)
    except Invalid:
        raise
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException) as error:
        raise Invalid("not MessagePack: {error}", error=error) from None
    if packed != data:
        raise Invalid("not canonical MessagePack")
    return value


def unpack_signed(data: bytes) -> tuple[bytes, bytes]:
    """The parts of canonical [signed, signature], both binary; raises Invalid for all else."""
    head = 3 if data[1:2] == b"\xc4" else 4  # a list of two, and how long the first is
    signed, signature = data[head : -SIGNATURE_BYTES - 2], data[-SIGNATURE_BYTES:]
    if _pack([signed, signature]) != data:
        raise Invalid("not [signed, signature]")
    return signed, signature


def ordered(value: Any) -> Any:
    """The same value with the keys of every map in ascending order, ready for `pack`."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [ordered(item) for item in value]
    return value


def _check(value: Any, depth: int) -> None:
    """Refuse what re-encoding cannot detect: disorder, other keys than strings, NaN, timestamps."""
    kind = type(value)
    if kind in _PLAIN:
        return
    if kind is dict:
        last = ""
        for key in value:
            if type(key) is not str or key <= last:
                raise Invalid("map keys must be non-empty strings in ascending order")
            last = key
        value = value.values()
    elif kind is float and math.isfinite(value):
        return
    elif kind is not list:
        raise Invalid("{name} is not allowed, or not finite", name=kind.__name__)
    if depth == 0:
        raise Invalid("nested deeper than {max_depth} levels", max_depth=MAX_DEPTH)
    for item in value:
        if type(item) not in _PLAIN:
            _check(item, depth - 1)


def _refuse_ext(code: int, _data: bytes) -> Any:
    raise Invalid("extension type {code} is not allowed", code=code)
