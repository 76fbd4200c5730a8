"""Style sheet, scripts and pictures, read once and kept in memory, ready compressed.

Their address carries a digest of them all, so that a browser may keep them for ever, and a script
finds its neighbours under the same digest.
"""

import gzip
from functools import cache
from hashlib import blake2b
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

WEB = Path(__file__).parent.parent
FOLDERS = WEB / "site" / "app", WEB / "static"
"""The page shares the draw, and what it stands on, with the site."""

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


@cache
def files() -> dict[str, bytes]:
    """All files by name, compressed; the page's own style follows what it shares with the site."""
    found = {
        file.name: file.read_bytes()
        for folder in FOLDERS
        for file in sorted(folder.iterdir())
        if file.suffix in KINDS
    }
    found["style.css"] += found.pop("page.css")
    return {name: gzip.compress(content, mtime=0) for name, content in found.items()}


@cache
def root() -> str:
    """The path under which they all are."""
    digest = blake2b(b"".join(files().values()), digest_size=6).hexdigest()
    return f"/static/{digest}"


async def serve(request: Request) -> Response:
    """One of the files, by its name."""
    name = request.path_params["name"]
    packed = files().get(name)
    if packed is None:
        return Response(status_code=404)
    kind = KINDS["." + name.rpartition(".")[2]]
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(packed), media_type=kind, headers=headers)
