"""
The API described for programs (OpenAPI 3.1), from the same table and types that answer requests.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Any, NotRequired, TypedDict, Union, get_args, get_origin

import msgspec

from .query import plain_schema, query_schema
from .routes import ENDPOINTS, JSON, Endpoint, Field

VERSION = "1"
ABOUT = (
    "All that a person can do with their node, for programs of theirs. It answers on this machine only, "
    "to who sends the token of the home folder. Errors say what to do, and name the field they are about."
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
    results = [kind for endpoint in ENDPOINTS for kind in _kinds(endpoint)]
    schemas, components = msgspec.json.schema_components(
        [*results, Error], ref_template="#/components/schemas/{name}"
    )
    schema_of = dict(zip(map(str, results), schemas, strict=False))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        described = _operation(endpoint, [schema_of[str(kind)] for kind in _kinds(endpoint)])
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = described
    paths["/arrivals"] = {"get": _ARRIVALS}
    paths["/openapi.json"] = {"get": _SELF}
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


def _kinds(endpoint: Endpoint) -> list[Any]:
    """What it returns, if that is no file: one type, or one of several."""
    kind = endpoint.kinds["return"]
    if kind is bytes:
        return []
    return list(get_args(kind)) if get_origin(kind) in (Union, UnionType) else [kind]


def _operation(endpoint: Endpoint, results: list[Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done", "content": {endpoint.gives: {}}}
    if results:
        schema = results[0] if len(results) == 1 else {"anyOf": results}
        done["content"] = {JSON: {"schema": schema}}
    described: dict[str, Any] = {
        "operationId": endpoint.operation_id,
        "summary": endpoint.says,
        "responses": {str(endpoint.status): done, **_errors()},
    }
    parameters = [_parameter(each) for each in endpoint.fields if each.place in ("path", "query")]
    if parameters:
        described["parameters"] = parameters
    body = [field for field in endpoint.fields if field.place == "body"]
    if endpoint.takes:
        content: dict[str, Any] = {kind: _taken(kind) for kind in endpoint.takes}
        described["requestBody"] = {"required": True, "content": content}
    elif body:
        content = {JSON: {"schema": _object(body)}}
        needed = any(field.required for field in body)
        described["requestBody"] = {"required": needed, "content": content}
    return described


def _taken(kind: str) -> dict[str, Any]:
    return {} if kind == JSON else {"schema": {"type": "string"}}


def _parameter(field: Field) -> dict[str, Any]:
    in_query = field.place == "query"
    schema = query_schema(field) if in_query else plain_schema(field.kind)
    return {
        "name": field.name,
        "in": field.place,
        "required": field.required or not in_query,
        "schema": _defaulted(field, schema),
    }


def _object(body: list[Field]) -> dict[str, Any]:
    properties = {field.name: _defaulted(field, msgspec.json.schema(field.kind)) for field in body}
    needed = [field.name for field in body if field.required]
    closed: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return closed | ({"required": needed} if needed else {})


def _defaulted(field: Field, schema: dict[str, Any]) -> dict[str, Any]:
    plain = isinstance(field.default, str | int | float)
    return schema | {"default": field.default} if plain else schema


def _errors() -> dict[str, Any]:
    return {code: {"$ref": f"#/components/responses/{code}"} for code in ERRORS}


def _error(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": words, "content": {JSON: {"schema": schema}}}


_ARRIVALS: dict[str, Any] = {
    "operationId": "arrivals",
    "summary": "What arrives from now on, as server-sent events: arrival (an event), sync (a count), missed",
    "responses": {
        "200": {"description": "A stream", "content": {"text/event-stream": {}}},
        **_errors(),
    },
}
_SELF: dict[str, Any] = {
    "operationId": "openapi",
    "summary": "This description",
    "responses": {"200": {"description": "It", "content": {JSON: {}}}, **_errors()},
}
