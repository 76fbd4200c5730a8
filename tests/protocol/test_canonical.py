from __future__ import annotations

import struct
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol import canonical
from potluck.protocol.errors import Invalid

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    | st.binary(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcé", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
def test_every_value_has_one_encoding_that_comes_back(value: Any) -> None:
    packed = canonical.pack(canonical.ordered(value))

    assert canonical.unpack(packed) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_canonical_or_refused(data: bytes) -> None:
    try:
        value = canonical.unpack(data)
    except Invalid:
        return

    assert canonical.pack(value) == data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("integer 1 in two bytes", b"\xcc\x01"),
        ("negative integer too long", b"\xd1\xff\xff"),
        ("short text with a long header", b"\xd9\x01a"),
        ("short binary with a 16-bit length", b"\xc5\x00\x01a"),
        ("short array with a long header", b"\xdc\x00\x01\x01"),
        ("short map with a long header", b"\xde\x00\x01\xa1a\x01"),
        ("32-bit float", b"\xca" + struct.pack(">f", 1.5)),
        ("not a number", b"\xcb" + struct.pack(">d", float("nan"))),
        ("infinity", b"\xcb" + struct.pack(">d", float("inf"))),
        ("keys in disorder", b"\x82\xa1b\x01\xa1a\x01"),
        ("a key twice", b"\x82\xa1a\x01\xa1a\x02"),
        ("an empty key", b"\x81\xa0\x01"),
        ("an integer as key", b"\x81\x01\x01"),
        ("binary as key", b"\x81\xc4\x01a\x01"),
        ("extension type", msgpack.packb(msgpack.ExtType(5, b"x"))),
        ("timestamp", msgpack.packb(msgpack.Timestamp(1, 0))),
        ("timestamp in an array", b"\x91" + msgpack.packb(msgpack.Timestamp(1, 0))),
        ("timestamp in a map", b"\x81\xa1a" + msgpack.packb(msgpack.Timestamp(1, 0))),
        ("not a number in an array", b"\x91\xcb" + struct.pack(">d", float("nan"))),
        ("bytes after the end", b"\x01\x01"),
        ("an end too early", b"\x92\x01"),
        ("nothing", b""),
        ("text that is not UTF-8", b"\xa1\xff"),
        ("the reserved byte", b"\xc1"),
        ("nested 17 deep", b"\x91" * 17 + b"\x01"),
        ("nested 4,000 deep", b"\x91" * 4000 + b"\x01"),
    ],
)
def test_what_is_not_canonical_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(Invalid):
        canonical.unpack(data)


def test_sixteen_levels_are_enough_for_everybody() -> None:
    nested = b"\x91" * 16 + b"\x01"

    assert canonical.pack(canonical.unpack(nested)) == nested
