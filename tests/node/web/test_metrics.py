"""What monitoring reads of a node that runs: whether it is well, figures, and nothing else."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import trio
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from potluck.node.home.home import Home
from potluck.node.operations.service import Health, Json
from potluck.node.runtime import connections, runtime
from potluck.node.runtime.runtime import Options
from potluck.node.web.metrics import BUILD, GAUGES, INTAKE
from potluck.protocol.errors import LocalError
from tests.node.at_home import CONFIG
from tests.node.loopback import HERE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def monitored(path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Json]]:
    """A node with metrics, as its monitoring sees it, and its status."""
    bind = f"127.0.0.1:{free_port()}"
    home = Home.create(path, replace(CONFIG, name="Ada's cellar", metrics=bind))
    send, receive = trio.open_memory_channel[Json](1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(runtime.serve, home, Options(listen=(HERE,), web=""), send.send_nowait)
        found = await receive.receive()
        async with httpx.AsyncClient(base_url=f"http://{bind}", trust_env=False) as client:
            yield client, found
        nursery.cancel_scope.cancel()


async def test_figures_that_a_monitoring_can_read(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (client, _):
        answer = await client.get("/metrics")

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    families = {found.name: found for found in text_string_to_metric_families(answer.text)}
    unknown_yet = {"potluck_last_repair_timestamp_seconds", "potluck_clock_offset_seconds"}
    assert families.keys() >= {*GAUGES, INTAKE[0], BUILD[0]} - unknown_yet
    assert all(
        name in GAUGES or name in (INTAKE[0], BUILD[0]) or name.startswith("process_")
        for name in families
    )
    assert [sample.value for sample in families["potluck_peers_connected"].samples] == [0]


async def test_figures_do_not_say_who_or_where(tmp_path: Path) -> None:
    async with monitored(tmp_path) as (client, found):
        text = (await client.get("/metrics")).text

    for secret in (
        "Ada", str(tmp_path), found["host_key"], found["peer_id"], found["network_id"],
        *found["listen"],
    ):  # fmt: skip
        assert secret not in text


async def test_a_node_is_well_until_a_part_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with monitored(tmp_path) as (client, _):
        well = await client.get("/healthz")
        failing = Health(0, 0, 0, None, failing={"sync": "a defect (KeyError)"})
        monkeypatch.setattr(connections.Connections, "health", lambda _self: failing)
        unwell = await client.get("/healthz")

    assert (well.status_code, well.text) == (200, "ok\n")
    assert (unwell.status_code, unwell.text) == (503, "failing: sync\n")


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
async def test_a_page_elsewhere_cannot_read_them(tmp_path: Path, path: str) -> None:
    async with monitored(tmp_path) as (client, _):
        answer = await client.get(path, headers={"Host": "rebound.example"})

    assert (answer.status_code, answer.text) == (421, "not this host\n")


@pytest.mark.parametrize("bind", ["0.0.0.0:9642", "192.0.2.1:9642", "9642"])
def test_they_are_for_this_machine_only(tmp_path: Path, bind: str) -> None:
    Home.create(tmp_path, replace(CONFIG, metrics=bind))

    with pytest.raises(LocalError, match=r"node\.metrics: .*(this machine only|no HOST:PORT)"):
        runtime.run(tmp_path, Options(listen=(HERE,), web=""), lambda _status: None)


@pytest.mark.parametrize("option", ["--web", "--guests"])
def test_of_a_taken_address_the_option_that_helps_is_named(tmp_path: Path, option: str) -> None:
    Home.create(tmp_path, CONFIG)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        options = {
            "--web": Options(listen=(HERE,), web=bind),
            "--guests": Options(listen=(HERE,), web="", guests=bind),
        }[option]
        with pytest.raises(LocalError) as said:
            runtime.run(tmp_path, options, lambda _status: None)

    assert {"--web", "--guests"} & set(str(said.value).split()) == {option}
