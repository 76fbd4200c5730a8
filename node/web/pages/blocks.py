"""What one does not want to be dealt: blocked, lifted, given to others and taken over from them."""

import json
from datetime import datetime

from starlette.responses import Response

from potluck.node.errors import Unfit
from potluck.node.language import format as words
from potluck.node.operations.service import Json
from potluck.node.operations.trust import blocks
from potluck.protocol.errors import NotFound

from .view import NO_PROBLEM, Problem, View

_NOTE = "page.blocks"
"""Of somebody's list, what was not answered yet."""

AT_ONCE = 50


async def listed(view: View) -> list[Json]:
    """The blocks as the settings show and lift them."""
    return [_described(view, each) for each in (await blocks.blocks(view.service))["blocks"]]


def _described(view: View, block: Json) -> Json:
    """A block as the list shows and lifts it."""
    label = {
        "host": view.gettext("All that this host announces"),
        "importer": view.gettext("All that this host imports"),
        "source": block["text"],
        "word": block["text"],
    }[block["kind"]]
    since = datetime.fromisoformat(block["since"]) if block["since"] else None
    return {
        **block,
        "label": label,
        "since": since and words.long_date(since.astimezone(view.zone).date(), view.locale),
        **blocks.meant_by(block),
    }


async def block(view: View) -> Response:
    """Block what was named, or be warned of it."""
    await blocks.block(
        view.service,
        view.field("target"),
        view.field("source") or None,
        importer=bool(view.field("importer")),
        word=bool(view.field("word")),
        why=view.field("why"),
        warn=bool(view.field("warn")),
    )
    return view.go_back("/settings")


async def unblock(view: View) -> Response:
    """Lift a block."""
    try:
        await blocks.unblock(
            view.service,
            view.field("target"),
            view.field("source") or None,
            importer=bool(view.field("importer")),
            word=bool(view.field("word")),
        )
    except NotFound:
        view.notice(view.gettext("In another window you have lifted this block already."))
    return view.go("/settings")


async def save(view: View) -> Response:
    """One's list as a file for others."""
    return view.file_of(blocks.blocks_file(view.service), "application/json", "blocks.json")


async def theirs(view: View, problem: Problem = NO_PROBLEM) -> Response:
    """Somebody's list, entry by entry."""
    entries = _unanswered(view)
    shown = [_described(view, each) for each in entries[:AT_ONCE]]
    return view.page("blocks.html", "node", problem=problem, entries=shown, number=len(entries))


def _unanswered(view: View) -> list[Json]:
    found: list[Json] = json.loads(view.noted(_NOTE) or "[]")
    return found


async def read(view: View) -> Response:
    """Take somebody's list in, to be answered; nothing is blocked yet."""
    file = view.file("file")
    if file is None:
        raise Unfit("file", "choose a file")
    found = blocks.blocks_in(view.service, file.filename or "-", await file.read())
    await view.note(_NOTE, json.dumps(found["blocks"]))
    return view.go("/blocks")


async def answer(view: View) -> Response:
    """Hide, be warned of, or leave each of those that were shown."""
    entries = _unanswered(view)
    for number, each in enumerate(entries[:AT_ONCE]):
        choice = view.field(f"as-{number}")
        if choice in ("hide", "warn"):
            meant = blocks.meant_by(each)
            await blocks.block(view.service, **meant, why=each["why"], warn=choice == "warn")
    await view.note(_NOTE, json.dumps(entries[AT_ONCE:]))
    return view.go("/blocks" if entries[AT_ONCE:] else "/settings")
