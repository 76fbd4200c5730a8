"""
The API as a program meets it: what it may ask, what it gets, and what it is told when it errs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from potluck.node.operations.draw import today
from potluck.node.operations.draw.form import DrawForm
from potluck.node.web.api.mount import LARGEST_FILE, LARGEST_JSON

from .api_server import Api, running_api

SOUP = {"title": "Soup", "start": "2026-12-01T19:00", "near": "Berlin", "place": "Kitchen"}


async def ask(running: Api, method: str, path: str, status: int = 200, **more: Any) -> Any:
    """The answer's JSON, of this status."""
    async with running.client() as client:
        answer = await client.request(method, path, **more)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_the_hand_is_the_one_of_the_service(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        dealt = await today.draw(running.service, DrawForm(near="Berlin", hand=3))
        hand = await ask(running, "GET", "/hand?near=Berlin&hand=3")
        receipt = await ask(running, "GET", f"/receipts/{hand['receipt']}")
        file = await ask(running, "GET", f"/receipts/{hand['receipt']}/file")
        checked = await ask(running, "POST", "/verify", json=file)

    assert hand == json.loads(json.dumps(dealt))
    assert receipt["seed"] == checked["seed"] == hand["seed"]
    assert receipt["differences"] == checked["differences"] == []


async def test_filters_in_the_address_are_those_of_the_form(tmp_path: Path) -> None:
    query = (
        "near=Berlin&within=5.5&days=3&topics=music&topics=food&lang=unsaid&price=free"
        "&weekdays=0&weekdays=6"
        "&hours=18:00&hours=23:30&access=wheelchair=yes,unsaid&access=quiet=yes&capacity_to=30"
        "&again=true"
    )
    form = DrawForm(
        near="Berlin", within=5.5, days=3, topics=("music", "food"), lang=("unsaid",), price="free",
        weekdays=(0, 6), hours=("18:00", "23:30"), capacity_to=30, again=True,
        access={"wheelchair": ["yes", "unsaid"], "quiet": ["yes"]},
    )  # fmt: skip
    async with running_api(tmp_path) as running:
        asked = await ask(running, "GET", f"/hand?{query}")
        dealt = await today.draw(running.service, form)

    assert asked["receipt"] == dealt["receipt"]
    assert sum(asked["hidden"].values()) == 6


async def test_errors_and_findings_are_told_in_the_language_that_is_asked_for(
    tmp_path: Path,
) -> None:
    async with running_api(tmp_path) as running:
        async with running.client(**{"accept-language": "fr, de-AT;q=0.8"}) as client:
            lost = (await client.get("/events/abcdef")).json()
            wrong = (await client.get("/hand?hand=51")).json()
            nowhere = (await client.get("/nothing")).json()
            findings = (await client.get("/doctor")).json()["findings"]
        plain = (await ask(running, "GET", "/doctor"))["findings"]

    assert lost["error"].startswith("hier hat keine Veranstaltung eine Kennung")
    assert nowhere["error"].startswith("das gibt es hier nicht")
    assert wrong["error"] == "hand: muss so sein: eine ganze Zahl von 1 bis 50"
    assert {"läuft"} == {each["says"] for each in findings if each["name"] == "node"}
    assert {"runs"} == {each["says"] for each in plain if each["name"] == "node"}


async def test_a_day_with_the_api(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        (first, *_) = (await ask(running, "GET", "/hand"))["hand"]
        await ask(running, "POST", f"/events/{first['id'][:8]}/keep")
        again = await ask(running, "POST", "/hand/redraw", json={})
        over = await ask(running, "POST", "/hand/redraw", 409, json={})
        kept = await ask(running, "GET", "/kept")

    assert first["id"] in [card["id"] for card in again["hand"]]
    assert (over["kind"], again["redraws_left"]) == ("Refused", 0)
    assert [event["id"] for event in kept] == [first["id"]]


async def test_an_event_from_announcing_to_withdrawing(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        said = await ask(running, "POST", "/events", 201, json=SOUP)
        path = f"/events/{said['id']}"
        edited = await ask(
            running, "PATCH", path, json={"title": "Stew", "access": {"wheelchair": True}}
        )
        later = await ask(running, "POST", f"{path}/postpone", json={})
        mine = await ask(running, "GET", "/events/mine")
        cancelled = await ask(running, "POST", f"{path}/cancel", json={"why": "no pots"})
        withdrawn = await ask(running, "POST", f"{path}/withdraw")

    assert (edited["title"], edited["access"], edited["slot"]) == (
        "Stew",
        {"wheelchair": True},
        said["slot"],
    )
    assert (later["status"], later["start"]) == ("postponed", None)
    assert [event["title"] for event in mine] == ["Stew"]
    assert cancelled["about"] == "Cancelled: no pots"
    assert (withdrawn["status"], withdrawn["title"]) == ("withdrawn", None)


async def test_the_list_comes_in_parts(tmp_path: Path) -> None:
    async with running_api(tmp_path, hosts=5) as running:
        first = await ask(running, "GET", "/events?limit=3&order=title")
        rest = await ask(running, "GET", f"/events?limit=3&order=title&offset={first['next']}")

    titles = [event["title"] for event in first["events"] + rest["events"]]
    assert titles == [f"Event {number}" for number in range(1, 6)]
    assert rest["next"] is None


async def test_calendars_go_out_and_come_in(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running, running.client() as client:
        (event, *_) = (await client.get("/events")).json()["events"]
        one = await client.get(f"/events/{event['id']}.ics")
        everything = await client.get("/export.ics")
        bundle = await client.get("/export.deck")
        calendar = {"content-type": "text/calendar"}
        query = {"name": "theirs", "since": "2026-11-01"}
        imported = await client.post(
            "/import", params=query, content=everything.content, headers=calendar
        )
        plain = {"content-type": "application/octet-stream"}
        taken = await client.post("/import", content=bundle.content, headers=plain)

    assert one.headers["content-type"].startswith("text/calendar")
    assert (one.text.count("BEGIN:VEVENT"), everything.text.count("BEGIN:VEVENT")) == (1, 6)
    assert imported.json()["skipped"] == {"already here": 6}
    assert taken.json() == {"fresh": 0, "seen": 6, "refused": {}}


async def test_dice_and_a_witness(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        rolls = (await ask(running, "GET", "/draws/dice/rolls"))["rolls"]
        few = await ask(running, "POST", "/draws/dice", 409, json={"rolls": [1]})
        diced = await ask(running, "POST", "/draws/dice", json={"rolls": [6] * rolls})
        opened = await ask(running, "POST", "/draws/witness", json={"hand": 2})
        closed = await ask(running, "POST", "/draws/witness/word", json={"word": "teapot"})

    assert "roll" in few["error"]
    assert (len(diced["hand"]), diced["today"]) == (5, False)
    assert (closed["commitment"], len(closed["hand"])) == (opened["commitment"], 2)


async def test_a_table_and_an_invitation(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        table = await ask(running, "POST", "/tables", 201, json={"name": "Café", "near": "Berlin"})
        hand = await ask(running, "GET", "/tables/Café/hand")
        invited = await ask(running, "POST", "/invitations", json={"table": "Café"})
        await ask(running, "DELETE", "/tables/Café")
        joined = await ask(running, "POST", "/join", json={"text": table["link"]})

    assert hand["table"] == "Café"
    assert invited["link"].startswith("potluck:network?")
    assert joined == {"table": "Café"}


@pytest.mark.parametrize(
    ("method", "path", "said", "status", "field"),
    [
        ("GET", "/hand?hand=51", None, 400, "hand"),
        ("GET", "/hand?hand=five", None, 400, "hand"),
        ("GET", "/hand?hand=2&hand=3", None, 400, "hand"),
        ("GET", "/hand?colour=red", None, 400, "colour"),
        ("GET", "/hand?access=wheelchair=perhaps", None, 400, "access"),
        ("GET", "/hand?again=yes", None, 400, "again"),
        ("GET", "/hand?by=luck", None, 400, "by"),
        ("GET", "/hand?days=100000000000000000000", None, 400, "days"),
        ("GET", "/hand?since=yesterday", None, 400, "since"),
        ("GET", "/places", None, 400, "prefix"),
        ("POST", "/events", {"start": "2026-12-01T19:00"}, 400, "title"),
        ("POST", "/events", {"title": "Soup", "start": "at seven"}, 400, "start"),
        ("POST", "/events", {"title": 7, "start": "2026-12-01T19:00"}, 400, "title"),
        ("POST", "/events", {"title": "Soup", "topics": "food"}, 400, "topics"),
        ("POST", "/events", {"title": "Soup", "capacity": True}, 400, "capacity"),
        ("POST", "/draws/seed", {}, 400, "seed"),
        ("POST", "/draws/dice", {"rolls": [7]}, 400, "rolls"),
        ("POST", "/calendars", {"source": "/etc/passwd"}, 400, "source"),
    ],
)
async def test_what_does_not_fit_is_named(
    tmp_path: Path, method: str, path: str, said: Any, status: int, field: str
) -> None:
    sent = (
        {}
        if said is None
        else {"content": json.dumps(said), "headers": {"content-type": "application/json"}}
    )
    async with running_api(tmp_path, hosts=0) as running:
        told = await ask(running, method, path, status, **sent)

    assert (told["field"], told["kind"]) == (field, "Unfit")
    assert field in told["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"title": "\\ud800"}',
        b'{"hand": NaN}',
        b"\xff",
        b"[" * 100_000,
        b'{"hand": ' + b"9" * 5000 + b"}",
    ],
)
async def test_what_is_no_json_object_is_refused(tmp_path: Path, body: bytes) -> None:
    async with running_api(tmp_path, hosts=0) as running:
        headers = {"content-type": "application/json"}
        told = await ask(running, "POST", "/draws/fresh", 400, content=body, headers=headers)

    assert "JSON object" in told["error"]


async def test_each_kind_of_error_has_its_status(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        nobody = await ask(running, "GET", "/events/abcdef", 404)
        many = await ask(running, "GET", "/hand?near=Springfield", 400)
        lie = await ask(running, "POST", "/verify", 422, json={"receipt": 1})
        theirs = (await ask(running, "GET", "/events"))["events"][0]["id"]
        foreign = await ask(running, "POST", f"/events/{theirs}/withdraw", 409)
        nowhere = await ask(running, "GET", "/nothing", 404)
        wrong = await ask(running, "PUT", "/hand", 405)
        form = await ask(running, "POST", "/draws/fresh", 415, data={"hand": "3"})
        large = await ask(running, "POST", "/draws/fresh", 413, content=bytes(LARGEST_JSON + 1))
        huge = await ask(running, "POST", "/import", 413, content=bytes(LARGEST_FILE + 1))

    kinds = [told.get("kind") for told in (nobody, many, lie, foreign)]
    assert kinds == ["NotFound", "Ambiguous", "VerificationFailed", "Refused"]
    assert len(many["choices"]) > 1
    assert all(told["error"] for told in (nowhere, wrong, form, large, huge))


@pytest.mark.parametrize("path", ["/nothing", "/events/%0A", "/events/a%2Fb", "/hand/"])
async def test_every_path_below_is_answered_in_json(tmp_path: Path, path: str) -> None:
    async with running_api(tmp_path, hosts=0) as running:
        assert (await ask(running, "GET", path, 404))["error"]


async def test_nothing_is_said_without_the_token(tmp_path: Path) -> None:
    async with running_api(tmp_path) as running:
        for headers in ({"authorization": ""}, {"authorization": "Bearer " + "00" * 32}):
            async with running.client(**headers) as client:
                for path in ("/hand", "/openapi.json", "/arrivals", "/nothing"):
                    assert (await client.get(path)).status_code == 401
        async with running.client(host="rebound.example") as client:
            assert (await client.get("/hand")).status_code == 421


async def test_a_defect_costs_its_request_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    async with running_api(tmp_path) as running:
        with monkeypatch.context() as patch:
            patch.setattr("potluck.node.operations.health.status.peer_id", broken)
            told = await ask(running, "GET", "/status", 500)
        await ask(running, "GET", "/status")

    assert "Traceback" not in told["error"]
    assert "ZeroDivisionError" in caplog.text
