"""The site of a running node: made again when what it says has changed."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import trio

from potluck.node.operations.forms import SiteForm
from potluck.node.operations.service import Json, Service
from potluck.node.operations.sharing.publish import edition

from . import folder as folders
from .edition import files

RENEWED, FOLDER_RENEWED = 60.0, 600.0
"""Seconds between two looks at what has changed: in memory, and in a folder with all its pages."""
STALE = 3_600
"""Seconds after which it is made again though nothing has: the hours of a day go by."""


class Renewed:
    """A site of this form; `show` gets what it says whenever that is new."""

    def __init__(
        self, service: Service, form: SiteForm, show: Callable[[Json], Awaitable[None]]
    ) -> None:
        self._service, self._form, self._show = service, form, show
        self._content: Json = {}

    async def keep_new(self, pause: float) -> None:
        """Look after each pause what has changed, until cancelled. Raises LocalError."""
        while True:
            await trio.sleep(pause)
            await self.renew()

    async def renew(self) -> None:
        """Show it again, if what it says has changed. Raises LocalError."""
        content = await edition(self._service, self._form)
        age = content["published"] - self._content.get("published", 0)
        if age < STALE and {**content, "published": 0} == {**self._content, "published": 0}:
            return
        await self._show(content)
        self._content = content


async def keep_folder(service: Service, folder: Path) -> None:
    """Keep this folder a site that says what the node holds, until cancelled.

    Raises LocalError for a folder that is none of ours, and when it cannot be written.
    """

    async def show(content: Json) -> None:
        await trio.to_thread.run_sync(written, folder, content)

    site = Renewed(service, SiteForm(), show)
    await site.renew()
    await site.keep_new(FOLDER_RENEWED)


def written(folder: Path, content: Json) -> Json:
    """Make the folder a site that says this: {folder, events, files, written, removed}."""
    done = folders.write(folder, files(content), content["published"])
    return {"folder": str(folder), "events": len(content["announcements"]), **done}
