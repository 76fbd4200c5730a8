"""The site's own protocol code, in a browser, on the golden vectors."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from playwright.sync_api import Page

from potluck.node.web.site.vocabulary import vocabulary
from potluck.protocol.announcement import DAY
from tests.vectors.worlds import WORLDS

from .folder import VECTORS
from .test_hands import row
from .town import HOUR

ANNOUNCEMENTS = json.loads((VECTORS / "announcement.json").read_text(encoding="utf-8"))
DRAWS = VECTORS / "draw.json"
ROWS = {name: [row(one) for one in world] for name, world in WORLDS.items()}
AUTHORS_DUTY = "a title not in normal form C"

HASHES = """async (cases) => {
  const { blake2b } = await import("/blake2b.js");
  const { sha512 } = await import("/sha512.js");
  const { bytes, hex } = await import("/bytes.js");
  return cases.map(([data, key, person]) =>
    [hex(blake2b(bytes(data), 32, bytes(key), person)), hex(sha512(bytes(data)))]);
}"""
SIGNATURES = """async (cases) => {
  const { verify } = await import("/ed25519.js");
  const { bytes } = await import("/bytes.js");
  return cases.map((one) => verify(bytes(one.key), bytes(one.message), bytes(one.signature)));
}"""
READ = """async (encoded) => {
  const { decode } = await import("/announcement.js");
  const { isSigned } = await import("/signatures.js");
  const { Refused } = await import("/msgpack.js");
  const { bytes } = await import("/bytes.js");
  return encoded.map((one) => {
    try {
      const read = decode(bytes(one));
      return { id: read.id, signed: isSigned(read) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return error.message;
    }
  });
}"""
WHEN = """async ([words, bodies, now]) => {
  const { speak } = await import("/language.js");
  const { when } = await import("/spoken.js");
  speak(words);
  return bodies.map((body) => when({ ...body, tz: "Europe/London" }, now));
}"""
DEAL = """async ([rows, vectors]) => {
  const { handOf } = await import("/dealing.js");
  const seeds = await import("/seeds.js");
  const one = ([host, slot, id, series, source]) => ({ host, slot, id, series, source });
  const isEven = ({ slot }) => parseInt(slot.at(-1), 16) % 2 === 0;
  return vectors.map(({ world, seed, n, wild }) => {
    const all = rows[world].map(one);
    const hand = wild
      ? handOf(all.filter(isEven), all.filter((each) => !isEven(each)), seed, n, wild)
      : handOf(all, [], seed, n);
    const cards = hand.map(({ one: { host, slot, source }, odds }) => wild ? [host, slot, source]
      : [host, slot, source, [odds.organisers, odds.series, odds.events, odds.deck]]);
    return [seeds.deckRoot(all), cards];
  });
}"""
SEEDS = """async ([secret, r, small]) => {
  const seeds = await import("/seeds.js");
  const { bytes } = await import("/bytes.js");
  const one = ([host, slot, id, series, source]) => ({ host, slot, id, series, source });
  const rows = small.map(one);
  const committed = seeds.commitment(rows, 3, "2027-03-01", r);
  return {
    solo: seeds.solo(bytes(secret), "2027-03-01", 0),
    redraw: seeds.solo(bytes(secret), "2027-03-01", 1),
    table: seeds.table(bytes(secret), "2027-03-01", 0),
    dice: seeds.dice([3, 1, 6, 6, 2]),
    commit: committed,
    q: seeds.wordDigest(" Ma\\u00f1ana "),
    witness: seeds.witness(committed, r, " Ma\\u00f1ana "),
    reveal: seeds.sealOf(seeds.table(bytes(secret), "2027-03-01", 0)),
    rolls: [1, 472392, 472393].map(seeds.rollsNeeded),
  };
}"""


def test_hashes_are_those_of_the_standard(modules: Page) -> None:
    cases = []
    for length in (0, 1, 55, 111, 112, 127, 128, 129, 255, 256, 257, 4096):
        data = bytes(i * 7 % 256 for i in range(length))
        cases += [
            (data, key, person)
            for key in (b"", b"\1" * 32, b"\2" * 64)
            for person in ("", "potluck.turn")
        ]
    found = modules.evaluate(
        HASHES, [[data.hex(), key.hex(), person] for data, key, person in cases]
    )

    assert found == [
        [
            hashlib.blake2b(data, digest_size=32, key=key, person=person.encode()).hexdigest(),
            hashlib.sha512(data).hexdigest(),
        ]
        for data, key, person in cases
    ]


def test_signatures_hold_as_the_protocol_says(modules: Page) -> None:
    cases = ANNOUNCEMENTS["signatures"]
    assert modules.evaluate(SIGNATURES, cases) == [case["holds"] for case in cases]


def test_signed_announcements_are_read(modules: Page) -> None:
    cases = [case for case in ANNOUNCEMENTS["announcements"] if _is_of_this_text(case)]
    found = modules.evaluate(READ, [case["encoded"] for case in cases])

    assert [one["id"] for one in found] == [case["id"] for case in cases]
    assert all(one["signed"] for one in found)


def test_what_breaks_a_rule_is_refused_with_a_reason(modules: Page) -> None:
    cases = [case for case in ANNOUNCEMENTS["refused"] if _is_refused_still(case)]
    found = modules.evaluate(READ, [case["encoded"] for case in cases])

    assert [
        case["name"] for case, one in zip(cases, found, strict=True) if not isinstance(one, str)
    ] == []


def test_hands_are_those_of_the_vectors(modules: Page) -> None:
    draws = json.loads(DRAWS.read_text(encoding="utf-8"))["draws"]
    found = modules.evaluate(DEAL, [ROWS, draws])

    assert [root for root, _ in found] == [vector["deck_root"] for vector in draws]
    assert [hand for _, hand in found] == [_cards(vector) for vector in draws]


def test_seeds_are_those_of_the_vectors(modules: Page) -> None:
    draws = json.loads(DRAWS.read_text(encoding="utf-8"))
    by_name = {vector["name"]: vector for vector in draws["draws"]}
    table, witness = by_name["small-table"], draws["witness"]
    found = modules.evaluate(SEEDS, [draws["secret"], "01" * 32, ROWS["small"]])

    assert found == {
        "solo": by_name["small-solo"]["seed"],
        "redraw": by_name["small-redraw"]["seed"],
        "table": table["seed"],
        "dice": by_name["small-dice"]["seed"],
        "commit": witness["commitment"],
        "q": witness["q"],
        "witness": witness["seed"],
        "reveal": dict(draws["seeds"]["commitments"])[table["seed"]],
        "rolls": [3, 10, 11],
    }


def _cards(vector: dict[str, Any]) -> list[Any]:
    """Its hand as the page tells it: host, slot, source and, where no card is wild, the odds."""
    return [[*card[:3]] if vector["wild"] else [*card[:3], card[5]] for card in vector["hand"]]


def _is_of_this_text(case: dict[str, Any]) -> bool:
    """Whether it is not from before sources were paid for."""
    return case["name"] not in ("relayed", "edges")


def _is_refused_still(case: dict[str, Any]) -> bool:
    """Whether the refusal did not go with rules of repetition, closed places and normal forms."""
    gone = ("the rule", "a rule", "an unknown key in place", AUTHORS_DUTY)
    return not case["name"].startswith(gone)


def test_days_of_two_years_have_both(modules: Page) -> None:
    """As tests/node/web/test_words.py has it of the node's words."""
    now, christmas, january, year = (
        int(datetime.fromisoformat(f"{day}T00:00Z").timestamp())
        for day in ("2026-11-30", "2026-12-28", "2027-01-03", "2026-12-31")
    )
    bodies = [
        {"all_day": True, "start": christmas, "end": january},
        {"all_day": True, "start": year, "end": year + DAY},
        {"start": year + 20 * HOUR, "end": january - 12 * HOUR},
    ]
    _, words = next(vocabulary("en"))
    days, figures = zip(*modules.evaluate(WHEN, [words, bodies, now]), strict=True)
    assert ["2026" in each for each in days] == [True, False, True]
    assert ["2027" in each for each in figures] == [True, False, True]
    assert "2026" in figures[0]
