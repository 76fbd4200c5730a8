"""The golden vectors both ways: what we write is what they hold, and we read what they hold."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from potluck.protocol import stamp, wire
from potluck.protocol.announcement import Status
from potluck.protocol.errors import RemoteError
from potluck.protocol.identity import Identity, verify
from potluck.protocol.imported import imported_slot, slot_space
from potluck.protocol.network import Network
from tests.vectors import generate_announcement

VECTORS = json.loads(generate_announcement.FILE.read_text(encoding="utf-8"))


def test_what_we_write_is_what_the_file_holds() -> None:
    assert json.loads(json.dumps(generate_announcement.vectors())) == VECTORS


@pytest.mark.parametrize("case", VECTORS["keys"])
def test_keys(case: dict[str, str]) -> None:
    assert Identity.from_seed(bytes.fromhex(case["seed"])).key.hex() == case["key"]


@pytest.mark.parametrize("case", VECTORS["networks"])
def test_networks(case: dict[str, Any]) -> None:
    secret = bytes.fromhex(case["secret"]) if case["secret"] else None

    assert Network(case["name"], case["stamp_bits"], secret).id.hex() == case["id"]


@pytest.mark.parametrize("case", VECTORS["stamps"])
def test_stamps(case: dict[str, Any]) -> None:
    network, key, nonce = (bytes.fromhex(case[name]) for name in ("network", "host", "first_nonce"))
    challenge = stamp.birth(network, key, case["bits"])

    assert challenge.zero_bits(nonce) == case["zero_bits"] >= case["bits"]
    assert challenge.search(0, int.from_bytes(nonce, "big")) is None


def test_seals() -> None:
    case = VECTORS["seal"]

    assert generate_announcement.CLOSED.open(bytes.fromhex(case["sealed"])).hex() == case["payload"]


@pytest.mark.parametrize("case", VECTORS["signatures"], ids=lambda case: case["name"])
def test_signatures(case: dict[str, Any]) -> None:
    key, message, signature = (
        bytes.fromhex(case[name]) for name in ("key", "message", "signature")
    )

    assert verify(key, message, signature) is case["holds"]


@pytest.mark.parametrize("case", VECTORS["slots"])
def test_slots(case: dict[str, str]) -> None:
    space = slot_space(case["uid"], case["calendar"], case["source"])

    assert space == case["space"]
    assert imported_slot(space, case["uid"], case["occurrence"]) == int(case["slot"], 16)


@pytest.mark.parametrize("case", VECTORS["announcements"], ids=lambda case: case["name"])
def test_announcements_are_read(case: dict[str, Any]) -> None:
    received = wire.decode(bytes.fromhex(case["encoded"]))

    assert received.id.hex() == case["id"]
    assert received.signature.hex() == case["signature"]
    assert received.announcement.slot == int(case["slot"], 16)
    assert received.announcement.status is Status[case["status"].upper()]
    assert received.has_valid_signature()
    assert received.encoded.hex() == case["encoded"]


def test_the_example_in_the_protocol_is_the_first_of_the_vectors() -> None:
    protocol = (Path(__file__).parents[2] / "PROTOCOL.md").read_text(encoding="utf-8")
    chapter = protocol.partition("### An announcement in bytes\n")[2].partition("\n#")[0]
    lines = [line for line in chapter.splitlines() if line.startswith("    ")]
    written = ["".join(re.split(" {2,}", line.strip())[0].split()) for line in lines]

    assert "".join(written[:-1]) == VECTORS["announcements"][0]["encoded"]
    assert written[-1] == f"id{VECTORS['announcements'][0]['id']}"


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: case["name"])
def test_what_must_be_refused_is(case: dict[str, str]) -> None:
    with pytest.raises(RemoteError):
        wire.decode(bytes.fromhex(case["encoded"]))
