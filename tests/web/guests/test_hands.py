"""Hands of the browser are those of Python, and a node takes their receipts."""

from __future__ import annotations

import gzip
import json
import random
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import trio
from playwright.sync_api import Page, expect

from potluck.node.operations.announce import list_events
from potluck.node.operations.draw import receipts
from potluck.node.operations.forms import ImportForm
from potluck.node.operations.sharing import imports
from potluck.protocol import receipt, receipt_json, seed
from potluck.protocol.announcement import DAY, Place
from potluck.protocol.candidate import Candidate
from potluck.protocol.origin import AtTable, Solo
from tests.builders import NOW, host, signed, source
from tests.node.at_home import at_home

from .conftest import Served
from .test_app import Come, deal, titles
from .town import announced, event, said

RECEIPTS = """async (cases) => {
  const { encode, makeReceipt } = await import("/receipt.js");
  const { differences } = await import("/differences.js");
  const { organisersIn } = await import("/items.js");
  const one = ([host, slot, id, series, source]) => ({ host, slot, id, series, source });
  return cases.map(({ candidates, others, ...more }) => {
    const made = makeReceipt({ ...more, candidates: candidates.map(one),
      others: others.map(one) });
    const all = organisersIn(candidates.map(one));
    return [encode(made), differences(made), all];
  });
}"""
DATE = "2027-03-01"
TODAY = "2026-11-18"


def _candidate(chance: random.Random, slot: int) -> Candidate:
    series = chance.choice((None, None, "weekly", "a choir", "ñandú 鳥"))
    named = chance.choice((None, None, "Library", "Open Kitchen", "Ærø"))
    who = bytes([chance.randrange(6)]) * 32
    return Candidate(who, slot, chance.randbytes(32), series, named)


def row(one: Candidate) -> list[Any]:
    """A candidate as a receipt has it."""
    return [one.host.hex(), f"{one.slot:016x}", one.id.hex(), one.series, one.source]


def _case(number: int) -> tuple[dict[str, Any], bytes]:
    """A draw for the browser, and its receipt by Python."""
    chance = random.Random(number)
    deck = [_candidate(chance, slot) for slot in range(chance.randrange(40))]
    split = chance.randrange(len(deck) + 1)
    wild = chance.choice((0, 0, 1, 2))
    candidates, others = (deck[:split], deck[split:]) if wild else (deck, [])
    value, n = chance.randbytes(32), chance.randrange(wild, 9)
    made = receipt.deal(candidates, Solo(DATE, 0), value, n, wild, others)
    asked = {
        "candidates": [row(one) for one in candidates],
        "others": [row(one) for one in others],
        "origin": {"kind": "solo", "date": DATE, "redraw": 0},
        "seed": value.hex(),
        "n": n,
        "wild": wild,
    }
    return asked, receipt_json.encode(made)


def test_receipts_of_random_decks_are_the_same_to_the_byte(modules: Page) -> None:
    cases = [_case(number) for number in range(500)]
    found = modules.evaluate(RECEIPTS, [asked for asked, _ in cases])

    assert [text.encode() for text, *_ in found] == [encoded for _, encoded in cases]
    assert [differences for _, differences, _ in found] == [[]] * 500
    assert [organisers for *_, organisers in found] == [
        len({one.who for one in receipt_json.decode(encoded).candidates}) for _, encoded in cases
    ]


def test_a_node_takes_the_receipt_of_a_guest(town: Served, guest: Come) -> None:
    page = guest(town.address)
    dealt = deal(page)
    page.goto(town.address + "#check")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the receipt").click()
    found = trio.run(receipts.verify, download.value.path().read_bytes())

    assert found["cards"] == len(dealt) == 5
    assert found["differences"] == []


def with_a_tables_hand(**changes: Any) -> dict[str, Any]:
    """The town's site with a hand of its table, which is open already."""
    held = announced()
    value = seed.table(bytes(32), TODAY)
    candidates = [
        Candidate(each.announcement.host, each.announcement.slot, each.id) for each in held
    ]
    text = receipt_json.encode(receipt.deal(candidates, AtTable("ferry", TODAY, 0), value, 5))
    seal, path = seed.commitment(value).hex(), f"receipts/{TODAY}.json"
    cards = json.loads(text)["hand"]
    table: dict[str, Any] = {"date": TODAY, "seal": seal, "cards": cards, "why": None}
    past = {"date": TODAY, "seal": seal, "receipt": path}
    return said(held, table=table, yesterday=past, receipts={path: text.decode()}) | changes


def test_the_tables_hand_is_that_of_the_node_and_can_be_dealt_again(
    town: Served, guest: Come
) -> None:
    town.publish(with_a_tables_hand())
    page = guest(town.address)
    shown = titles(page)
    slots = [int(card["slot"], 16) for card in with_a_tables_hand()["table"]["cards"]]

    assert shown == [event(slot).title for slot in slots]
    page.get_by_role("button", name=f"Keep: {shown[0]}").click()
    page.goto(town.address + "#check")
    page.get_by_role("button", name="Deal it again").click()
    expect(page.get_by_text("The same hand: it follows")).to_be_visible()


def test_another_seal_is_seen(town: Served, guest: Come) -> None:
    past = with_a_tables_hand()["yesterday"] | {"seal": "0" * 64}
    town.publish(with_a_tables_hand(yesterday=past))
    page = guest(town.address + "#check")
    page.get_by_role("button", name="Deal it again").click()

    expect(page.get_by_text("It differs in: the seal of the day before.")).to_be_visible()


@pytest.mark.parametrize(
    ("why", "words"),
    [("uncommitted", "stood here yesterday"), ("late", "not up at midnight"), ("empty", "nothing")],
)
def test_why_there_is_no_hand_is_said(town: Served, guest: Come, why: str, words: str) -> None:
    table: dict[str, Any] = {"date": TODAY, "seal": None, "cards": [], "why": why}
    town.publish(with_a_tables_hand(table=table))

    expect(guest(town.address).locator("main .lead")).to_contain_text(words)
    expect(guest(town.address, java_script_enabled=False).locator("main .lead")).to_contain_text(
        words
    )


def test_a_site_without_a_table_opens_with_ones_own_hand(town: Served, guest: Come) -> None:
    town.publish(said(announced()))
    page = guest(town.address)

    expect(page.locator("main h1")).to_have_text("My own hand")
    expect(page.locator(".ways a")).to_have_text(
        ["My own" + "my filters", "Five dice" + "you roll"]
    )


def test_the_hand_of_another_day_is_not_shown(town: Served, guest: Come) -> None:
    town.publish(with_a_tables_hand())
    page = guest(town.address, NOW + DAY)

    expect(page.locator("main h1")).to_have_text("No table hand today")
    expect(page.locator(".hand")).to_have_count(0)


def test_both_versions_of_an_event_are_shown_and_who_says_which(town: Served, guest: Come) -> None:
    held = [
        signed(host(each), slot=9, what=event(1, start=NOW + each * DAY, end=None,
               source=source("The Slow Readers", host(each))))
        for each in (1, 2)
    ]  # fmt: skip
    town.publish(said(held, hosts={host(1).key.hex(): "Ada", host(2).key.hex(): "Bo"}))
    page = guest(town.address)

    assert deal(page) == [event(1).title]
    expect(page.locator(".hand .differs")).to_contain_text("says")
    page.locator(".hand h2 a").click()
    expect(page.locator("main")).to_contain_text("Ada")
    expect(page.locator("main")).to_contain_text("Bo")


@pytest.mark.parametrize(
    ("name", "address", "words"),
    [
        ("Potsdam", None, "somewhere in Potsdam"),
        ("The Mill", None, "The Mill somewhere in Potsdam"),
        ("The Mill", "5 Hemp Yard, Potsdam", "The Mill 5 Hemp Yard, Potsdam"),
        ("Hemp Yard 5 Werder", None, "Hemp Yard 5 Werder"),
        ("Room 14", None, "Room 14 somewhere in Potsdam"),
    ],
)
def test_a_place_whose_spot_is_not_known_is_at_its_address_or_somewhere_in_its_own_town(
    town: Served, guest: Come, name: str, address: str | None, words: str
) -> None:
    place = Place(name, address, 52.4, 13.0667, uncertainty=5_000)
    held = [signed(host(1), slot=1, what=event(1, place=place))]
    town.publish(said(held, town="Harbour Town"))
    page = guest(town.address)
    deal(page)

    expect(page.locator(".hand .where")).to_have_text(words)
    page.locator(".hand h2 a").click()
    expect(page.locator(".programme .where")).to_have_text(words)
    page.goto(f"{town.address}event/{host(1).key.hex()[:16]}-{1:016x}.html")
    expect(page.locator(".where")).to_have_text(words)
    expect(page.locator("main")).not_to_contain_text("Distances")


DENIED = """Object.defineProperty(window, "indexedDB", {
  get() { throw new DOMException("denied", "SecurityError"); } });"""


def test_with_storage_denied_all_lasts_until_the_page_is_closed(town: Served, guest: Come) -> None:
    page = guest(town.address)
    page.add_init_script(DENIED)
    page.reload()
    kept = deal(page)[0]
    page.get_by_role("button", name=f"Keep: {kept}").click()
    expect(page.get_by_text("lasts until this page is closed")).to_be_visible()
    page.get_by_role("link", name="Plan").click()
    expect(page.locator("main h3")).to_have_text(kept)


def test_a_title_from_right_to_left_stands_so(town: Served, guest: Come) -> None:
    town.publish(said([signed(host(1), slot=1, what=event(1, title="מרק ממה שנשאר"))]))
    page = guest(town.address)
    deal(page)
    direction = "each => getComputedStyle(each).direction"

    assert page.locator(".hand h2 bdi").evaluate(direction) == "rtl"
    assert page.locator("html").evaluate(direction) == "ltr"


def test_a_hand_is_dealt_and_kept_by_the_keyboard_alone(town: Served, guest: Come) -> None:
    page = guest(town.address + "#mine")
    _press(page, "Deal 5")
    kept = titles(page)[0]
    _press(page, f"Keep: {kept}")

    expect(page.get_by_role("button", name=f"Put back: {kept}")).to_be_focused()


def _press(page: Page, name: str) -> None:
    """Go there with Tab, and press Enter."""
    there = page.get_by_role("button", name=name, exact=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if there.evaluate("each => each === document.activeElement"):
            page.keyboard.press("Enter")
            return
    raise AssertionError(name)


def test_a_german_is_spoken_to_in_german(town: Served, guest: Come) -> None:
    page = guest(town.address, locale="de-DE")
    english = guest(town.address)
    rail = [each.locator(".top nav a").all_inner_texts() for each in (page, english)]

    assert page.evaluate("document.documentElement.lang") == "de-DE"
    assert not set(rail[0]) & set(rail[1]) - {"Plan"}
    page.goto(town.address + "#mine")
    page.locator("main button.do").click()
    expect(page.locator(".hand li")).to_have_count(5)
    assert page.locator(".hand .stub button").first.inner_text() not in ("Skip", "Keep")


def test_a_guests_ticket_is_imported_under_the_name_of_who_organises_it(
    town: Served, guest: Come, tmp_path: Path
) -> None:
    page = guest(town.address + "#bring")
    for label, words in (
        ("Who organises it?", "The Slow Readers"), ("What is it?", "A slow walk, read aloud"),
        ("Which day?", "2026-11-21"), ("From", "15:00"), ("Where?", "Chapel Steps"),
    ):  # fmt: skip
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_label("Step-free?").select_option("yes")
    page.get_by_label("Price, in your words").fill("Free")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save the ticket").click()
    name, ticket = download.value.suggested_filename, download.value.path().read_bytes()
    (event,) = trio.run(_imported, tmp_path, name, ticket)

    assert event["title"] == "A slow walk, read aloud"
    assert event["source"]["id"] == "The Slow Readers"
    assert event["start"] == "2026-11-21T15:00:00+01:00"
    assert (event["price"], event["access"]) == ("Free", {"step_free": True})


async def _imported(home: Path, name: str, ticket: bytes) -> list[Any]:
    async with at_home(home) as service:
        form = ImportForm(at="52.52,13.405")
        await imports.import_upload(service, name, ticket, form)
        return list(await list_events.list_events(service))


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
@pytest.mark.parametrize("content", [with_a_tables_hand(), said(announced())])
def test_the_first_view_weighs_at_most_40_kilobytes(
    town: Served, guest: Come, content: dict[str, Any], locale: str
) -> None:
    """But for the deck, and for what is fetched once the view is shown, which begins with dealt.js;
    each file compressed as a web host would. (By zlib 1.2 it is 39.8 kB in German at most; another
    compressor may need a little more.)
    """
    town.publish(content)
    asked: list[str] = []
    how = {"locale": locale, "service_workers": "block", "expected": ["Service Worker"]}
    page = guest(town.address, left=lambda each: asked.append(each.url), **how)
    page.locator(".ways").wait_for()
    files = [each.removeprefix(town.address) or "index.html" for each in asked]
    first = list(takewhile(lambda file: not file.endswith("/dealt.js"), files))
    data = [(town.folder / file).read_bytes() for file in first if not file.endswith(".deck")]

    assert len(data) > 20
    assert sum(len(gzip.compress(each)) for each in data) <= 40 * 1024


def test_a_page_without_scripts_says_from_where_its_distance_is(town: Served, guest: Come) -> None:
    page = guest(town.address + "list.html", java_script_enabled=False)
    page.locator("main li a").first.click()
    expect(page.locator("main")).to_contain_text("Distances are from the Ferry House.")
