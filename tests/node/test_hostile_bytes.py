"""Whatever bytes a peer sends, a decoder says RemoteError or reads them; nothing else happens."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from libp2p.pubsub.pb import rpc_pb2

from potluck.node import limits
from potluck.node.peering import peer_record as record
from potluck.node.replication import session
from potluck.node.transport import channel
from potluck.node.transport.guards.rpc import check_envelope, parse_rpc
from potluck.protocol import canonical
from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.identity import Identity
from tests.builders import NETWORK, NOW
from tests.node.attacker import message
from tests.node.loopback import TOPIC
from tests.node.offences import OFFENCES, control

RPCS = [
    rpc_pb2.RPC(publish=[message()]).SerializeToString(),
    control([TOPIC], [TOPIC], [(TOPIC, [b"id"])], [b"id"]).SerializeToString(),
    *(rpc if isinstance(rpc, bytes) else rpc.SerializeToString() for _, rpc in OFFENCES.values()),
]
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 2**64 - 1)
    | st.binary(max_size=40)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5),
)


@st.composite
def damaged(draw: st.DrawFn, originals: list[bytes]) -> bytes:
    """One of these with some bytes replaced, put in or left out; or any bytes at all."""
    original = draw(st.sampled_from(originals) | st.binary(max_size=200))
    at = draw(st.integers(0, len(original)))
    return original[:at] + draw(st.binary(max_size=9)) + original[at + draw(st.integers(0, 9)) :]


@given(damaged([one[:2000] for one in RPCS]))
def test_gossip(frame: bytes) -> None:
    with suppress(RemoteError):
        rpc = parse_rpc(frame, {TOPIC})
        assert len(rpc.publish) <= limits.MAX_MESSAGES_PER_RPC
        for one in rpc.publish:
            check_envelope(one)


@given(
    damaged(
        [record.write(Identity.from_seed(bytes(32)), NETWORK, ["/ip4/1.2.3.4/tcp/1"], NOW).encoded]
    )
)
def test_peer_records(encoded: bytes) -> None:
    with suppress(RemoteError):
        record.read(encoded, NETWORK)


@pytest.mark.parametrize(
    ("position", "value"), [(0, True), (0, 2), (3, True), (3, -1), (3, 1 << 32), (4, [1])]
)
def test_a_peer_record_of_another_form_is_an_offence(position: int, value: object) -> None:
    identity = Identity.from_seed(bytes(32))
    fields = [1, NETWORK.id, identity.key, NOW, []]
    fields[position] = value
    signed = canonical.pack(fields)
    signature = identity.sign(b"potluck-peer-record-v1\0" + signed)

    with pytest.raises(RemoteError, match="cannot be read"):
        record.read(canonical.pack([signed, signature]), NETWORK)


@given(st.lists(values, max_size=6))
def test_sync_hellos(value: list[object]) -> None:
    for read in (session.read_hello, session.read_welcome):
        with suppress(RemoteError):
            read(value)


@pytest.mark.parametrize("value", [None, 1, [], [True, NOW], [1.0, NOW], ["1"], {"1": 1}])
def test_a_hello_without_a_version_is_an_offence(value: object) -> None:
    with pytest.raises(RemoteError):
        channel.read_version(value)


def test_another_version_is_no_offence() -> None:
    assert channel.read_version([1, "x"]) == ["x"]
    assert channel.read_version([2, "x"]) is None


@pytest.mark.parametrize(
    "values",
    [
        [True, NOW, None, 0],
        [NOW, False, None, 0],
        [NOW, NOW, [True, bytes(32)], 0],
        [NOW, NOW, None, True],
        [NOW, NOW, None, 2],
        [NOW, NOW, None],
        [NOW],
    ],
)
def test_what_is_no_time_is_no_sync_hello(values: list[object]) -> None:
    with pytest.raises(RemoteError):
        session.read_hello(values)


@pytest.mark.parametrize("more", [True, False, 3, -1, None])
def test_what_follows_is_a_number(more: object) -> None:
    with pytest.raises(RemoteError):
        session.give_frame([more, [], []])


@given(values)
def test_values_of_sync_frames(value: object) -> None:
    try:
        packed = canonical.pack(value)
    except Invalid:
        return
    unpacked = canonical.unpack(packed)
    with suppress(RemoteError):
        more, announcements, missing = session.give_frame(unpacked)
        assert more in set(session.More)
        assert all(isinstance(one, bytes) for one in [*announcements, *missing])


@pytest.mark.parametrize(
    "text", ["", "/ip4/1.2.3.4", "/ip4/1.2.3.4/udp/1", "1.2.3.4:5", "/ip4/1.2.3.4/tcp/1/p2p/x"]
)
def test_a_record_passes_over_what_is_no_address(text: str) -> None:
    written = record.write(Identity.from_seed(bytes(32)), NETWORK, [text], NOW)

    assert record.read(written.encoded, NETWORK).addresses == ()
