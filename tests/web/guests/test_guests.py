"""The site that a running node serves: what guests may ask, and what they are given."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
from starlette.datastructures import Headers

from potluck.node.home.config import Config
from potluck.node.operations.forms import SiteForm
from potluck.node.operations.service import Service
from potluck.node.operations.sharing.publish import edition
from potluck.node.web.site import guests
from potluck.node.web.site.edition import files
from potluck.node.web.site.guests import File, GuestsServer, Limits, client_of
from potluck.protocol.announcement import DAY
from potluck.protocol.errors import LocalError
from tests.builders import NOW, host, signed
from tests.node.at_home import at_home, clock_of, receive

from .town import event

CONFIG = Config(
    network_name="test", stamp_bits=4, site_at="52.52,13.405", site_title="The Ferry House"
)
TEXTS = {"User-Agent": "guest", "Accept-Encoding": "identity"}


@asynccontextmanager
async def served(path: Path) -> AsyncIterator[tuple[Service, GuestsServer, httpx.AsyncClient]]:
    """A house's site on a free port, and a guest's client."""
    async with at_home(path, CONFIG) as service, trio.open_nursery() as nursery:
        await receive(service, *(signed(host(n), slot=n, what=event(n)) for n in range(1, 4)))
        server = GuestsServer(service)
        address = await server.start(nursery, "127.0.0.1:0")
        async with httpx.AsyncClient(base_url=address, headers=TEXTS, trust_env=False) as client:
            yield service, server, client
        nursery.cancel_scope.cancel()


async def test_it_is_the_whole_site_with_pages_made_when_they_are_asked_for(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as (_, server, client):
        first = await client.get("/")
        site = (await client.get("/site.json")).json()
        card = f"/event/{host(1).key.hex()[:16]}-{1:016x}"
        page, ics = await client.get(card + ".html"), await client.get(card + ".ics")
        app = (await client.get("/offline.json")).json()
        found = [await client.get("/" + name) for name in app]
        parts = [await client.get("/" + part["file"]) for part in site["deck"]]

    assert "<h1>The Ferry House</h1>" in first.text
    assert site["own_origin"] is True
    assert "Cold water for the hesitant" in page.text
    assert b"BEGIN:VEVENT" in ics.content
    assert {answer.status_code for answer in (*found, *parts)} == {200}
    assert all("immutable" in answer.headers["cache-control"] for answer in (*found, *parts))
    assert first.headers["cache-control"] == "no-cache"
    assert server.app.shown[card.removeprefix("/") + ".html"].plain == page.content


async def test_nothing_but_get_and_head_and_no_way_to_the_owners_page(tmp_path: Path) -> None:
    async with served(tmp_path) as (service, _, client):
        statuses = [(await client.request(way, "/")).status_code
                    for way in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH")]  # fmt: skip
        token = {"Authorization": f"Bearer {service.home.api_token.hex()}"}
        paths = ("/enter", "/api/v1/status", "/plan", "/plan.ics", "/settings", "/../config.toml",
                 "/static/x/style.css", "/.potluck-site", "/%2e%2e/")  # fmt: skip
        doors = [(await client.get(path, headers=token)).status_code for path in paths]
        head, whole = await client.head("/"), await client.get("/")
        nowhere, refused = await client.get("/nowhere"), await client.post("/")

    assert statuses == [405] * 5
    assert doors == [404] * len(paths)
    for answer in (nowhere, refused, whole):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))
    assert "set-cookie" not in whole.headers
    assert "server" not in whole.headers


async def test_what_a_guest_has_is_not_sent_again_and_text_is_compressed(tmp_path: Path) -> None:
    async with served(tmp_path) as (_, _, client):
        plain = await client.get("/")
        tag = plain.headers["etag"]
        again = await client.get("/", headers={"If-None-Match": tag})
        async with client.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as packed:
            raw = b"".join([part async for part in packed.aiter_raw()])

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert gzip.decompress(raw) == plain.content
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] != tag


async def test_it_is_made_again_when_something_changed_and_not_otherwise(tmp_path: Path) -> None:
    async with served(tmp_path) as (service, server, client):
        first = await client.get("/site.json")
        clock_of(service).seconds = NOW + 60
        await server.site.renew()
        same = await client.get("/site.json")
        await receive(service, signed(host(9), slot=9, what=event(4)))
        await server.site.renew()
        other = await client.get("/site.json")
        old = [await client.get("/" + part["file"]) for part in first.json()["deck"]]

    assert same.content == first.content
    assert other.json()["published"] == NOW + 60
    assert other.json()["deck"] != first.json()["deck"]
    assert {answer.status_code for answer in old} == {200}, "open pages still find their deck"


async def test_what_opened_weeks_ago_and_is_still_on_is_there_and_what_is_over_is_not(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path, CONFIG) as service:
        await receive(
            service,
            *(
                signed(host(n), slot=n, issued_at=NOW - 25 * DAY, what=event(
                    n, title=title, start=NOW - 20 * DAY, end=NOW + days * DAY))
                for n, (title, days) in enumerate((("Boats in bottles", 5), ("Kites", -15)), 1)
            ),
        )  # fmt: skip
        site = files(await edition(service, SiteForm()))

    assert b"Boats in bottles" in site["list.html"]
    assert sum(name.endswith(".ics") for name in site) == 1


async def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    async with served(tmp_path) as (service, _, client), trio.open_nursery() as nursery:
        bind = f"127.0.0.1:{client.base_url.port}"
        with pytest.raises(LocalError) as refused:
            await GuestsServer(service).start(nursery, bind)
        nursery.cancel_scope.cancel()

    assert "--guests HOST:PORT" in str(refused.value)


def test_a_client_has_limits_that_others_do_not_feel() -> None:
    seconds = [0.0]
    limits = Limits(lambda: seconds[0])
    taken = sum(limits.takes("192.0.2.1") for _ in range(int(guests.BURST) + 500))

    assert taken == guests.BURST
    assert limits.takes("192.0.2.2")
    assert all(limits.takes("127.0.0.1") for _ in range(int(guests.BURST) + 1))
    seconds[0] += 1.0
    later = sum(limits.takes("192.0.2.1") for _ in range(500))
    assert guests.A_SECOND - 1 <= later <= guests.A_SECOND
    seconds[0] += 1e6  # what was not asked for is not saved up
    assert sum(limits.takes("192.0.2.1") for _ in range(int(guests.BURST) + 500)) == guests.BURST
    limits.under_way["192.0.2.2"] = guests.AT_ONCE
    assert not limits.takes("192.0.2.2")
    limits.under_way["192.0.2.3"] = guests.ALL_AT_ONCE
    assert not limits.takes("192.0.2.4")


def test_the_limits_remember_a_bounded_number_of_clients() -> None:
    limits = Limits(lambda: 0.0)
    for number in range(guests.CLIENTS + 10):
        limits.takes(f"10.0.{number // 256}.{number % 256}")

    assert len(limits._spent) == guests.CLIENTS
    assert "10.0.0.0" not in limits._spent
    assert limits.takes("10.0.0.10")
    limits.takes("192.0.2.1")
    assert "10.0.0.10" in limits._spent, "who asked last is remembered longest"


async def test_who_asks_too_much_is_told_when_to_come_again_and_nothing_is_left_of_an_answer() -> (
    None
):
    app: Any = guests.Guests(Limits(lambda: 0.0))
    transport = httpx.ASGITransport(app, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(base_url="http://guests", transport=transport) as client:
        assert (await client.get("/")).status_code == 404
        assert not app.limits.under_way
        app.limits.under_way["192.0.2.2"] = guests.ALL_AT_ONCE
        refused = await client.get("/")

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")


def test_decks_of_the_latest_editions_stay_and_pages_of_what_is_gone_do_not() -> None:
    shown = guests.Guests(Limits(lambda: 0.0))
    for number in range(guests.OPEN_PAGES + 2):
        made = {f"deck/{number}.deck": f"{number}".encode(), f"event/{number}.html": b"<p>"}
        shown.show({name: File.of(name, content) for name, content in made.items()}, {})

    numbers = range(2, guests.OPEN_PAGES + 2)
    decks = {f"deck/{number}.deck" for number in numbers}
    assert shown.shown.keys() == decks | {f"event/{numbers[-1]}.html"}


def test_an_answer_says_what_it_is_to_whom_and_for_how_long() -> None:
    page, deck = File.of("index.html", b"<p>"), File.of("deck/1.deck", b"-")
    whole = page.answer(Headers(), with_body=True)
    packed = page.answer(Headers({"accept-encoding": "gzip"}), with_body=True)
    other = page.answer(Headers({"if-none-match": packed.headers["etag"]}), with_body=True)

    assert page.answer(Headers(), with_body=False).body == b""
    assert (other.status_code, other.body) == (200, b"<p>"), "it is not the compressed one"
    assert whole.headers["content-security-policy"] == "frame-ancestors 'none'"
    assert whole.headers["referrer-policy"] == "no-referrer"
    assert whole.headers["vary"] == "Accept-Encoding"
    assert whole.headers["cache-control"] == "no-cache"
    assert "immutable" in deck.answer(Headers(), with_body=True).headers["cache-control"]


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
    ],
)
def test_a_client_is_an_address_or_a_network_of_ipv6(address: str, client: str) -> None:
    scope: dict[str, Any] = {"client": (address, 1)}
    assert client_of(scope) == client


async def test_fifty_guests_at_once_are_all_served(tmp_path: Path) -> None:
    statuses: list[int] = []
    async with served(tmp_path) as (_, _, client), trio.open_nursery() as nursery:
        site = (await client.get("/site.json")).json()
        app = (await client.get("/offline.json")).json()
        names = [*app, *(part["file"] for part in site["deck"])]

        async def come() -> None:
            statuses.extend([(await client.get("/" + name)).status_code for name in names])

        for _ in range(50):
            nursery.start_soon(come)

    assert statuses == [200] * 50 * len(names)
