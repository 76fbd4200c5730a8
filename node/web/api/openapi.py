"""
The API described for programs (OpenAPI 3.1), from the same table and types that answer requests.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NotRequired, TypedDict

from msgspec.json import schema_components

from potluck.node.operations.service import Json
from potluck.protocol import errors

from .routes import ICAL, JSON, PATHS, Endpoint, endpoint, in_query

VERSION, NAMED = "1", "#/components/schemas/{name}"
ABOUT = (
    "All that a person can do with their node, for programs of theirs. It answers on this machine "
    "only, "
    "to who sends the token of the home folder. Errors say what to do, and name the field they "
    "are about."
)
ARRIVALS = (
    "What arrives from now on, as server-sent events: arrival (an event), sync (a count), missed"
)


class Error(TypedDict):
    """What went wrong, in the language that was asked for; what it is about, what to write."""

    error: str
    kind: NotRequired[str]
    field: NotRequired[str | None]
    choices: NotRequired[dict[str, str]]


REFUSALS: Mapping[int, tuple[str, type[Exception] | None]] = {
    400: ("A value does not fit, or this side has to do something first", errors.LocalError),
    401: ("No token and no session", None),
    403: ("Another site's request", None),
    404: ("Not here", errors.NotFound),
    409: ("A rule does not allow it", errors.Refused),
    413: ("Too large", None),
    415: ("Another media type is needed", None),
    421: ("Another host's address", None),
    422: ("It does not prove what it claims", errors.VerificationFailed),
    502: ("A peer sent what it should not", errors.RemoteError),
    503: ("No node runs", errors.NodeNotRunning),
}
"""By status, what it means, and which of our errors it answers."""


@cache
def description() -> dict[str, Any]:
    """The whole document, made at the first use: it imports all operations."""
    places = [(path, method) for path, methods in PATHS.items() for method in methods]
    results = [kind for place in places for kind in endpoint(*place).results]
    found, components = schema_components((*results, Error), ref_template=NAMED)
    schemas = iter(found)
    paths: dict[str, dict[str, Any]] = {}
    for path, method in places:
        each = endpoint(path, method)
        described = _operation(each, [next(schemas) for _ in each.results])
        paths.setdefault(path, {})[method.lower()] = described
    paths["/arrivals"] = {"get": _described("arrivals", ARRIVALS, {"text/event-stream": {}})}
    paths["/openapi.json"] = {"get": _described("openapi", "This description", {JSON: {}})}
    refusal = {JSON: {"schema": {"$ref": NAMED.format(name="Error")}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Potluck", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {
                str(code): {"description": words, "content": refusal}
                for code, (words, _) in REFUSALS.items()
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _described(name: str, says: str, content: dict[str, Any], status: int = 200) -> dict[str, Any]:
    done = {str(status): {"description": "Done", "content": content}}
    refusals = {str(code): {"$ref": f"#/components/responses/{code}"} for code in REFUSALS}
    return {"operationId": name, "summary": says, "responses": done | refusals}


def _operation(it: Endpoint, results: list[Any]) -> dict[str, Any]:
    content = {it.gives: {"schema": {"anyOf": results}} if results else {}}
    described = _described(it.name, it.says, content, it.status)
    described["parameters"] = [
        {"name": name, "in": place, "required": "default" not in kind, "schema": in_query(kind)}
        for place, schemas in (("path", it.path), ("query", it.query))
        for name, kind in schemas.items()
    ]
    if fields := it.body:
        needed = [name for name, kind in fields.items() if "default" not in kind]
        body = {"type": "object", "properties": fields, "required": needed}
        taken: Json = {JSON: {"schema": {**body, "additionalProperties": False}}}
        described["requestBody"] = {"required": bool(needed), "content": taken}
    elif it.takes:
        text = {ICAL: {"schema": {"type": "string"}}}
        taken = {each: text.get(each, {}) for each in it.takes}
        described["requestBody"] = {"required": True, "content": taken}
    return described
