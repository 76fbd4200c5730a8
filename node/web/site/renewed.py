"""The site of a running node: made again when what it says has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import trio

from potluck.node.operations import Json, Service
from potluck.node.operations.forms import SiteForm
from potluck.node.operations.sharing.publish import edition

from . import folder as folders
from .edition import files

RENEWED = 60.0
"""Seconds between two looks at whether anything has changed."""
STALE = 3_600
"""Seconds after which it is made again though nothing has: the hours of a day go by."""


class Renewed:
    """A site of this form; `show` gets what it says whenever that is new."""

    def __init__(
        self, service: Service, form: SiteForm, show: Callable[[Json], Awaitable[object]]
    ) -> None:
        self._service, self._form, self._show = service, form, show
        self._said: Json = {}

    async def keep_new(self) -> None:
        """Look each minute whether anything has changed, until cancelled. Raises LocalError."""
        while True:
            await trio.sleep(RENEWED)
            await self.renew()

    async def renew(self) -> None:
        """Show it again, if what it says has changed. Raises LocalError."""
        said = await edition(self._service, self._form)
        age = said["published"] - self._said.get("published", 0)
        if age < STALE and {**said, "published": 0} == {**self._said, "published": 0}:
            return
        await self._show(said)
        self._said = said


async def keep_folder(service: Service, folder: Path) -> None:
    """Keep this folder a site that says what the node holds, until cancelled.

    Raises LocalError for a folder that is none of ours, and when it cannot be written.
    """

    async def show(said: Json) -> None:
        await trio.to_thread.run_sync(written, folder, said)

    site = Renewed(service, SiteForm(), show)
    await site.renew()
    await site.keep_new()


def written(folder: Path, said: Json) -> Json:
    """Make the folder a site that says this: {folder, events, files, written, removed}."""
    done = folders.write(folder, files(said), said["published"])
    return {"folder": str(folder), "events": len(said["announcements"]), **done}
