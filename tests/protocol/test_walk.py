"""The walk of the vouched draw, by its rule and by its vectors."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from potluck.protocol import seed as seeds
from potluck.protocol.candidate import Candidate
from potluck.protocol.walk import (
    NUMBERS_A_CARD,
    STEPS,
    Vouched,
    draw_vouched,
    is_strangers,
    returned,
    walk,
)
from tests.vectors import generate_trust

HOSTS = [bytes([number]) * 32 for number in range(8)]
hosts = st.sampled_from(HOSTS)
vouches = st.frozensets(st.builds(Vouched, hosts, hosts), max_size=24)
secrets = st.binary(min_size=32, max_size=32)


def one_each(*of: bytes) -> list[Candidate]:
    return [Candidate(host, slot, host) for host in of for slot in range(3)]


@given(vouches)
def test_only_a_vouch_that_is_returned_leads_on(given_: frozenset[Vouched]) -> None:
    friends = returned(given_)

    for by, whom in friends.items():
        assert all({(by, host), (host, by)} <= given_ for host in whom)
        assert by not in whom


@given(secrets, st.frozensets(hosts), vouches, st.integers(0, 50))
def test_a_walk_begins_with_somebody_met_and_follows_friends(
    seed: bytes, met: frozenset[bytes], given_: frozenset[Vouched], number: int
) -> None:
    friends = returned(given_)

    path = walk(seed, number, met, friends)

    assert len(path) <= STEPS
    assert bool(path) == bool(met)
    assert not path or path[0] in met
    assert all(after in friends[before] for before, after in pairwise(path))
    assert not path or len(path) == STEPS or not friends.get(path[-1])


@given(
    seed=secrets,
    met=st.frozensets(hosts),
    given_=vouches,
    n=st.integers(0, 6),
    strangers=st.booleans(),
)
def test_no_event_is_dealt_twice_and_nothing_fills_a_place(
    *, seed: bytes, met: frozenset[bytes], given_: frozenset[Vouched], n: int, strangers: bool
) -> None:
    friends = returned(given_)
    cards = draw_vouched(one_each(*HOSTS[:4]), seed, n, met, friends, strangers=strangers)

    assert len({each.card.candidate.event for each in cards}) == len(cards) <= n
    numbers = [each.number for each in cards]
    assert numbers == sorted(set(numbers))
    assert all(number < NUMBERS_A_CARD * n for number in numbers)
    for each in cards:
        if each.path is None:
            assert strangers
            assert is_strangers(seed, each.number)
        else:
            assert each.card.candidate.host in each.path


@given(secrets, st.integers(1, 6))
def test_who_has_met_nobody_gets_strangers_only(seed: bytes, n: int) -> None:
    assert draw_vouched(one_each(*HOSTS), seed, n, (), {}, strangers=False) == []
    assert all(each.path is None for each in draw_vouched(one_each(*HOSTS), seed, n, (), {}))


def test_a_stranger_comes_once_in_ten_cards() -> None:
    seed = seeds.solo(bytes(32), "2027-03-05", 0)

    found = Counter(is_strangers(seed, number) for number in range(20_000))

    expected = 20_000 * 26 / 256
    assert abs(found[True] - expected) < 4 * (expected * (1 - 26 / 256)) ** 0.5


def test_the_card_is_of_the_last_host_on_the_way_that_has_one() -> None:
    met, friends = [HOSTS[0]], {HOSTS[0]: [HOSTS[1]], HOSTS[1]: []}

    (card,) = draw_vouched(one_each(HOSTS[0]), bytes(32), 1, met, friends, strangers=False)

    assert card.path == (HOSTS[0], HOSTS[1])
    assert card.card.candidate.host == HOSTS[0]


VECTORS = json.loads(generate_trust.FILE.read_text(encoding="utf-8"))


def test_the_vectors_are_what_is_drawn() -> None:
    assert json.loads(json.dumps(generate_trust.vectors())) == VECTORS


def test_the_founders_vectors_are_drawn(shared: Path) -> None:
    told = json.loads((shared / "vectors" / "draw.json").read_text(encoding="utf-8"))["vouched"]

    ours = {case["name"]: case for case in VECTORS["walks"]}
    for case in told["cases"]:
        assert ours[case["name"]]["seed"] == case["seed"]
        assert ours[case["name"]]["hand"] == case["hand"]
