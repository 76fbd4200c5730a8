"""Filters saved under a name, for another evening."""

import json
from typing import Any

from potluck.node.errors import Unfit
from potluck.node.operations.draw.form import DrawForm
from potluck.node.operations.service import Service
from potluck.protocol.errors import NotFound


async def save_filters(service: Service, name: str, form: DrawForm) -> dict[str, Any]:
    """Remember what a form sets under a name: the saved fields."""
    if not name.strip() or len(name) > 64:
        raise Unfit("save", "a name has 1 to 64 letters")
    fields = form.changes()
    await service.store.choices.save_filters(name, json.dumps(fields))
    return fields


async def saved_filters(service: Service) -> dict[str, dict[str, Any]]:
    """All saved filters: {name: fields}."""
    return {name: json.loads(body) for name, body in service.store.choices.filters().items()}


async def forget_filters(service: Service, name: str) -> dict[str, dict[str, Any]]:
    """Forget saved filters; those that are left. Raises NotFound."""
    if not await service.store.choices.forget_filters(name):
        raise NotFound("no filters are saved as {name}", name=name)
    return await saved_filters(service)
