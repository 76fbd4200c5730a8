"""A folder that a running node keeps a site: renewed when something changed, each hour else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from potluck.node.home.config import Config
from potluck.node.operations.forms import SiteForm
from potluck.node.operations.service import Json
from potluck.node.operations.sharing.publish import edition
from potluck.node.web.site import renewed
from potluck.node.web.site.edition import files
from potluck.node.web.site.renewed import STALE, keep_folder, written
from potluck.protocol.errors import Refused
from tests.builders import NOW, host, signed
from tests.node.at_home import at_home, clock_of, receive

from .town import event

CONFIG = Config(network_name="test", stamp_bits=4, site_at="52.52,13.405")


async def test_a_folder_is_kept_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, autojump_clock: MockClock
) -> None:
    done, told = trio.open_memory_channel[Json](9)

    def tell(folder: Path, said: Json) -> None:
        trio.from_thread.run_sync(done.send_nowait, written(folder, said))

    monkeypatch.setattr(renewed, "written", tell)
    folder = tmp_path / "site"
    async with at_home(tmp_path / "home", CONFIG) as service, trio.open_nursery() as nursery:
        await receive(service, *(signed(host(n), slot=n, what=event(n)) for n in (1, 2)))
        nursery.start_soon(keep_folder, service, folder)
        first, deck = await told.receive(), _deck(folder)
        clock_of(service).seconds = NOW + 60
        await receive(service, signed(host(3), slot=3, what=event(3)))
        second = await told.receive()
        clock_of(service).seconds = NOW + STALE
        await trio.sleep(3 * renewed.FOLDER_RENEWED)
        clock_of(service).seconds = NOW + 60 + STALE
        third = await told.receive()
        nursery.cancel_scope.cancel()

    assert [each["events"] for each in (first, second, third)] == [2, 3, 3]
    assert first["written"] == first["files"]
    assert 0 < second["written"] < second["files"], "what did not change is not written"
    assert deck < _deck(folder), "pages that are open still find their deck"
    assert 0 < third["written"] < second["written"]
    assert autojump_clock.current_time() > 0


async def test_the_settings_say_who_has_an_address_alone(tmp_path: Path) -> None:
    with_path = replace(CONFIG, site_base="https://host.example/ferry/")
    said = []
    for number, config in enumerate((with_path, replace(with_path, site_own_origin=True))):
        async with at_home(tmp_path / str(number), config) as service:
            site = files(await edition(service, SiteForm()))["site.json"]
        said.append(json.loads(site)["own_origin"])

    assert said == [False, True]


def _deck(folder: Path) -> set[Any]:
    return {part.name for part in (folder / "deck").iterdir()}


async def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "letter.txt").write_text("Dear", encoding="utf-8")
    async with at_home(tmp_path / "home", CONFIG) as service:
        with pytest.raises(Refused, match="not a site's"):
            await keep_folder(service, tmp_path / "site")
