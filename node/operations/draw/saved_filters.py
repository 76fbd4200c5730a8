"""Filters saved under a name, for another evening."""

from __future__ import annotations

import json

from potluck.node.errors import Unfit
from potluck.node.operations.forms import DrawForm
from potluck.node.operations.service import Json, Service
from potluck.protocol.errors import NotFound


async def save_filters(service: Service, name: str, form: DrawForm) -> Json:
    """Remember what a form sets under a name: the saved fields."""
    if not name.strip() or len(name) > 64:
        raise Unfit("save", "a name has 1 to 64 letters")
    fields = form.changes()
    await service.store.choices.save_filters(name, json.dumps(fields))
    return fields


async def saved_filters(service: Service) -> Json:
    """All saved filters: {name: fields}."""
    return {name: json.loads(body) for name, body in service.store.choices.filters().items()}


async def forget_filters(service: Service, name: str) -> Json:
    """Forget saved filters; those that are left. Raises NotFound."""
    if not await service.store.choices.forget_filters(name):
        raise NotFound(f"no filters are saved as {name}")
    return await saved_filters(service)
