"""Where the site's files lie in the project."""

from __future__ import annotations

from pathlib import Path

WEB = Path(__file__).parents[3] / "node" / "web"
VECTORS = Path(__file__).parents[2] / "vectors"
SHARED = Path(__file__).parents[4] / "shared"
