"""The page's doors as an attacker sees them: bytes on a socket, not a browser's good manners."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from potluck.node.web import app
from potluck.node.web.http.guard import HEADERS
from potluck.node.web.pages import PAGES, PHONE
from potluck.node.web.server import Server, check_local, own_address
from potluck.protocol.errors import LocalError

from .site import Site, a_hand, at_loopback, running

FORM = "Content-Type: application/x-www-form-urlencoded"


class Answer:
    """What came back: status 0 if the connection was closed without a word."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        line, *headers = head.decode("latin-1").split("\r\n")
        self.status = int(line.split()[1]) if line else 0
        self.headers = {
            name.lower(): value for name, _, value in (each.partition(": ") for each in headers)
        }
        self.answers = len(re.findall(rb"HTTP/1\.1 \d+", raw))


def send(address: str, raw: bytes) -> Answer:
    """Send bytes as they are, and read until the other side closes."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=20) as wire:
        wire.sendall(raw)
        read = b""
        while chunk := wire.recv(65536):
            read += chunk
    return Answer(read)


def ask(
    site: Site, method: str, path: str, *headers: str, body: str = "", address: str = ""
) -> Answer:
    """A request of well-formed bytes."""
    at = address or site.address
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {at.removeprefix('http://')}",
        "Connection: close",
        *headers,
    ]
    if body:
        lines += [FORM, f"Content-Length: {len(body)}"]
    return send(at, ("\r\n".join(lines) + "\r\n\r\n" + body).encode())


def let_in(site: Site, link: str = "") -> str:
    """The Cookie header of a browser that followed a link."""
    address, _, code = (link or site.link()).partition("/enter?code=")
    answer = ask(site, "POST", "/enter", f"Origin: {address}", body=f"code={code}", address=address)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    return "Cookie: " + answer.headers["set-cookie"].partition(";")[0]


def test_a_link_is_not_spent_by_those_who_only_look_at_it(site: Site) -> None:
    link = site.link()
    path = "/enter?code=" + link.partition("code=")[2]
    for method in (
        "HEAD",
        "GET",
        "GET",
    ):  # a messenger's preview, a scanner of mail, a browser that prefetches
        answer = ask(site, method, path, "Sec-Purpose: prefetch")
        assert (answer.status, "set-cookie" in answer.headers) == (200, False)
    code = path.partition("=")[2]
    for stranger in ("http://127.0.0.1:1", "null", "https://attacker.test"):
        assert ask(site, "POST", "/enter", f"Origin: {stranger}", body=f"code={code}").status == 403
    assert ask(site, "GET", "/", let_in(site, link)).status == 200
    assert ask(site, "GET", path).status == 401


@pytest.mark.parametrize(
    "back",
    [
        "//attacker.test",
        "/\\attacker.test",
        "https://attacker.test",
        "/\t/attacker.test",
        "/%0d%0aX-Evil: 1",
        "/\r\nX-Evil: 1",
        "javascript:hit()",
        ".attacker.test",
    ],
)
def test_no_form_leads_to_another_site(site: Site, back: str) -> None:
    body = "target=quiz&back=" + "".join(f"%{byte:02x}" for byte in back.encode())
    answer = ask(site, "POST", "/block", let_in(site), f"Origin: {site.address}", body=body)
    place = answer.headers["location"]
    assert answer.status == 303
    assert re.match(r"/(?![/\\\t])", place)
    assert "x-evil" not in answer.headers


def test_every_answer_has_the_policy_and_only_what_never_changes_is_kept(site: Site) -> None:
    cookie, ours = let_in(site), f"Origin: {site.address}"
    static = re.search(rb"/static/\w+/style.css", ask(site, "GET", "/settings", cookie).body)
    assert static
    answers = {
        200: ask(site, "GET", "/settings", cookie),
        303: ask(site, "POST", "/settings/bag", cookie, ours),
        401: ask(site, "GET", "/settings"),
        403: ask(site, "POST", "/settings/bag", cookie, "Origin: https://attacker.test"),
        404: ask(site, "GET", "/nowhere", cookie),
        405: ask(site, "DELETE", "/settings", cookie, ours),
        413: ask(
            site, "POST", "/import", cookie, ours, f"Content-Length: {app.LARGEST_BODY + 1}", FORM
        ),
        421: send(
            site.address, b"GET / HTTP/1.1\r\nHost: attacker.test\r\nConnection: close\r\n\r\n"
        ),
    }
    assert {asked: answer.status for asked, answer in answers.items()} == {
        status: status for status in answers
    }
    for answer in (
        *answers.values(),
        ask(site, "GET", "/plan/went.csv", cookie),
        ask(site, "GET", "/plan.ics"),
    ):
        assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS
        assert answer.headers["cache-control"] == "no-store"
    style = ask(site, "GET", static[0].decode())
    assert "immutable" in style.headers["cache-control"]
    assert style.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_bytes_that_could_mean_two_requests_mean_none(site: Site) -> None:
    cookie, host = let_in(site), f"Host: {site.address.removeprefix('http://')}"
    head = ["POST /settings/bag HTTP/1.1", host, cookie, f"Origin: {site.address}", FORM]
    within = "GET /settings HTTP/1.1\r\n\r\n"
    for more in (
        ["Content-Length: 0", "Transfer-Encoding: chunked"],
        ["Content-Length: 0", f"Content-Length: {len(within)}"],
        ["Content-Length: +0"],
        ["Transfer-Encoding: chunked, identity"],
        [host],
        ["Host : attacker.test"],
    ):
        answer = send(site.address, ("\r\n".join([*head, *more]) + "\r\n\r\n" + within).encode())
        assert answer.status in (0, 400, 501), more
        assert answer.answers <= 1
    assert send(site.address, f"GET / HTTP/1.0\r\n{cookie}\r\n\r\n".encode()).status in (400, 421)
    assert send(site.address, f"GET / HTTP/1.1\r\n{cookie}\r\n\r\n".encode()).status == 400


def test_headers_without_end_are_not_collected(site: Site) -> None:
    assert ask(site, "GET", "/", "X: " + "a" * 200_000).status in (0, 400, 431)
    assert ask(site, "GET", "/?" + "a" * 200_000).status in (0, 400, 414, 431)


def test_who_sends_a_form_byte_by_byte_is_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SLOWEST_BODY", 0.3)
    host = site.address.removeprefix("http://")
    head = [
        "POST /enter HTTP/1.1",
        f"Host: {host}",
        f"Origin: {site.address}",
        FORM,
        "Content-Length: 100",
    ]
    assert send(site.address, ("\r\n".join(head) + "\r\n\r\ncode=").encode()).status == 408


def test_a_phone_may_send_little_and_the_token_opens_no_door_but_the_owners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_loopback(monkeypatch)
    with running(tmp_path / "home", a_hand) as site:
        address = site.call(lambda _: site.server.open()).partition("/enter")[0]
        large = f"Content-Length: {app.LARGEST_OF_PHONE + 1}"
        answer = ask(site, "POST", "/enter", f"Origin: {address}", large, FORM, address=address)
        assert answer.status == 413
        token = site.server.site.service.home.api_token.hex()
        bearer = f"Authorization: Bearer {token}"
        assert ask(site, "GET", "/", bearer, address=address).status == 401
        assert ask(site, "GET", "/", bearer).status == 200


def test_the_cookie_is_for_no_script_and_no_other_site(site: Site) -> None:
    code = site.link().partition("?")[2]
    answer = ask(site, "POST", "/enter", f"Origin: {site.address}", body=code)
    said = {each.strip().lower() for each in answer.headers["set-cookie"].split(";")[1:]}
    assert said >= {"httponly", "samesite=strict", "path=/"}


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([('name="code"', "-")] * app.MOST_FIELDS, 401),
        ([('name="code"', "-")] * (app.MOST_FIELDS + 1), 400),
        ([('name="code"', "x" * (app.LARGEST_FIELD + 1))], 400),
        ([('name="code"; filename="x"', "-")], 401),
        ([('name="code"; filename="x"', "-")] * 2, 400),
    ],
    ids=["many", "too many", "too long", "a file", "two files"],
)
def test_a_form_has_so_many_fields_and_one_file(
    site: Site, parts: list[tuple[str, str]], status: int
) -> None:
    body = "".join(
        f"--x\r\nContent-Disposition: form-data; {name}\r\n\r\n{text}\r\n" for name, text in parts
    )
    lines = [
        "POST /enter HTTP/1.1",
        f"Host: {site.address.removeprefix('http://')}",
        f"Origin: {site.address}",
        "Connection: close",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {len(body) + len('--x--')}",
    ]
    assert send(site.address, "\r\n".join([*lines, "", body + "--x--"]).encode()).status == status


def test_what_a_phone_may_do_is_on_this_list() -> None:
    allowed = """
        GET / | GET /enter | POST /enter | POST /redraw | POST /answer/{id} | POST /filters
        GET /towns | GET /browse | GET /live | GET /card/{id}.ics | GET /card/{id} | GET /share/{id}
        GET /plan | POST /plan/seen/{id} | POST /plan/off/{id} | POST /plan/back/{id}
        POST /plan/went | GET /plan/went.csv
        GET /receipts | GET /receipt/{id}.json | GET /receipt/{id}
        GET /tables | GET /table | GET /table/hand | POST /table/redraw
    """
    found = {f"{page.method} {page.path}" for page in PAGES if page.rights == PHONE}
    assert found == set(re.split(r" \| |\n\s+", allowed.strip()))


def test_who_leaves_in_the_middle_is_no_defect_of_ours(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    host, port = site.address.removeprefix("http://").split(":")
    head = f"POST /enter HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {site.address}\r\n{FORM}\r\n"
    with socket.create_connection((host, int(port))) as wire:
        wire.sendall(f"{head}Content-Length: 100\r\n\r\ncode=".encode())
        wire.shutdown(socket.SHUT_WR)
        wire.recv(100)
    assert ask(site, "GET", "/enter").status == 401
    assert [record.levelname for record in caplog.records if record.levelname != "INFO"] == []


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888"])
def test_no_door_opens_to_the_internet(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LocalError, match="open internet"):
        check_local(address)
    found = MagicMock()
    found.return_value.__enter__.return_value.getsockname.return_value = (address, 9)
    monkeypatch.setattr(socket, "socket", found)
    with pytest.raises(LocalError, match="open internet"):
        own_address()


@pytest.mark.parametrize(
    "address", ["10.0.0.2", "172.16.1.1", "192.168.1.7", "100.64.3.4", "169.254.7.7", "fd00::1"]
)
def test_a_door_opens_to_networks_that_are_local(address: str) -> None:
    check_local(address)


@pytest.mark.parametrize("bind", ["0.0.0.0:0", "[::]:0", "192.168.1.7:0", ":0", "example.org:0"])
def test_the_owners_page_is_shown_to_this_machine_only(site: Site, bind: str) -> None:
    with pytest.raises(LocalError, match=r"others could reach it|is no HOST:PORT"):
        site.call(lambda service: Server(service, None).start(bind))  # type: ignore[arg-type]
