"""From what a site says to its files: {path: bytes}. Nothing here reads a clock or a store."""

import gzip
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from potluck.node.geography.areas import AREA_M
from potluck.node.geography.distance import Point
from potluck.node.geography.places import spot_at
from potluck.node.language.locale import languages
from potluck.node.operations.service import Json
from potluck.node.operations.sharing.bundle import MAGIC
from potluck.protocol import wire
from potluck.protocol.wire import SignedAnnouncement

from .pages import Making, pages, shapes_of
from .vocabulary import APP, vocabulary

HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
PART = 500
"""Announcements of a part of the deck: what changes is fetched anew in parts."""
MOST_TOWNS = 100
"""Looking one up takes some milliseconds."""


def files(content: Json) -> dict[str, bytes]:
    """All files of a site that says this: see operations/sharing/publish.py."""
    made, making = parts_of(content)
    return made | {name: make() for name, make in making.items()}


def parts_of(content: Json) -> tuple[dict[str, bytes], dict[str, Making]]:
    """The same, with the pages without scripts still to be made."""
    held = announcements_of(content)
    parts = dict(_parts(bytes.fromhex(content["network"]), held))
    own_origin = content["own_origin"]
    if own_origin is None:
        own_origin = _has_origin(content["base"])
    app = {f"{app_root()}/{name}": data for name, data in app_files().items()}
    site = {
        **{name: content[name] for name in COPIED},
        "own_origin": own_origin,
        "site": 1,
        "hand": content.get("hand", 5),
        "deck": [{"file": file, "digest": _digest(part)} for file, part in parts.items()],
        "towns": list(_towns(held)),
        "languages": {code: f"{app_root()}/{code}.json" for code in languages()},
        "marks": shapes_of(held),
        "table": content.get("table"),
        "tomorrow": content.get("tomorrow"),
        "yesterday": content.get("yesterday"),
    }
    made = {
        **app,
        **parts,
        **{name: text.encode() for name, text in content.get("receipts", {}).items()},
        "site.json": _json(site),
        "offline.js": (APP / "offline.js").read_bytes(),
        "offline.json": _json(sorted(app)),
        "manifest.webmanifest": _json(_manifest(content)),
    }
    return made, dict(pages(content, held, app_root()))


def announcements_of(content: Json) -> list[SignedAnnouncement]:
    """All that a site shows."""
    return [wire.decode(b64decode(each)) for each in content["announcements"]]


COPIED = (
    "network", "title", "keeper", "mail", "town", "place", "base", "language", "tz", "km", "days",
    "published", "hosts",
)  # fmt: skip


def _has_origin(base: str | None) -> bool:
    """Whether an address has no path, so that no other site shares what browsers keep for it."""
    return base is not None and urlsplit(base).path in ("", "/")


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=32).hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def app_files() -> Mapping[str, bytes]:
    """Scripts, style, picture and words by name: the same for every site of this version."""
    scripts = {file.name: file.read_bytes() for file in sorted(APP.glob("*.js"))}
    del scripts["offline.js"]  # it stands at the top, since it may answer only for what is below
    style = (STATIC / "style.css").read_bytes() + (HERE / "site.css").read_bytes()
    words = {name: _json(said) for code in languages() for name, said in vocabulary(code)}
    return {
        **scripts,
        **words,
        "style.css": style,
        "mark.svg": (STATIC / "mark.svg").read_bytes(),
    }


@cache
def app_root() -> str:
    """The folder of the app, which is another one when any of its files is."""
    digest = blake2b(digest_size=6)
    for name, data in app_files().items():
        digest.update(name.encode() + data)
    return f"app/{digest.hexdigest()}"


def _parts(network: bytes, held: Sequence[SignedAnnouncement]) -> Iterator[tuple[str, bytes]]:
    """The deck in parts, compressed, since not every web host would."""
    number = max(1, -(-len(held) // PART))
    buckets: list[list[bytes]] = [[] for _ in range(number)]
    for signed in held:
        register = signed.announcement.host + signed.announcement.slot.to_bytes(8, "big")
        mark = blake2b(register, digest_size=8).digest()
        buckets[int.from_bytes(mark, "big") % number].append(signed.encoded)
    for bucket in buckets:
        packed = b"".join(len(each).to_bytes(2, "big") + each for each in sorted(bucket))
        part = gzip.compress(MAGIC + network + packed, 9, mtime=0)
        yield f"deck/{_digest(part)[:16]}.deck", part


def _towns(held: Sequence[SignedAnnouncement]) -> Iterator[tuple[float, float, str]]:
    """Towns in which events are somewhere, of which no spot is known, with their coordinates."""
    for point in islice(dict.fromkeys(_areas(held)), MOST_TOWNS):
        yield *point, spot_at(point).name


def _areas(held: Sequence[SignedAnnouncement]) -> Iterator[Point]:
    bodies = (signed.announcement.body for signed in held)
    places = (body.place for body in bodies if body and body.place)
    for lat, lon, uncertainty in ((each.lat, each.lon, each.uncertainty) for each in places):
        if lat is not None and lon is not None and (uncertainty or 0) >= AREA_M:
            yield lat, lon


def _manifest(content: Json) -> Json:
    return {
        "name": content["title"],
        "short_name": content["title"][:12],
        "start_url": "./",
        "display": "minimal-ui",
        "background_color": "#f4f4f1",
        "theme_color": "#f4f4f1",
        "icons": [{"src": f"{app_root()}/mark.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
