"""The door to the local network: a part of the page for one's own phone, opened on purpose."""

from potluck.node.operations.service import Json, Service, running


async def open_door(service: Service) -> Json:
    """Show a part of the page on the local network, unencrypted: {link}, which lets one phone in,
    once.

    Raises NodeNotRunning, LocalError.
    """
    return {"link": await running(service).open_door()}


async def close_door(service: Service) -> Json:
    """Close that door: {}. Raises NodeNotRunning."""
    await running(service).close_door()
    return {}
