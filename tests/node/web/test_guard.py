"""Who is let in: names, tokens, cookies, and where a request came from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from potluck.node.web.http.guard import HEADERS, Doors, Guard, as_json

HOST = "127.0.0.1:8642"
OURS = f"http://{HOST}"
DOORS = Doors(
    {HOST, "localhost:8642"},
    "token",
    "potluck-1",
    {"cookie": "owner"}.get,
    lambda path: path == "/enter",
)
COOKIE = {"cookie": "other=1; potluck-1=cookie"}


async def ask(
    headers: dict[str, str],
    method: str = "GET",
    path: str = "/",
    kind: str = "http",
    doors: Doors = DOORS,
) -> Any:
    """
    The status that a request gets: of the application 200, of the guard its own; a socket's close
    code. A header's value may have several lines.
    """
    return (await asked(headers, method, path, kind, doors))[0]


async def asked(
    headers: dict[str, str], method: str, path: str, kind: str, doors: Doors
) -> tuple[Any, dict[str, Any]]:
    """The same, and the request's scope."""
    sent: list[Any] = []
    scope: dict[str, Any] = {
        "type": kind,
        "method": method,
        "path": path,
        "headers": [
            (name.encode(), line.encode())
            for name, value in ({"host": HOST} | headers).items()
            for line in value.split("\n")
        ],
    }

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    await Guard(app, doors, as_json)(scope, receive, send)
    return sent[0].get("status", sent[0].get("code")), scope


@pytest.mark.parametrize(
    "host",
    [
        "attacker.test:8642",
        "127.0.0.1",
        "127.0.0.1:8643",
        "127.0.0.1:08642",
        "127.1:8642",
        "2130706433:8642",
        "localhost",
        "localhost.:8642",
        "LOCALHOST:8642",
        "owner@localhost:8642",
        "localhost:8642@attacker.test",
        "localhost:8642, attacker.test",
        "[::1]:8642",
        "[::ffff:127.0.0.1]:8642",
        "0.0.0.0:8642",
        "127.0.0.1:8642.attacker.test",
        "",
    ],
)
async def test_another_name_or_port_is_not_ours_whoever_asks(host: str) -> None:
    assert await ask(COOKIE | {"host": host}) == 421
    assert await ask({"host": host, "authorization": "Bearer token"}) == 421


async def test_a_stranger_gets_nothing_but_the_door() -> None:
    assert await ask({}) == 401
    assert await ask({"cookie": "potluck-1=wrong"}) == 401
    assert await ask({"cookie": "potluck-2=cookie"}) == 401
    assert await ask({"authorization": "Bearer wrong"}) == 401
    assert await ask({"authorization": "Bearer "}) == 401
    assert await ask({"authorization": "Basic token"}) == 401
    assert await ask({"authorization": "token"}) == 401
    assert await ask({}, path="/enter") == 200


async def test_a_cookie_or_the_token_lets_in() -> None:
    assert await ask(COOKIE) == 200
    assert await ask({"authorization": "Bearer token"}, method="POST") == 200


async def test_a_door_without_a_token_is_opened_by_none() -> None:
    doors = replace(DOORS, token=None)
    for given in ("", "None", "token"):
        assert await ask({"authorization": f"Bearer {given}"}, doors=doors) == 401


async def test_who_is_inside_may_stay_as_long_as_the_session_lasts() -> None:
    sessions = {"cookie": "owner", "other": "owner"}
    doors = replace(DOORS, session=sessions.get)
    _, scope = await asked(COOKIE, "GET", "/", "http", doors)
    assert scope["admitted"]()
    del sessions["cookie"]
    assert not scope["admitted"]()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": OURS}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": OURS}, 200),
        ({"origin": "http://localhost:8642"}, 200),
        ({}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999", "sec-fetch-site": "same-site"}, 403),
        ({"origin": f"https://{HOST}"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "https://attacker.test"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "https://attacker.test"}, 403),
    ],
)
async def test_what_changes_something_must_come_from_our_own_pages(
    headers: dict[str, str], status: int
) -> None:
    assert await ask(COOKIE | headers, method="POST") == status


async def test_other_pages_cannot_read_either_but_people_may_follow_links_to_us() -> None:
    other = {"sec-fetch-site": "same-site"}
    assert await ask(COOKIE | other | {"sec-fetch-mode": "no-cors"}) == 403
    assert await ask(COOKIE | other | {"sec-fetch-mode": "cors"}) == 403
    assert await ask(COOKIE | other | {"sec-fetch-mode": "navigate"}) == 200
    opened = other | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert await ask(COOKIE | opened) == 200
    for dest in ("iframe", "frame", "embed", "object"):
        assert await ask(COOKIE | opened | {"sec-fetch-dest": dest}) == 403


@pytest.mark.parametrize(
    "line",
    [
        "potluck-1=tossed; potluck-1=cookie",
        "potluck-1=cookie; potluck-1=tossed",
        "potluck-1=; potluck-1=cookie",
        'bad{"name"}=[1]; a b=c; =; ;; potluck-1 = cookie',
        "ümlaut=1; potluck-1=cookie",
        "x=" + "y" * 5000 + "; potluck-1=cookie",
        "potluck-1=tossed\npotluck-1=cookie",
    ],
)
async def test_other_programs_on_this_machine_cannot_push_the_cookie_aside(line: str) -> None:
    assert await ask({"cookie": line}) == 200


@pytest.mark.parametrize(
    "line",
    [
        *("", ";", "=", "potluck-1", "potluck-1=", "potluck-1=cookie2"),
        *("xpotluck-1=cookie", "potluck-12=cookie"),
    ],
)
async def test_what_is_no_cookie_of_ours_opens_nothing(line: str) -> None:
    assert await ask({"cookie": line}) == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        COOKIE,
        COOKIE | {"origin": "http://127.0.0.1:9999"},
        {"host": "attacker.test:8642", "origin": OURS},
    ],
)
async def test_a_socket_from_elsewhere_is_closed_before_it_opens(headers: dict[str, str]) -> None:
    assert await ask(headers, kind="websocket") == 1008


def test_the_policy_begins_with_nothing() -> None:
    policy = HEADERS["Content-Security-Policy"]

    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert {each.strip() for each in policy.split(";")} >= {
        "script-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    }


def test_other_sites_neither_embed_nor_open_the_page_and_learn_nothing_of_where_one_was() -> None:
    assert {name: said for name, said in HEADERS.items() if name != "Content-Security-Policy"} == {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
