from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from potluck.protocol import stamp
from potluck.protocol.errors import Invalid, RemoteError
from potluck.protocol.identity import Identity, spoken_numbers, verify
from potluck.protocol.network import Network
from tests.builders import NETWORK, host
from tests.vectors import generate_draw

SOURCE_STAMPS = json.loads(generate_draw.FILE.read_text(encoding="utf-8"))["source_stamps"]


def test_the_first_test_vector_of_rfc_8032() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    identity = Identity.from_seed(seed)

    assert identity.key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert identity.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


def test_signatures_of_other_keys_messages_and_lengths_fail() -> None:
    signature = host(0).sign(b"yes")

    assert verify(host(0).key, b"yes", signature)
    assert not verify(host(1).key, b"yes", signature)
    assert not verify(host(0).key, b"no", signature)
    assert not verify(host(0).key, b"yes", signature[:-1])
    assert not verify(b"", b"yes", signature)
    assert not verify(bytes(32), b"yes", signature)


def test_a_seed_has_32_bytes_and_is_not_printed() -> None:
    with pytest.raises(Invalid):
        Identity.from_seed(b"short")

    assert "seed" not in repr(host(0))


def test_every_part_of_a_network_makes_another_id() -> None:
    networks = [
        Network("a", 22),
        Network("b", 22),
        Network("a", 21),
        Network("a", 22, bytes(32)),
        Network("a", 22, b"\1" * 32),
    ]

    assert len({network.id for network in networks}) == len(networks)
    assert Network("a", 22) == networks[0]
    assert networks[0].topic == f"/potluck/1/{networks[0].id.hex()}"


@pytest.mark.parametrize(
    ("name", "bits", "secret"),
    [("", 22, None), ("a\n", 22, None), ("a", 41, None), ("a", -1, None), ("a", 22, b"x")],
)
def test_a_network_cannot_be_invalid(name: str, bits: int, secret: bytes | None) -> None:
    with pytest.raises(Invalid):
        Network(name, bits, secret)


def test_a_closed_network_seals_and_an_open_one_does_not() -> None:
    closed = Network("a", 22, b"\1" * 32)
    sealed = closed.seal(b"words", bytes(24))

    assert closed.open(sealed) == b"words"
    assert b"words" not in sealed
    assert NETWORK.seal(b"words", bytes(24)) == b"words"
    assert NETWORK.open(b"words") == b"words"


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(100)])
def test_what_was_not_sealed_is_the_peers_fault(sealed: bytes) -> None:
    with pytest.raises(RemoteError) as caught:
        Network("a", 22, b"\1" * 32).open(sealed)

    assert caught.value.reason == "seal"


def test_a_stamp_is_searched_in_steps() -> None:
    challenge = stamp.birth(NETWORK.id, host(3).key, 10)
    found = None
    start = 0
    while found is None:
        found = challenge.search(start, 100)
        start += 100

    assert challenge.is_met(found)
    assert challenge.zero_bits(found) >= 10
    assert int.from_bytes(found, "big") < start
    assert challenge.search(0, int.from_bytes(found, "big")) is None


def test_a_stamp_holds_for_one_key_on_one_network() -> None:
    key = host(3).key
    nonce = stamp.birth(NETWORK.id, key, 12).search(0, 1 << 20)
    assert nonce is not None

    assert not stamp.birth(NETWORK.id, host(4).key, 12).is_met(nonce)
    assert not stamp.birth(Network("other").id, key, 12).is_met(nonce)


def test_a_source_costs_four_bits_less_than_a_key_and_is_paid_for_by_name() -> None:
    key = host(3).key
    challenge = stamp.of_source(NETWORK.id, key, "library", 16)
    found = challenge.search(0, 1 << 20)
    assert found is not None

    assert challenge.bits == 12
    assert stamp.of_source(NETWORK.id, key, "library", 3).bits == 0
    assert not stamp.of_source(NETWORK.id, key, "Library", 16).is_met(found)
    assert not stamp.of_source(NETWORK.id, host(4).key, "library", 16).is_met(found)
    assert not stamp.birth(NETWORK.id, key, 12).is_met(found)


@pytest.mark.parametrize("case", SOURCE_STAMPS)
def test_source_stamps_of_the_vectors(case: dict[str, Any]) -> None:
    network, key, found = (bytes.fromhex(case[name]) for name in ("network", "host", "first_stamp"))
    challenge = stamp.of_source(network, key, case["source"], case["stamp_bits"])

    assert challenge.zero_bits(found) == case["zero_bits"] >= case["stamp_bits"] - 4
    assert challenge.search(0, int.from_bytes(found, "big")) is None


def test_the_numbers_read_aloud_are_the_first_bits_of_a_hash() -> None:
    key = Identity.from_seed(bytes(32)).key
    digest = hashlib.blake2b(key, digest_size=32, person=b"potluck.words").digest()
    bits = "".join(f"{byte:08b}" for byte in digest)[:66]

    assert spoken_numbers(key) == tuple(int(bits[at : at + 11], 2) for at in range(0, 66, 11))
