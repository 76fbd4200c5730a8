"""Where the site's files lie in the project."""

from __future__ import annotations

from pathlib import Path

APP = Path(__file__).parents[3] / "node" / "web" / "site" / "app"
VECTORS = Path(__file__).parents[2] / "vectors"
