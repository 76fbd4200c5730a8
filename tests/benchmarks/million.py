"""A store of 1,000,000 invented events of 200,000 hosts, made once and kept under build/.

The events lie around 1,500 towns, as unequal as real ones, in the next 60 days. The announcements'
bytes are left out (they have a table of their own, which draws do not read): that saves 600 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import cos, radians
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import apsw
import msgpack

from potluck.node.geography.distance import Point, cell
from potluck.node.store import Bounds, Store, rows
from potluck.node.store.schema import STEPS
from potluck.protocol.announcement import DAY
from tests.builders import NOW

EVENTS = 1_000_000
HOSTS = 200_000
TOWNS = 1_500
CHUNK = 20_000
FOLDER = Path(__file__).parents[2] / "build" / "bench"
BOUNDS = Bounds(2 * EVENTS, bytes(32), bytes(32))


def store() -> Store:
    """The store, opened; it is made if it is not there (a minute or two)."""
    path = path_of("million")
    if not path.exists():
        print(f"\nMaking {EVENTS:,} events in {path} (once)")
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        with Store(unfinished, BOUNDS) as making:
            making.database.submit(fill).result()
        unfinished.rename(path)
    return Store(path, BOUNDS)


def path_of(name: str) -> Path:
    """Where a store of this name is kept, as long as the schema stays as it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    return FOLDER / f"{name}-{crc32(repr(STEPS).encode()):08x}.sqlite"


def towns() -> list[tuple[Point, float]]:
    """Towns with their weights, as Zipf has it; the largest is first."""
    random = Random(1)
    return [
        ((random.uniform(-50, 65), random.uniform(-180, 180)), 1 / rank)
        for rank in range(30, 30 + TOWNS)
    ]


def fill(connection: apsw.Connection) -> None:
    """Write all rows, the indexes last."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    indexes = connection.execute(query).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    made = events()
    while chunk := list(islice(made, CHUNK)):
        connection.executemany(rows.ADD, chunk)
    for _, sql in indexes:
        connection.execute(str(sql))


def events() -> Iterator[tuple[Any, ...]]:
    """The rows of register: each host lives in one town and has five events there."""
    random = Random(2)
    spots, weights = zip(*towns(), strict=True)
    facts = msgpack.packb(["Europe/Berlin", ["music"], "de", "free", None, {"wheelchair": True}])
    homes = random.choices(spots, weights, k=HOSTS)
    for ref in range(1, EVENTS + 1):
        host = (ref * 7_919) % HOSTS
        lat = homes[host][0] + random.gauss(0, 0.1)
        lon = homes[host][1] + random.gauss(0, 0.1) / cos(radians(lat))
        start = NOW + random.randrange(60 * DAY)
        yield (
            ref, random_key(host), rows.slot_key(random.getrandbits(64)), 0,
            random.randbytes(32), NOW,
            start + 30 * DAY, 0, 1, start, start + 7200, 0,
            cell((lat, lon)), lat, lon, f"Event {ref}",
            None, None, None, facts,
        )  # fmt: skip


def random_key(host: int) -> bytes:
    return Random(host).randbytes(32)
