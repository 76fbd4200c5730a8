"""Every path of the page, clicked by a person with a phone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from potluck.node.operations.draw import keep
from potluck.protocol.announcement import Status
from tests.builders import NOW, body, host, signed
from tests.node.at_home import receive

from .site import ROPE, SOUP, Site, a_hand, first_run, running


def card(page: Page, title: str) -> Any:
    return page.locator(".ticket", has_text=title)


def test_a_newcomer_names_a_town_and_is_dealt_a_hand(tmp_path: Path, visit: Any) -> None:
    with running(tmp_path / "home", first_run) as site:
        page = visit(site)
        expect(page.get_by_role("heading", level=1)).to_have_text("Take pot luck")
        page.get_by_label("Your town, if you like").fill("Bloomington")
        page.get_by_role("button", name="Deal").click()
        expect(page.get_by_role("alert")).to_contain_text("Which one do you mean?")
        expect(page.get_by_label("Your town, if you like")).to_be_focused()
        page.get_by_role("button", name="Bloomington, Indiana").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your node holds no events yet.")
        page.goto(f"{site.address}/settings")
        expect(page.get_by_label("Your town")).to_have_value("Bloomington, Indiana, United States")


def test_a_card_is_kept_skipped_and_put_back_and_the_hand_stays_the_same(
    fresh: Site, visit: Any
) -> None:
    page = visit(fresh)
    titles = page.locator(".hand h2").all_inner_texts()
    assert len(titles) == 5
    page.get_by_role("button", name=f"Keep: {SOUP}").click()
    expect(card(page, SOUP).locator(".tone")).to_contain_text("kept")
    page.get_by_role("button", name=f"Skip: {ROPE}").click()
    expect(card(page, ROPE).locator(".tone")).to_contain_text("skipped")
    page.get_by_role("button", name=f"Put back: {ROPE}").click()
    expect(page.get_by_role("button", name=f"Skip: {ROPE}")).to_be_visible()
    assert page.locator(".hand h2").all_inner_texts() == titles
    assert [event["title"] for event in fresh.call(keep.kept)] == [SOUP]


def test_one_redraw_then_the_hand_is_spent(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    page.get_by_role("button", name=f"Keep: {SOUP}").click()
    page.get_by_role("button", name=re.compile("Deal once more")).click()
    expect(page.locator(".hand h2")).to_have_text([SOUP])
    expect(page.get_by_text("There is nothing more to see here")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Deal once more"))).to_have_count(0)


def test_filters_are_set_said_and_a_fourth_set_is_refused(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    for km in ("2", "5"):
        page.locator("summary").click()
        page.get_by_label("How far").select_option(km)
        page.get_by_role("button", name="Set, and deal with it").click()
    expect(page.locator("summary")).to_contain_text("Within 5 km of Berlin")
    page.locator("summary").click()
    page.get_by_label("Only these topics").fill("music")
    page.get_by_role("button", name="Set, and deal with it").click()
    expect(page.get_by_role("alert")).to_contain_text("3 sets of filters")
    expect(page.get_by_label("Only these topics")).to_have_value("music")
    expect(page.locator("summary")).to_contain_text("any topic")


def test_nothing_near_says_the_sum_and_how_far_the_next_is(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    page.locator("summary").click()
    page.get_by_label("Around which town").fill("Potsdam")
    page.get_by_label("How far").select_option("10")
    page.get_by_role("button", name="Set, and deal with it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nothing within 10 km of Potsdam")
    expect(page.locator("main")).to_contain_text("The nearest is 27 km north-east.")
    page.get_by_role("button", name=re.compile("Look within 40 km: 5 events")).click()
    expect(page.locator(".hand > li")).to_have_count(5)


def test_a_card_says_everything_and_hosts_can_be_blocked(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    page.get_by_role("link", name=SOUP).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SOUP)
    expect(
        page.get_by_role("img", name=re.compile("Compass rose: the place lies 1.4 km"))
    ).to_be_visible()
    expect(page.locator("main")).to_contain_text("Tomorrow, six in the evening")
    expect(page.locator("main")).to_contain_text(
        "Thursday 19 November, 18:00 to 20:00 local time (UTC+1)"
    )
    page.locator("summary", has_text="How this was drawn").click()
    expect(page.locator(".chain")).to_contain_text("1 of 5")
    expect(page.get_by_role("link", name="Open a map")).to_have_attribute(
        "href", re.compile("^https://www.openstreetmap.org/.mlat=52.53&")
    )
    with page.expect_download() as calendar:
        page.get_by_role("link", name="Add to my calendar").click()
    assert "SUMMARY:Soup from whatever is left" in calendar.value.path().read_text("utf-8")
    page.get_by_role("link", name="Share").click()
    expect(page.get_by_label("To copy into a message")).to_have_value(re.compile("^Soup from"))
    page.go_back()
    page.locator("summary", has_text="Who says so").click()
    page.get_by_role("button", name="Never deal what this key announces").click()
    expect(page.get_by_role("button", name=re.compile("Lift the block"))).to_be_visible()
    page.goto(fresh.address)
    expect(page.locator(".hand > li")).to_have_count(4)


def test_a_draw_is_checked_by_the_browser_itself(site: Site, visit: Any) -> None:
    page = visit(site)
    page.get_by_role("link", name="Check this draw").click()
    expect(page.locator("main")).to_contain_text(
        "This node dealt again from the same deck and seed: the same hand."
    )
    page.get_by_role("button", name="Deal again in this browser").click()
    expect(page.get_by_role("status")).to_contain_text("without asking the node: the same hand")


def test_a_browser_finds_a_receipt_that_was_tampered_with(site: Site, visit: Any) -> None:
    page = visit(site)
    page.get_by_role("link", name="Check this draw").click()
    page.route("**/receipt/*.json", _with_another_seed)
    page.get_by_role("button", name="Deal again in this browser").click()
    expect(page.get_by_role("status")).to_contain_text("the hand differs: card 1")


def _with_another_seed(route: Any) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"seed": "0" * 64})


def test_changes_to_what_was_kept_are_loud_until_they_are_seen(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    for title in (SOUP, ROPE):
        page.get_by_role("button", name=f"Keep: {title}").click()
    later = signed(host(1), slot=1, revision=1, issued_at=NOW, what=body(SOUP, start=NOW + 90_000))
    gone = signed(host(2), slot=2, revision=1, status=Status.CANCELLED, what=body(ROPE))
    fresh.call(receive, later, gone)
    page.goto(f"{fresh.address}/plan")
    expect(page.locator(".void")).to_contain_text("Cancelled")
    expect(page.locator(".band", has_text="Changed")).to_contain_text("Begins at")
    page.get_by_role("button", name=f"I have seen this: {SOUP}").click()
    expect(page.locator(".band", has_text="Changed")).to_have_count(0)
    page.get_by_role("button", name=f"Take it off my plan: {ROPE}").click()
    expect(page.locator(".void")).to_have_count(0)
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("button", name="Put it back on the plan").click()
    expect(page.locator(".void")).to_have_count(1)


def test_the_plan_has_a_private_address_for_a_calendar(fresh: Site, visit: Any) -> None:
    page = visit(fresh)
    page.get_by_role("button", name=f"Keep: {SOUP}").click()
    page.goto(f"{fresh.address}/plan")
    page.get_by_role("button", name="Show the address").click()
    address = page.locator("#feed .key").inner_text()
    assert "SUMMARY:Soup" in page.request.get(address).text()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_role("button", name="Show the address")).to_be_visible()
    assert page.request.get(address).status == 404


def test_a_table_is_made_once_by_a_double_click_and_left_in_two_windows(
    fresh: Site, visit: Any
) -> None:
    page = visit(fresh, "/tables")
    page.get_by_label("Its name").fill("Ferry")
    for _ in range(2):
        page.get_by_role("button", name="Make the table").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ferry")
        made = page.url
        page.go_back()
    windows = [page.context.new_page() for _ in range(2)]
    for window in windows:
        window.goto(made)
    for window, said in zip(windows, ("Tables", "You sit at no table called Ferry."), strict=True):
        window.get_by_role("button", name="Leave this table").click()
        expect(window.locator("main")).to_contain_text(said)
        assert window.url.endswith("/tables")


def test_a_block_is_lifted_in_two_windows(fresh: Site, visit: Any) -> None:
    page = visit(fresh, "/settings")
    page.get_by_label("Never deal events that say this word").fill("Moths")
    page.get_by_role("button", name="Block the word").click()
    other = page.context.new_page()
    other.goto(page.url)
    for window in (page, other):
        window.get_by_role("button", name="Lift the block of moths").click()
        expect(window.get_by_text("Nothing is blocked.")).to_be_visible()
    expect(other.locator("main")).to_contain_text("lifted this block already")


def test_a_table_is_made_shown_and_deals_the_same_hand_to_all(
    tmp_path: Path, fresh: Site, visit: Any
) -> None:
    page = visit(fresh, "/tables")
    page.get_by_label("Its name").fill("Ferry House & café/2")
    page.get_by_role("button", name="Make the table").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry House & café/2")
    page.wait_for_function("document.querySelector('.qr').naturalWidth > 0")
    link = page.locator(".key").inner_text()
    page.get_by_role("link", name="Deal the table’s hand").click()
    titles = page.locator(".hand h2").all_inner_texts()
    with running(tmp_path / "other", a_hand) as other:
        there = visit(other, "/tables")
        there.get_by_label("The link on its card").fill(link)
        there.get_by_role("button", name="Sit down").click()
        there.get_by_role("link", name="Deal the table’s hand").click()
        assert there.locator(".hand h2").all_inner_texts() == titles
        there.get_by_role("button", name=re.compile("Deal once more")).click()
        expect(there.get_by_role("heading", level=1)).to_have_text(
            "All that is here was dealt today."
        )
        there.goto(f"{other.address}/tables")
        there.get_by_role("link", name=re.compile("Ferry House")).click()
        there.get_by_role("button", name="Leave this table").click()
        expect(there.locator(".lines")).to_have_count(0)


def test_dice_and_a_witness_deal_hands_with_receipts(site: Site, visit: Any) -> None:
    page = visit(site, "/dice")
    page.get_by_label(re.compile("Roll a die")).fill("3 1")
    page.get_by_role("button", name="Deal").click()
    expect(page.get_by_role("alert")).to_contain_text("2 of the 4 rolls")
    page.get_by_label(re.compile("Roll a die")).fill("3 1 6 2 5 4")
    page.get_by_role("button", name="Deal").click()
    expect(page.locator("main")).to_contain_text("from dice")
    expect(page.locator(".hand > li")).to_have_count(5)
    page.get_by_role("button", name="Deal again in this browser").click()
    expect(page.get_by_role("status")).to_contain_text("the same hand")

    page.goto(f"{site.address}/witness")
    page.get_by_role("button", name="Fix the deck").click()
    page.get_by_label("Then let your friend say a word").fill("Möwe")
    page.get_by_role("button", name="Reveal, and deal").click()
    expect(page.locator("main")).to_contain_text("Möwe")
    page.get_by_role("button", name="Deal again in this browser").click()
    expect(page.get_by_role("status")).to_contain_text("the same hand")


def test_node_and_settings_say_what_they_do(fresh: Site, visit: Any) -> None:
    page = visit(fresh, "/node")
    expect(page.locator(".facts").first).to_contain_text("Events5")
    page.get_by_label("An invitation, or the link of a table").fill("potluck:network?n=else&b=4")
    page.get_by_role("button", name="Follow the link").click()
    expect(page.locator("main")).to_contain_text("a home has one network")
    page.goto(f"{fresh.address}/node/checkup")
    expect(page.locator(".facts")).to_contain_text("Storeis whole")
    expect(page.locator(".facts")).to_contain_text("is not running")
    page.goto(f"{fresh.address}/settings")
    page.get_by_label("Never deal events that say this word").fill("Moths")
    page.get_by_role("button", name="Block the word").click()
    page.get_by_role("button", name="Lift the block of moths").click()
    expect(page.get_by_text("Nothing is blocked.")).to_be_visible()
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Einstellungen")
