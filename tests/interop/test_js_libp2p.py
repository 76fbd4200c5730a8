"""
js-libp2p hears us, and relays for us: another libp2p, another language, other code for ids and all.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from potluck.node import limits
from tests.processes import processes, until
from tests.test_end_to_end import SOUP

TITLES = "Soup night", "Später: Suppe für alle 🍲", "x" * 140


@pytest.mark.soak
def test_a_js_node_hears_announcements_and_checks_them_with_its_own_code(
    tmp_path: Path, installed: Path
) -> None:
    with processes(tmp_path, "a") as (node,):
        node.start()
        status = node.call("status")
        command = ["node", "listen.mjs", node.address, "test", "4", str(len(TITLES))]
        with subprocess.Popen(
            command, cwd=installed, stdout=subprocess.PIPE, text=True
        ) as listener:
            assert listener.stdout is not None
            ready = json.loads(listener.stdout.readline())
            assert ready == {"ready": f"/potluck/1/{status['network_id']}"}
            until(lambda: node.call("status")["peers"] == 1)
            told = [node.call("announce", form=SOUP | {"title": title}) for title in TITLES]
            heard = [json.loads(line) for line in listener.stdout]
            assert listener.wait(60) == 0
        assert by_id(heard) == by_id([expected(one, status) for one in told])
        assert all(one["stamp"] >= 4 for one in heard)
        assert "banned" not in node.log


@pytest.mark.soak
def test_a_js_relay_connects_two_nodes_for_as_long_as_it_likes(
    tmp_path: Path, installed: Path
) -> None:
    """It serves no pings, and cuts each circuit after 128 KiB."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (
        subprocess.Popen(  # type: ignore[call-overload]
            ["node", "relay.mjs"], cwd=installed, text=True, **pipes
        ) as relay,
        processes(tmp_path, "ab") as (a, b),
    ):
        address = json.loads(relay.stdout.readline())["address"]
        a.start("--no-web", "--relay", address)
        until(lambda: "p2p-circuit" in a.call("status")["listen"][-1])
        b.start("--no-web", "--connect", a.call("status")["listen"][-1])
        until(lambda: b.call("status")["peers"] == 2)
        through = {peer["id"]: peer["relay"] for peer in b.call("peers")}
        assert through[a.call("status")["peer_id"]] == address.rpartition("/")[2]

        for number in range(400):
            a.call("announce", form=SOUP | {"title": f"Soup {number}", "about": "x" * 400})
        until(lambda: b.ids() == a.ids())
        time.sleep(2 * limits.PING_DROP)
        a.call("announce", form=SOUP | {"title": "Soup at last"})
        until(lambda: b.ids() == a.ids())
        assert "p2p-circuit" in a.call("status")["listen"][-1]
        for node in (a, b):
            assert node.call("bans") == {"bans": [], "dropped": []}
        relay.stdin.close()
        assert relay.wait(60) == 0


def expected(told: dict[str, Any], status: dict[str, Any]) -> dict[str, Any]:
    """What the JavaScript node must make of an event that this node says it announced."""
    return {
        "id": told["id"],
        "version": 1,
        "network": status["network_id"],
        "host": status["host_key"],
        "slot": told["slot"],
        "revision": 0,
        "title": told["title"],
        "signature": True,
    }


def by_id(announcements: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: {key: one[key] for key in one if key != "stamp"} for one in announcements}
