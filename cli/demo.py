"""Three nodes on this machine, so that a newcomer sees in a minute what Potluck does."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from . import hand_text, publish
from .client import Client, now
from .language import _, count
from .options import json_option
from .printing import Json, bold, dim, result
from .sharing import door_is_open

PATIENCE = 60.0  # seconds: a loaded machine imports libp2p slowly
HERE = "/ip4/127.0.0.1/tcp/0"
STAMP_BITS = 16  # a small price for a network of a minute
TOWN = {"at": "53.2719,-9.0489", "days": 28, "title": "A town that never was",
        "place": "the middle of town",
        "keeper": "the makers of Potluck, who invented it"}  # fmt: skip
"""Of the invented town's site."""
NAMES = ("Ada", "Bo", "Cleo")


@dataclass(frozen=True)
class Neighbour:
    """One node of the demonstration: its home and its process."""

    name: str
    client: Client
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Where the others reach it."""
        address: str = self.client.call("status")["listen"][0]
        return address


@click.command("demo")
@click.option("--once", is_flag=True, help="Stop after the hand is dealt.")
@click.option("--phone", is_flag=True, help="Show the page to a phone in this network, too.")
@click.option(
    "--site", type=click.Path(file_okay=False), metavar="DIR", help="Only make the town's site."
)
@json_option
def demo_command(once: bool, phone: bool, site: str | None, as_json: bool) -> None:
    """Three nodes on this machine, and a hand drawn: see it work."""
    if site is not None:
        result(_site(site), as_json, publish.show_written)
        return
    with (
        tempfile.TemporaryDirectory(prefix="potluck-demo-") as folder,
        _neighbours(Path(folder)) as nodes,
    ):
        _meet(*nodes)
        total = _bring_events(Path(folder), *nodes[:2])
        _wait_for_all(nodes[2], total)
        result(_draw(nodes[2]), as_json, hand_text.cards)
        if phone:
            _show_to_a_phone(nodes[2])
        if not once:
            _stay(nodes[2])
    _print(dim(_("The nodes have stopped and their folder is gone.")))


def _site(site: str) -> Json:
    """The invented town as a site, from a home that is made for it."""
    import trio

    from potluck.node.operations.lifecycle import init
    from potluck.node.web.site.renewed import written

    with tempfile.TemporaryDirectory(prefix="potluck-demo-") as folder:
        client, file = Client(f"{folder}/home"), Path(folder) / "town.ics"
        trio.run(init.create, client.path, "", "demo", None, STAMP_BITS, lambda _done, _total: None)
        file.write_bytes(_calendar())
        client.call("import_calendar", source=str(file), form={})
        edition = client.call("edition", form=TOWN)
        return written(Path(site), edition)


def _calendar() -> bytes:
    from potluck.node.calendars.sample import sample_calendar

    return sample_calendar(now().astimezone().date())


def _print(words: str) -> None:
    """What goes on, beside the result."""
    click.echo(words, err="--json" in sys.argv)


@contextmanager
def _neighbours(folder: Path) -> Iterator[list[Neighbour]]:
    """Three running nodes, which are stopped in the end whatever happens."""
    _print(_("Starting three nodes on this machine: {names} …", names=", ".join(NAMES)))
    nodes: list[Neighbour] = []
    for ends in (signal.SIGTERM, signal.SIGHUP):  # as when the terminal is closed
        signal.signal(ends, signal.default_int_handler)
    try:
        for name in NAMES:
            # Those started must be stopped
            nodes.append(_start(folder / name.lower(), name))  # noqa: PERF401
        for node in nodes:
            _until(node.client.is_up, lambda node=node: _check_alive(node))  # type: ignore[misc]
        yield nodes
    finally:
        for node in nodes:
            node.process.send_signal(signal.SIGTERM)
        for node in nodes:
            try:
                node.process.wait(10)
            except subprocess.TimeoutExpired:
                node.process.kill()
                node.process.wait()


def _start(home: Path, name: str) -> Neighbour:
    import trio

    from potluck.node.operations.lifecycle import init

    trio.run(init.create, home, name, "demo", None, STAMP_BITS, lambda _done, _total: None)
    page = ["--web", "127.0.0.1:0"] if name == NAMES[-1] else ["--no-web"]
    words = [
        sys.executable,
        "-m",
        "potluck.cli",
        "--home",
        str(home),
        "up",
        "--listen",
        HERE,
        *page,
    ]
    log = (home / "node.log").open("wb")
    # A session of its own: Ctrl-C reaches the demonstration, which then stops its nodes in order.
    with log:
        process = subprocess.Popen(  # noqa: S603
            words, stdout=log, stderr=log, start_new_session=True
        )
    return Neighbour(name, Client(str(home)), process)


def _check_alive(node: Neighbour) -> None:
    if node.process.poll() is not None:
        log = (node.client.path / "node.log").read_text("utf-8", "replace")
        raise click.ClickException(
            _("{name}'s node did not start:\n{log}", name=node.name, log=log)
        )


def _meet(ada: Neighbour, bo: Neighbour, cleo: Neighbour) -> None:
    bo.client.call("connect", address=ada.address)
    cleo.client.call("connect", address=bo.address)
    _print(_("Bo knows Ada, and Cleo knows Bo; Cleo never meets Ada."))


def _bring_events(folder: Path, ada: Neighbour, bo: Neighbour) -> int:
    """Import half of the town's calendar at each; how many events there are."""
    total = 0
    for node, part in zip((ada, bo), _halves(_calendar()), strict=True):
        file = folder / f"{node.name.lower()}.ics"
        file.write_bytes(part)
        made = node.client.call("import_calendar", source=str(file), form={})
        events = count(made["imported"], "event")
        _print(
            _(
                "{name} imports a calendar of {events}, each signed by {name}.",
                name=node.name,
                events=events,
            )
        )
        total += made["imported"]
    return total


def _halves(calendar: bytes) -> tuple[bytes, bytes]:
    """Two calendars: the events of every other organiser each."""
    head, *rest = calendar.split(b"BEGIN:VEVENT")
    tail = b"END:VCALENDAR\r\n"
    events = [b"BEGIN:VEVENT" + each.replace(tail, b"") for each in rest]
    organisers = list(dict.fromkeys(map(_organiser, events)))
    first, second = (
        head
        + b"".join(each for each in events if organisers.index(_organiser(each)) % 2 == half)
        + tail
        for half in (0, 1)
    )
    return first, second


def _organiser(event: bytes) -> bytes:
    return event.partition(b"ORGANIZER")[2].partition(b"\r\n")[0]


def _wait_for_all(cleo: Neighbour, total: int) -> None:
    began = time.monotonic()
    _until(lambda: cleo.client.call("status")["announcements"] >= total, lambda: _check_alive(cleo))
    seconds = time.monotonic() - began
    held = _("Cleo holds all {total:,} events, {seconds:.1f} s later", total=total, seconds=seconds)
    _print(_("{held}, with no server in between.", held=bold(held)) + "\n")


def _draw(cleo: Neighbour) -> Json:
    form = {"days": 28}
    # So that Cleo's page shows the same hand:
    cleo.client.call("save_filters", name="page", form=form)
    drawn: Json = cleo.client.call("draw", form=form)
    return drawn


def _show_to_a_phone(cleo: Neighbour) -> None:
    """A code for a phone, once the person knows who else could see the page."""
    question = _("Show Cleo's page, unencrypted, to everybody in this machine's network?")
    if click.confirm(question, err="--json" in sys.argv):
        door_is_open(cleo.client.call("open_door"))


def _stay(cleo: Neighbour) -> None:
    page = cleo.client.call("page")["link"]
    try:
        _print("\n" + _("Cleo's page: {page}   (Ctrl-C stops the three nodes)", page=bold(page)))
        while cleo.process.poll() is None:
            time.sleep(0.2)
    except KeyboardInterrupt:
        _print("")


def _until(done: Callable[[], bool], check: Callable[[], None]) -> None:
    """Wait until it is done. Raises what `check` raises, and when patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        check()
        if time.monotonic() > deadline:
            raise click.ClickException(
                _("this took longer than {s:.0f} s; is the machine very busy?", s=PATIENCE)
            )
        time.sleep(0.05)
