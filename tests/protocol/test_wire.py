from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from potluck.protocol import canonical, wire
from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.wire import SignedAnnouncement
from tests.builders import announcement, body, host, signed, signed_announcements


@given(signed_announcements())
def test_announcements_come_back_from_the_wire(sent: SignedAnnouncement) -> None:
    received = wire.decode(sent.encoded)

    assert received == sent
    assert received.has_valid_signature()


@given(signed_announcements(), st.data())
def test_no_changed_byte_goes_unnoticed(sent: SignedAnnouncement, data: st.DataObject) -> None:
    encoded = bytearray(sent.encoded)
    position = data.draw(st.integers(0, len(encoded) - 1))
    encoded[position] ^= data.draw(st.integers(1, 255))
    try:
        received = wire.decode(bytes(encoded))
    except RemoteError:
        return

    assert not received.has_valid_signature()


@given(st.binary(max_size=300))
@example(b"")
@example(b"\x92\xc4\x00\xc4\x00")
def test_any_bytes_are_an_announcement_or_a_remote_error(data: bytes) -> None:
    with pytest.raises(RemoteError):
        wire.decode(data)


def test_keys_of_later_versions_are_kept_and_signed() -> None:
    sent = signed(what=body(extra={"later": [1, {"a": b"b"}]}))
    received = wire.decode(sent.encoded).announcement

    assert received.body is not None
    assert received.body.extra == {"later": [1, {"a": b"b"}]}


def test_keys_of_later_versions_in_place_and_source_are_kept_and_ignored() -> None:
    later: dict[str, Any] = {"self": 1, "rank": None, "extra": [{}]}
    fields = wire.body_to_map(body())
    fields["place"] = fields["place"] | later
    fields["source"] = {"id": "x", "stamp": bytes(8)} | later

    read = wire.body_from_map(fields)

    assert read.place is not None
    assert read.source is not None
    assert read.place.extra == read.source.extra == later
    assert wire.body_to_map(read) == fields


def test_a_rule_of_recurrence_is_a_key_of_another_version() -> None:
    read = wire.decode(rewritten({"rrule": "FREQ=DAILY"})).announcement.body

    assert read is not None
    assert read.extra == {"rrule": "FREQ=DAILY"}


def rewritten(change: dict[str, Any] | None = None, **fields: Any) -> bytes:
    """Signed bytes with keys of the body map, or fields by position (f0..f9), replaced."""
    parts = canonical.unpack(signed().signed)
    parts[9] |= change or {}
    for name, value in fields.items():
        parts[int(name[1:])] = value
    return canonical.pack([canonical.pack(canonical.ordered(parts)), b"s" * 64])


@pytest.mark.parametrize(
    "encoded",
    [
        rewritten(f0=2),
        rewritten(f0=True),
        rewritten(f1=b"short"),
        rewritten(f2="text" * 8),
        rewritten(f4=-1),
        rewritten(f6=1.0),
        rewritten(f8=4),
        rewritten(f8=False),
        rewritten(f9=[]),
        rewritten({"title": None}),
        rewritten({"title": 5}),
        rewritten({"end": None}),
        rewritten({"all_day": False}),
        rewritten({"all_day": 1}),
        rewritten({"topics": []}),
        rewritten({"topics": {}}),
        rewritten({"topics": [["music"]]}),
        rewritten({"topics": [1]}),
        rewritten({"access": {}}),
        rewritten({"access": {"wheelchair": None}}),
        rewritten({"place": {}}),
        rewritten({"place": "Café"}),
        rewritten({"place": {"name": "x", "address": None}}),
        rewritten({"source": {"name": "x", "stamp": bytes(8)}}),
        rewritten({"source": {"id": "x"}}),
        rewritten({"source": {"id": "x", "stamp": None}}),
        rewritten({"rsvp_key": "x" * 32}),
        canonical.pack([canonical.pack([1]), b"s" * 64]),
        canonical.pack([b"", b"s" * 64]),
        canonical.pack([signed().signed, b"s" * 63]),
        canonical.pack([signed().signed]),
        canonical.pack({"a": 1}),
    ],
)
def test_bytes_that_no_conforming_node_writes_are_the_peers_fault(encoded: bytes) -> None:
    with pytest.raises(RemoteError) as caught:
        wire.decode(encoded)

    assert caught.value.reason == "undecodable"


def test_a_body_without_title_or_zone_is_refused() -> None:
    for key in ("title", "tz"):
        fields = wire.body_to_map(body())
        del fields[key]
        with pytest.raises(Invalid):
            wire.body_from_map(fields)


def test_what_is_too_long_is_not_even_decoded() -> None:
    with pytest.raises(RemoteError) as caught:
        wire.decode(b"\x00" * (wire.MAX_ENCODED + 1))

    assert caught.value.reason == "oversize"


def test_the_builder_refuses_what_would_be_too_long() -> None:
    long = body(about="x" * 2_400, extra={"later": "y" * 2_000})

    with pytest.raises(Invalid, match="too long; shorten"):
        signed(what=long)


def test_only_the_host_can_sign() -> None:
    with pytest.raises(Invalid, match="only the host"):
        wire.sign(announcement(host(0)), host(1))


def test_another_key_does_not_verify() -> None:
    sent = signed()
    forged = SignedAnnouncement(sent.announcement, sent.signed, host(1).sign(sent.signed), sent.id)

    assert not forged.has_valid_signature()


def test_values_are_frozen() -> None:
    with pytest.raises(AttributeError):
        announcement().slot = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        body().title = "x"  # type: ignore[misc]
