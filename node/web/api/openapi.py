"""
The API described for programs (OpenAPI 3.1), from the same table and types that answer requests.
"""

from functools import cache
from itertools import islice
from typing import Any, NotRequired, TypedDict

import msgspec

from .routes import ENDPOINTS, FILES, ICAL, JSON, Endpoint, in_query

VERSION = "1"
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


ERRORS = {
    "400": "A value does not fit, or this side has to do something first",
    "401": "No token and no session",
    "403": "Another site's request",
    "404": "Not here",
    "409": "A rule does not allow it",
    "413": "Too large",
    "415": "Another media type is needed",
    "421": "Another host's address",
    "422": "It does not prove what it claims",
    "502": "A peer sent what it should not",
    "503": "No node runs",
}


@cache
def description() -> dict[str, Any]:
    """The whole document, made at the first use: it imports all operations."""
    results = [kind for endpoint in ENDPOINTS for kind in endpoint.results]
    schemas, components = msgspec.json.schema_components(
        [*results, Error], ref_template="#/components/schemas/{name}"
    )
    schema_of = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        described = _operation(endpoint, list(islice(schema_of, len(endpoint.results))))
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = described
    paths["/arrivals"] = {"get": _described("arrivals", ARRIVALS, {"text/event-stream": {}})}
    paths["/openapi.json"] = {"get": _described("openapi", "This description", {JSON: {}})}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Potluck", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {code: _error(words) for code, words in ERRORS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint, results: list[Any]) -> dict[str, Any]:
    kind = FILES.get(endpoint.name, JSON)
    content: dict[str, Any] = {"schema": {"anyOf": results}} if results else {}
    described = _described(endpoint.name, endpoint.says, {kind: content}, endpoint.status)
    described["parameters"] = [
        _parameter(place, name, schema)
        for place in ("path", "query")
        for name, schema in endpoint.fields(place).items()
    ]
    return described | ({"requestBody": _body(endpoint)} if endpoint.takes else {})


def _described(name: str, says: str, content: dict[str, Any], status: int = 200) -> dict[str, Any]:
    done = {"description": "Done", "content": content}
    refusals = {code: {"$ref": f"#/components/responses/{code}"} for code in ERRORS}
    return {"operationId": name, "summary": says, "responses": {str(status): done, **refusals}}


def _parameter(place: str, name: str, schema: dict[str, Any]) -> dict[str, Any]:
    needed = place == "path" or "default" not in schema
    return {"name": name, "in": place, "required": needed, "schema": in_query(schema)}


def _body(endpoint: Endpoint) -> dict[str, Any]:
    fields = endpoint.fields("body")
    if not fields:
        taken: dict[str, Any] = {ICAL: {"schema": {"type": "string"}}}
        return {"required": True, "content": {each: taken.get(each, {}) for each in endpoint.takes}}
    needed = [name for name in endpoint.declared["required"] if name in fields]
    schema = {"type": "object", "properties": fields, "required": needed}
    content = {JSON: {"schema": schema | {"additionalProperties": False}}}
    return {"required": bool(needed), "content": content}


def _error(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": words, "content": {JSON: {"schema": schema}}}
