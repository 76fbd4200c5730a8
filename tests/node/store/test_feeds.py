"""Calendars and what was announced of them, kept; and those of an earlier version taken over."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import apsw

from potluck.node.store.database import Database
from potluck.node.store.feeds import FeedEvent, Feeds, FeedState
from potluck.node.store.schema import STEPS, migrate

HERE = FeedState("https://a.example/x.ics", '{"near": "Berlin"}', 3600, 5, '"7"', None, 4)
ONE = FeedEvent("1@a.example", "", "Soup", 100, "Hall", 1)
TWO = FeedEvent("2@a.example", "20270301", "Stew", 200, "", (1 << 64) - 1)


async def test_a_reading_is_remembered_with_what_went(tmp_path: Path) -> None:
    with Database(tmp_path / "store.sqlite") as database:
        feeds = Feeds(database)
        assert feeds.get(HERE.address) == FeedState(HERE.address)
        await feeds.record(HERE, [ONE, TWO], [], [])
        await feeds.record(replace(HERE, read_at=9), [ONE], [TWO.slot], [])
    with Database(tmp_path / "store.sqlite") as database:
        feeds = Feeds(database)
        assert feeds.get(HERE.address) == replace(HERE, read_at=9)
        assert await feeds.events(HERE.address) == [ONE, replace(TWO, gone=True)]
        await feeds.record(replace(HERE, read_at=12), [ONE], [TWO.slot], [])
        assert (feeds.seen(ONE.slot), feeds.seen(TWO.slot), feeds.seen(77)) == (12, 9, None)

        await feeds.record(replace(HERE, read_at=12), [replace(TWO, title="Back")], [], [ONE.slot])
        assert await feeds.events(HERE.address) == [replace(TWO, title="Back")]
        assert await feeds.events("elsewhere") == []


async def test_watched_are_those_to_look_at_again_by_when_they_are_due(tmp_path: Path) -> None:
    with Database(tmp_path / "store.sqlite") as database:
        feeds = Feeds(database)
        for name, due in (("late", 9), ("soon", 3)):
            await feeds.put(FeedState(name, every=60, next=due))
        await feeds.put(FeedState("once"))

        assert [state.address for state in feeds.watched()] == ["soon", "late"]
        assert await feeds.unwatch("soon")
        assert not await feeds.unwatch("soon")
        assert not await feeds.unwatch("never")
        assert [state.address for state in feeds.watched()] == ["late"]


def test_what_an_earlier_version_watched_is_watched_still() -> None:
    old = apsw.Connection(":memory:")
    migrate(old, STEPS[:3])
    form = {"near": "Berlin", "topics": ["a"], "prune": True}
    watched = {"https://a.example/": {"every": 900, "next": 77, "form": form, "failed": "x"}}
    for name, body in (("watched", json.dumps(watched)), ("other", "{}")):
        old.execute("INSERT INTO note (name, body) VALUES (?, ?)", (name, body))

    migrate(old)
    ((address, kept, every, due),) = old.execute("SELECT address, form, every, next FROM feed")
    assert (address, json.loads(kept), every, due) == ("https://a.example/", form, 900, 77)
    assert old.execute("SELECT name FROM note").fetchall() == [("other",)]
