"""Tables and links: one text for each, the same value back, and nothing half understood."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol import link, seed
from potluck.protocol.errors import Invalid
from potluck.protocol.network import Network
from potluck.protocol.table import Table, format_number, parse_number, people_needed, waits
from potluck.protocol.text import clean_line
from tests.vectors import generate_link
from tests.vectors.generate_link import INVITATIONS, TABLE, TABLES

VECTORS = json.loads(generate_link.FILE.read_text(encoding="utf-8"))

names = st.text(min_size=1, max_size=80).map(lambda words: clean_line(words, 64)).filter(bool)
secrets = st.binary(min_size=32, max_size=32)
hundred_thousandths = st.integers(-9_000_000, 9_000_000).map(
    lambda number: round(number / 100_000, 5)
)
tables = st.builds(
    Table,
    names,
    secrets,
    st.sampled_from(["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]),
    hundred_thousandths,
    hundred_thousandths.map(lambda number: round(number * 2, 5)),
    st.integers(1, 20_040_000).map(lambda metres: round(metres / 1000, 3)),
    st.integers(1, 366),
    st.integers(1, 50),
)
peers = st.sampled_from(generate_link.PEERS)
networks = st.builds(Network, names, st.integers(0, 40), st.none() | secrets)
invitations = st.builds(
    link.Invitation, networks, st.lists(peers, max_size=8).map(tuple), st.none() | tables
)


def test_what_we_compute_is_what_the_vectors_hold() -> None:
    assert json.loads(json.dumps(generate_link.vectors())) == VECTORS


@given(tables)
def test_a_tables_link_brings_the_same_table(table: Table) -> None:
    text = link.format_table(table)

    assert link.parse(text) == table
    assert text.isascii()
    assert " " not in text


@given(invitations)
def test_an_invitation_brings_the_same_network_peers_and_table(invitation: link.Invitation) -> None:
    assert link.parse(link.format_invitation(invitation)) == invitation


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_links_of_the_vectors_are_read(table: Table) -> None:
    assert table in [link.parse(case["link"]) for case in VECTORS["tables"]]


def test_invitations_of_the_vectors_are_read() -> None:
    assert [link.parse(case["link"]) for case in VECTORS["invitations"]] == list(
        INVITATIONS.values()
    )


@pytest.mark.parametrize("case", VECTORS["taken"])
def test_links_written_in_other_ways_are_taken(case: dict[str, str]) -> None:
    assert link.parse(case["text"]) == link.parse(case["as"])


@pytest.mark.parametrize("text", VECTORS["refused"])
def test_links_that_are_not_whole_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        link.parse(text)


@given(st.text(max_size=60) | st.text(alphabet="potluck:table?nk=&%7B", max_size=60))
def test_any_text_is_a_link_or_refused(text: str) -> None:
    for prefix in ("", "potluck:table?", "potluck:network?"):
        with pytest.raises(Invalid):
            link.parse(prefix + text)


def test_fields_in_another_order_or_encoding_are_the_same_table() -> None:
    kind, query = link.format_table(TABLE).split("?")
    other = "&".join(reversed(query.split("&"))).replace("Europe/Berlin", "Europe%2fBerlin")
    secret = link.base32(TABLE.secret)

    assert link.parse(f"{kind}?{other}".replace(secret, secret.lower())) == TABLE


@given(st.binary(min_size=1, max_size=40))
def test_base32_comes_back_in_either_case(secret: bytes) -> None:
    assert link.parse_base32(link.base32(secret)) == secret
    assert link.parse_base32(link.base32(secret).lower()) == secret


@pytest.mark.parametrize("text", ["", "A", "AB", "A1", "AA======", "ÄÄ", "A A"])
def test_base32_is_strict(text: str) -> None:
    with pytest.raises(Invalid):
        link.parse_base32(text)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"secret": bytes(31)},
        {"tz": "Europe Berlin"},
        {"lat": 90.1},
        {"lon": -181},
        {"lat": float("nan")},
        {"lat": 1.000001},
        {"km": 0},
        {"km": 1.0001},
        {"km": float("inf")},
        {"km": True},
        {"days": 0},
        {"days": 367},
        {"days": 1.0},
        {"hand": 51},
    ],
)
def test_a_table_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        replace(TABLE, **fields)


@pytest.mark.parametrize(
    "peer", ["", "nowhere", "/ip4/192.0.2.1/tcp/1", "/p2p/ x", "/p2p/é", "/p2p/" + "x" * 300]
)
def test_a_peer_without_an_address_is_refused(peer: str) -> None:
    with pytest.raises(Invalid):
        link.Invitation(Network("x"), (peer,))


def test_an_invitation_names_few_peers() -> None:
    with pytest.raises(Invalid):
        link.Invitation(Network("x"), generate_link.PEERS * 5)


@given(hundred_thousandths)
def test_numbers_have_one_text(number: float) -> None:
    assert parse_number(format_number(number)) == number


def test_numbers_are_written_plainly() -> None:
    assert [format_number(n) for n in (0, -0.0, 25, 2.5, -13.40512, 0.00001)] == [
        *("0", "0", "25", "2.5", "-13.40512", "0.00001")
    ]


def test_people_at_a_table_deal_the_tables_seed() -> None:
    assert TABLE.seed("2027-03-01", 2) == seed.table(TABLE.secret, "2027-03-01", 2)
    assert TABLE.secret.hex() not in repr(TABLE)
    assert repr(TABLE.secret) not in repr(TABLE)


def test_the_advice_on_size() -> None:
    assert people_needed(hand=5, share_who_look=0.5) == 45
    assert people_needed(hand=1, share_who_look=1) == 5
    with pytest.raises(Invalid):
        people_needed(5, 0)


def test_a_table_leaves_out_until_tomorrow_what_was_announced_since_midnight() -> None:
    assert waits(revision=0, issued_at=100, midnight=100)
    assert not waits(revision=0, issued_at=99, midnight=100)
    assert not waits(revision=1, issued_at=100, midnight=100)


@given(secrets, names)
def test_a_hosts_card_comes_back_from_its_link(key: bytes, name: str) -> None:
    card = link.HostCard(key, name)

    assert link.parse(link.format_host(card)) == card


@pytest.mark.parametrize(
    "fields", ["k=00&n=Ada", f"k={'A' * 64}&n=Ada", f"k={'0' * 64}", f"k={'0' * 64}&n=%0A"]
)
def test_a_host_link_is_whole(fields: str) -> None:
    with pytest.raises(Invalid):
        link.parse(f"potluck:host?{fields}")


def test_who_did_not_quote_a_link_is_told_so() -> None:
    with pytest.raises(Invalid, match="quote the link"):
        link.parse("potluck:table?n=supper")
