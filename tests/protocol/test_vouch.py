"""Vouches: their bytes, what is refused, and which of several wins."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol import canonical, stamp
from potluck.protocol.admission import MAX_AHEAD, Outcome
from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.identity import Identity
from potluck.protocol.network import Network
from potluck.protocol.vouch import (
    MAX_ENCODED,
    MAX_LIFETIME,
    MAX_VOUCHES,
    SignedVouch,
    Vouch,
    VouchHead,
    admit_vouch,
    decode_vouch,
    revise,
    sign_vouch,
)
from tests.vectors import generate_trust

NETWORK = Network("test", 4)
NOW = 1_800_000_000
ADA, BO = Identity.from_seed(b"a" * 32), Identity.from_seed(b"b" * 32)
NONCE = stamp.birth(NETWORK.id, ADA.key, NETWORK.stamp_bits).search(0, 1 << 16) or bytes(8)
VOUCH = Vouch(NETWORK.id, ADA.key, NONCE, 0, BO.key, NOW, NOW + MAX_LIFETIME, True)


def vouched(**said: object) -> SignedVouch:
    return sign_vouch(replace(VOUCH, **said), ADA)  # type: ignore[arg-type]


def admit(signed: SignedVouch, network: Network, head: VouchHead | None, now: int) -> Outcome:
    return admit_vouch(signed, network, head, now, signed.has_valid_signature)


def offence(signed: SignedVouch, network: Network = NETWORK) -> str:
    with pytest.raises(RemoteError) as caught:
        admit(signed, network, None, NOW)
    return caught.value.reason


@given(
    index=st.integers(0, MAX_VOUCHES - 1), lifetime=st.integers(1, MAX_LIFETIME), yes=st.booleans()
)
def test_what_is_signed_is_read_again(*, index: int, lifetime: int, yes: bool) -> None:
    signed = vouched(index=index, expires_at=NOW + lifetime, given=yes)

    assert decode_vouch(signed.encoded) == signed
    assert admit(signed, NETWORK, None, NOW) is Outcome.FRESH


@pytest.mark.parametrize(
    "said",
    [
        {"index": MAX_VOUCHES},
        {"index": True},
        {"index": -1},
        {"issued_at": 1 << 32, "expires_at": (1 << 32) + 1},
        {"host": ADA.key},
        {"host": bytes(31)},
        {"expires_at": NOW},
        {"expires_at": NOW + MAX_LIFETIME + 1},
        {"given": 1},
        {"issued_at": -1},
    ],
    ids=str,
)
def test_what_no_host_may_say_is_no_value(said: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        replace(VOUCH, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\x92\xc4\x00\xc4\x00",
        canonical.pack([canonical.pack([1]), bytes(64)]),
        vouched().encoded + b"\0",
        canonical.pack(
            [canonical.pack([True, *canonical.unpack(vouched().signed)[1:]]), bytes(64)]
        ),
        bytes(300),
    ],
    ids=["nothing", "empty", "short", "longer", "version", "huge"],
)
def test_what_no_conforming_node_wrote_is_an_offence(encoded: bytes) -> None:
    with pytest.raises(RemoteError):
        decode_vouch(encoded)


def test_what_is_too_long_is_not_even_read() -> None:
    with pytest.raises(RemoteError) as caught:
        decode_vouch(bytes(MAX_ENCODED + 1))
    assert caught.value.reason == "oversize"


def test_the_checks_of_admission() -> None:
    signed = vouched()

    assert offence(signed, Network("other", 4)) == "network"
    assert offence(vouched(nonce=bytes(8))) == "stamp"
    assert offence(replace(signed, signature=bytes(64))) == "signature"
    assert admit(signed, NETWORK, None, signed.vouch.expires_at) is Outcome.EXPIRED
    assert admit(signed, NETWORK, None, NOW - MAX_AHEAD - 1) is Outcome.FUTURE
    assert admit(signed, NETWORK, None, NOW - MAX_AHEAD) is Outcome.FRESH
    assert admit(signed, NETWORK, signed.head, NOW) is Outcome.SEEN


def test_ten_thousand_free_keys_vouch_for_nothing() -> None:
    """A key without a birth stamp, whatever it signs, costs its sender and nobody else."""
    free = Identity.from_seed(b"f" * 32)
    nonce = next(
        bytes([number]) * 8
        for number in range(256)
        if not stamp.birth(NETWORK.id, free.key, 4).is_met(bytes([number]) * 8)
    )
    signed = sign_vouch(replace(VOUCH, by=free.key, nonce=nonce), free)

    assert offence(signed) == "stamp"


def test_the_order_of_arrival_does_not_matter() -> None:
    """Also of a revocation that expires before what it takes back: that one loses everywhere."""
    first = vouched()
    taken = sign_vouch(revise(VOUCH, given=False, now=NOW + 5, expires_at=NOW + 9), ADA)
    early = vouched(given=False, issued_at=NOW + 7, expires_at=NOW + 20)

    for order in permutations([first, taken, early]):
        head: VouchHead | None = None
        for signed in order:
            if admit(signed, NETWORK, head, NOW + 8) is Outcome.FRESH:
                head = signed.head
        assert head == taken.head


def test_a_replayed_vouch_does_not_undo_what_took_it_back() -> None:
    taken = sign_vouch(revise(VOUCH, given=False, now=NOW, expires_at=NOW), ADA)

    assert taken.vouch.expires_at == VOUCH.expires_at
    assert admit(vouched(), NETWORK, taken.head, NOW) is Outcome.SUPERSEDED


def test_only_who_vouches_can_sign() -> None:
    with pytest.raises(Invalid, match="only the host"):
        sign_vouch(VOUCH, BO)


def test_the_vectors_are_read() -> None:
    vectors = json.loads(generate_trust.FILE.read_text(encoding="utf-8"))["vouches"]

    for case in vectors:
        signed = decode_vouch(bytes.fromhex(case["encoded"]))
        assert signed.id.hex() == case["id"]
        assert signed.has_valid_signature()
        assert signed.encoded.hex() == case["encoded"]
