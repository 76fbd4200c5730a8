"""Canonical MessagePack: one value has exactly one encoding, and every other one is refused.

Rules (PROTOCOL.md, "Encoding"): shortest form of every integer, string, binary, array and map
header; floats always 64 bits and finite; map keys are strings in ascending order of code points;
no extension types. Since a decoder that re-encodes gets the same bytes back only for the
canonical form, `pack(unpack(x)) == x` is the whole test.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import msgpack

from .errors import Invalid

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
        _check_keys(value)
        _check_all(value.values(), depth)
    elif kind is list:
        _check_all(value, depth)
    elif kind is not float:
        raise Invalid("{name} is not allowed", name=kind.__name__)
    elif not math.isfinite(value):
        raise Invalid("a float is not finite")


def _check_all(items: Iterable[Any], depth: int) -> None:
    if depth == 0:
        raise Invalid("nested deeper than {max_depth} levels", max_depth=MAX_DEPTH)
    for item in items:
        if type(item) not in _PLAIN:
            _check(item, depth - 1)


def _check_keys(fields: dict[Any, Any]) -> None:
    last = ""
    for key in fields:
        if type(key) is not str or key <= last:
            raise Invalid("map keys must be non-empty strings in ascending order")
        last = key


def _refuse_ext(code: int, _data: bytes) -> Any:
    raise Invalid("extension type {code} is not allowed", code=code)
