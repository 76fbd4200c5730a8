"""The browser's verifier of receipts, on the golden vectors: as PROTOCOL.md has it, "Receipts"."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from potluck.protocol import canonical
from tests.vectors import changed_receipts, generate_receipt, generate_trust
from tests.vectors.worlds import WORLDS

from .test_hands import row

PLAIN = json.loads(generate_receipt.FILE.read_text(encoding="utf-8"))
TRUST = json.loads(generate_trust.FILE.read_text(encoding="utf-8"))

CHECK = """async (texts) => {
  const { differences } = await import("/differences.js");
  const { encode, receiptId } = await import("/receipt.js");
  return texts.map((text) => {
    const read = JSON.parse(text);
    return [differences(read), encode(read), receiptId(text)];
  });
}"""
WALK = """async ([rows, hosts, cases]) => {
  const { walkedHand } = await import("/walk.js");
  const { returned } = await import("/vouch.js");
  const deck = rows.map(([host, slot, id, series, source]) => ({ host, slot, id, series, source }));
  const vouches = hosts.flatMap((by, i) => hosts.map((host, j) => ({ by, host, i, j })))
    .filter(({ i, j }) => i !== j && ((i + j) % 3 === 0 || (j - i + 14) % 14 === 5));
  const friends = returned(vouches);
  const met = [1, 2, 3].map((number) => hosts[number]);
  return cases.map((one) => {
    const held = deck.filter(({ host }) => one.hosts.includes(hosts.indexOf(host)));
    return walkedHand(held, one.seed, one.n, { met, friends, strangers: one.strangers })
      .map(({ number, path, one: { host, slot, source } }) =>
        [number, path && path.map((each) => hosts.indexOf(each)), hosts.indexOf(host), slot,
          source]);
  });
}"""


def test_walks_are_those_of_the_vectors(modules: Page) -> None:
    cases = TRUST["walks"]
    hosts = [host.hex() for host in generate_trust.HOSTS]
    found = modules.evaluate(WALK, [[row(one) for one in WORLDS["town"]], hosts, cases])

    assert found == [case["hand"] for case in cases]


def test_receipts_of_the_vectors_are_read_written_and_dealt_again(modules: Page) -> None:
    receipts = [*PLAIN["receipts"], *TRUST["receipts"]]
    found = modules.evaluate(CHECK, [each["text"] for each in receipts])

    assert found == [[[], each["text"], each["id"]] for each in receipts]


def test_every_change_of_the_vectors_is_found_and_named(modules: Page) -> None:
    texts = {each["name"]: each["text"] for each in [*PLAIN["receipts"], *TRUST["receipts"]]}
    cases = [*PLAIN["differing"], *TRUST["differing"]]
    changed = [changed_receipts.apply(each, json.loads(texts[each["of"]])) for each in cases]
    found = modules.evaluate(CHECK, [json.dumps(each) for each in changed])

    assert [set(one[0]) for one in found] == [set(each["found"]) for each in cases]


def _card(change: Callable[[dict[str, Any]], Any]) -> Callable[[Any], None]:
    """The same with the first card changed."""
    return lambda receipt: receipt["hand"][0].update(change(receipt["hand"][0]))


ENDLESS = canonical.pack([
    canonical.pack([1, bytes(16), bytes(32), bytes(8), 0, b"\1" * 32, 0, 1 << 63, True]), bytes(64)
]).hex()  # fmt: skip
WRONG: dict[str, tuple[Callable[[Any], None], str]] = {
    "one is missing": (lambda said: said["vouches"].pop(), "walks"),
    "one is there twice": (lambda said: said["vouches"].append(said["vouches"][0]), "vouches"),
    "one is not signed": (
        lambda said: said["vouches"].append(said["vouches"].pop()[:-2] + "00"), "vouches"),
    "one is no vouch": (lambda said: said["vouches"].append("00"), "vouches"),
    "one ends far beyond all times": (lambda said: said["vouches"].append(ENDLESS), "vouches"),
    "another number": (_card(lambda card: {"number": card["number"] + 1}), "walks"),
    "a stranger's": (_card(lambda _: {"path": None}), "walks"),
    "another way": (_card(lambda card: {"path": card["path"][::-1]}), "walks"),
    "too many numbers": (lambda said: said["hand"][-1].update(number=16), "walks"),
    "another card": (_card(lambda card: {"slot": f"{int(card['slot'], 16) ^ 1:016x}"}), "card 1"),
}  # fmt: skip


def test_a_walk_that_does_not_follow_is_found(modules: Page) -> None:
    cases = [(each["text"], name) for each in TRUST["receipts"] for name in WRONG]
    changed = [json.loads(text) for text, _ in cases]
    for receipt, (_, name) in zip(changed, cases, strict=True):
        WRONG[name][0](receipt)
    found = modules.evaluate(CHECK, [json.dumps(each) for each in changed])

    missed = [
        (name, differences)
        for (_, name), (differences, *_) in zip(cases, found, strict=True)
        if WRONG[name][1] not in differences
    ]
    assert missed == []
