"""Forms that lose nothing and send once: line breaks, several days, tokens, stale edits, slips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from potluck.node.operations.announce import announce as events
from potluck.node.operations.announce import list_events
from potluck.node.operations.forms import EventForm
from potluck.node.operations.service import Json, Service

from .site import Site
from .test_announcing import fill_in

SCRIPTS = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
SIGN = "Sign and announce"


@pytest.fixture
def site(fresh: Site) -> Site:
    """A node of each test's own."""
    return fresh


async def mine(service: Service) -> Sequence[Json]:
    return await list_events.list_events(service, mine=True, past=True)


def of_form(page: Page, site: Site) -> dict[str, Any]:
    """What the form would send."""
    return dict(page.evaluate("Object.fromEntries(new FormData(document.forms.blank))"))


@SCRIPTS
def test_line_breaks_and_several_days_survive_an_edit(
    site: Site, visit: Any, *, script: bool
) -> None:
    page = visit(site, "/announce", java_script_enabled=script)
    fill_in(page)
    page.get_by_label("About", exact=True).fill("One line.\nAnother line.")
    page.get_by_label("Last day").first.fill("2026-11-30")
    page.get_by_role("button", name=SIGN).click()
    (event,) = site.call(mine)
    assert event["about"] == "One line.\nAnother line."
    assert event["end"].startswith("2026-11-30T16:30")

    page.get_by_role("link", name="Edit, postpone, cancel or withdraw").click()
    page.get_by_label("Price").fill("3.00")
    page.get_by_role("button", name="Sign the change").click()
    (edited,) = site.call(mine)
    assert edited["price"] == "3.00"
    assert {name: edited[name] for name in ("start", "end", "about")} == {
        name: event[name] for name in ("start", "end", "about")
    }


def test_whole_days_survive_an_edit_and_can_be_cut_to_one(site: Site, visit: Any) -> None:
    form = EventForm(title="Fair", start="2026-12-01", end="2026-12-03", near="Berlin")
    event = site.call(events.announce, form)
    page = visit(site, f"/change/{event['id']}")
    expect(page.get_by_label("Last day").first).to_have_value("2026-12-03")
    page.get_by_label("Price").fill("Free")
    page.get_by_role("button", name="Sign the change").click()
    assert [each["end"][:10] for each in site.call(mine)] == ["2026-12-04"]
    page.goto(f"{site.address}/change/{event['id']}")
    page.get_by_label("Last day").first.fill("")
    page.get_by_role("button", name="Sign the change").click()
    assert [each["end"][:10] for each in site.call(mine)] == ["2026-12-02"]


def test_what_is_emptied_in_an_edit_is_taken_away(site: Site, visit: Any) -> None:
    form = EventForm(
        title="Walk",
        start="2026-12-01T10:00",
        end="2026-12-01T12:00",
        near="Berlin",
        place="Steps",
        address="4 Hemp Yard",
        capacity=9,
    )
    event = site.call(events.announce, form)
    page = visit(site, f"/change/{event['id']}")
    for label in ("Address", "Room for how many"):
        page.get_by_label(label).fill("")
    page.get_by_label("To", exact=True).first.fill("")
    page.get_by_role("button", name="Sign the change").click()
    (edited,) = site.call(mine)
    assert (edited["place"]["address"], edited["capacity"]) == (None, None)
    assert edited["end"] == edited["start"]


def test_a_form_announces_once_and_another_event_only_if_asked_again(
    site: Site, visit: Any
) -> None:
    page = visit(site, "/announce")
    fill_in(page)
    sent, origin = of_form(page, site), {"Origin": site.address}
    for _ in range(2):
        page.request.post(f"{site.address}/announce", form=sent, headers=origin)
    assert len(site.call(mine)) == 1

    page.get_by_label("What is it?").fill("Another walk")
    page.get_by_role("button", name=SIGN).click()
    expect(page.get_by_role("alert")).to_contain_text(
        "you have announced “A slow walk, read aloud” already"
    )
    expect(page.get_by_role("alert")).to_be_focused()
    assert len(site.call(mine)) == 1
    page.get_by_role("button", name=SIGN).click()
    assert {each["title"] for each in site.call(mine)} == {
        "A slow walk, read aloud",
        "Another walk",
    }


@SCRIPTS
def test_a_stale_edit_says_what_was_changed_since(site: Site, visit: Any, *, script: bool) -> None:
    form = EventForm(title="Walk", start="2026-12-01T10:00", near="Berlin", place="Steps")
    event = site.call(events.announce, form)
    page = visit(site, f"/change/{event['id']}", java_script_enabled=script)
    site.call(events.edit, event["id"], EventForm(start="2026-12-01T11:00"))
    page.get_by_label("Price").fill("3.00")
    page.get_by_role("button", name="Sign the change").click()
    expect(page.get_by_role("alert")).to_contain_text("It was changed since you opened this form")
    expect(page.locator("main")).to_contain_text("Begins at 11:00, was 10:00.")
    expect(page.get_by_label("Price")).to_have_value("3.00")
    assert [each["price"] for each in site.call(mine)] == [None]
    page.get_by_label("From").first.fill("11:00")
    page.get_by_role("button", name="Sign the change").click()
    (now,) = site.call(mine)
    assert (now["price"], now["start"][11:16]) == ("3.00", "11:00")


def test_a_stale_button_cancels_nothing_and_says_so(site: Site, visit: Any) -> None:
    event = site.call(events.announce, EventForm(title="Walk", start="2026-12-01", near="Berlin"))
    page = visit(site, f"/change/{event['id']}")
    site.call(events.edit, event["id"], EventForm(title="Run"))
    page.get_by_role("button", name="Say that it is cancelled").click()
    expect(page.get_by_role("alert")).to_contain_text("so nothing was sent")
    expect(page.get_by_label("What is it?")).to_have_value("Run")
    assert [each["status"] for each in site.call(mine)] == ["scheduled"]
    site.call(events.withdraw, event["id"])
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status")).to_contain_text("It was withdrawn meanwhile")


@SCRIPTS
@pytest.mark.parametrize(
    ("day", "question"),
    [
        ("2026-03-03", "Tuesday, 3 March 2026 is over"),
        ("2027-11-11", "Thursday, 11 November 2027 is more than half a year ahead"),
    ],
)
def test_a_day_that_may_be_a_slip_is_asked_about(
    site: Site, visit: Any, day: str, question: str, *, script: bool
) -> None:
    page = visit(site, "/announce", java_script_enabled=script)
    fill_in(page)
    page.get_by_label("Day", exact=True).first.fill(day)
    page.get_by_role("button", name=SIGN).click()
    expect(page.get_by_role("alert")).to_contain_text(question)
    expect(page.get_by_label("Day", exact=True).first).to_be_focused()
    assert site.call(mine) == []
    page.get_by_role("button", name="Yes, that day").click()
    expect(page.get_by_role("status")).to_contain_text("Announced")
    assert [each["start"][:10] for each in site.call(mine)] == [day]


def test_a_message_names_its_field_stands_there_and_takes_the_focus(site: Site, visit: Any) -> None:
    page = visit(site, "/announce")
    fill_in(page)
    page.get_by_label("Language, such as en").fill("klingon?")
    page.get_by_role("button", name=SIGN).click()
    expect(page.get_by_label("Language, such as en")).to_be_focused()
    expect(page.get_by_role("alert")).to_have_text(
        "Language: must be a language tag such as de or pt-BR."
    )
    field = page.locator("p.field", has=page.get_by_label("Language, such as en"))
    expect(field.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Language, such as en")).to_be_in_viewport()


@SCRIPTS
def test_a_town_of_several_is_picked_by_a_button_and_nothing_is_lost(
    site: Site, visit: Any, *, script: bool
) -> None:
    page = visit(site, "/announce", java_script_enabled=script)
    fill_in(page)
    page.get_by_label("In which town").fill("Bloomington")
    page.get_by_role("button", name=SIGN).click()
    expect(page.get_by_role("alert")).to_contain_text("Which one do you mean?")
    page.get_by_role("button", name="Bloomington, Indiana").click()
    (event,) = site.call(mine)
    assert (event["tz"], event["title"]) == (
        "America/Indiana/Indianapolis",
        "A slow walk, read aloud",
    )


@SCRIPTS
def test_a_repetition_is_asked_of_the_node_as_a_rule(
    site: Site, visit: Any, monkeypatch: pytest.MonkeyPatch, *, script: bool
) -> None:
    asked: list[EventForm] = []
    once = events.announce

    async def announce(service: Service, form: EventForm) -> Json:
        asked.append(form)
        return await once(service, replace(form, repeat=None))

    monkeypatch.setattr(events, "announce", announce)
    page = visit(site, "/announce", java_script_enabled=script)
    fill_in(page)
    page.get_by_label("Does it repeat?").select_option("Every week")
    page.get_by_role("button", name=SIGN).click()
    expect(page.get_by_role("alert")).to_contain_text("say how many times it takes place")
    expect(page.get_by_label("How many times")).to_be_focused()
    page.get_by_label("How many times").fill("4")
    page.get_by_role("button", name=SIGN).click()
    expect(page.get_by_role("status")).to_contain_text("Announced")
    page.goto(f"{site.address}/announce")
    fill_in(page)
    page.get_by_label("Does it repeat?").select_option("Every month, on the same weekday")
    page.get_by_label("How many times").fill("3")
    page.get_by_role("button", name=SIGN).click()
    rules = ["FREQ=WEEKLY;COUNT=4", "FREQ=MONTHLY;BYDAY=4SA;COUNT=3"]
    assert [form.repeat for form in asked] == rules
