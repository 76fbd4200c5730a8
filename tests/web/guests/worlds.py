"""The worlds of draw.json, as rows of a receipt: host, slot, id, series, source."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

Row = list[str | None]


def _hashed(text: str) -> str:
    return blake2b(text.encode(), digest_size=32).hexdigest()


def _row(i: int, k: int, feeds: int = 0, slot: int | None = None) -> Row:
    """Event k of host i: its own, or imported from one of so many feeds."""
    source = f"feed-{k % feeds}" if feeds else None
    series = "weekly" if k and k % 3 == 0 else source if k % 2 else None
    return [
        _hashed(f"host-{i}"),
        f"{k if slot is None else slot:016x}",
        _hashed(f"id-{i}-{k}"),
        series,
        source,
    ]


def _world(
    hosts: int, per: Callable[[int], int], row: Callable[[int, int], Row | None]
) -> list[Row]:
    made = (row(i, k) for i in range(hosts) for k in range(per(i)))
    return [one for one in made if one is not None]


def _renamed(i: int, k: int) -> Row:
    row = _row(i, k, 12 if i < 3 else 0)
    return [*row[:3], f"bundle {k % 5}", row[4]] if i == 2 and row[3] is not None else row


def _shifted(i: int, k: int) -> Row | None:
    if i >= 3:
        return _row(i, k)
    return _row(i, k, 12) if 2 * i <= k <= 55 + 2 * i else None


def worlds() -> dict[str, list[Row]]:
    """All of them by name."""
    return {
        "small": _world(7, lambda i: 1 + i % 4, _row),
        "big": _world(400, lambda i: 2630 if i == 3 else 1 + i % 9, _row),
        "few": _world(2, lambda _: 9, _row),
        "town": _world(14, lambda i: 1 if i else 300, lambda i, k: _row(i, k, 0 if i else 40)),
        "same": _world(5, lambda _: 60, lambda i, k: _row(i, k, 12 if i < 3 else 0)),
        "shifted": _world(5, lambda _: 60, _shifted),
        "diluted": _world(
            6,
            lambda i: 60 if i in (0, 5) else 200,
            lambda i, k: _row(i, k, 12 if i < 5 else 0, k if k < 60 else 1000 * i + k),
        ),
        "renamed": _world(5, lambda _: 60, _renamed),
        "mixed": _world(4, lambda _: 30, lambda i, k: _row(i, k, 5 if i < 2 and k % 7 else 0)),
    }
