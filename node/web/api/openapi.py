"""The API described for programs (OpenAPI 3.1), from the same table and types that answer requests."""

from __future__ import annotations

from functools import cache
from typing import Any

from potluck.node.operations import Json

from .results import SCHEMAS, named
from .routes import ENDPOINTS, JSON, Endpoint, Field
from .schemas import in_query

VERSION = "1"
ABOUT = (
    "All that a person can do with their node, for programs of theirs. It answers on this machine only, "
    "to who sends the token of the home folder. Errors say what to do, and name the field they are about."
)
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
def description() -> Json:
    """The whole document, made at the first use: it imports all operations."""
    paths: dict[str, Json] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    paths["/arrivals"] = {"get": _ARRIVALS}
    paths["/openapi.json"] = {"get": _SELF}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Potluck", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "responses": {code: _error(words) for code, words in ERRORS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> Json:
    described: Json = {
        "operationId": endpoint.operation_id,
        "summary": endpoint.says,
        "responses": {str(endpoint.status): _result(endpoint), **_errors()},
    }
    parameters = [
        _parameter(field) for field in endpoint.fields if field.place in ("path", "query")
    ]
    if parameters:
        described["parameters"] = parameters
    body = [field for field in endpoint.fields if field.place == "body"]
    if endpoint.takes:
        described["requestBody"] = {
            "required": True,
            "content": {kind: _taken(kind) for kind in endpoint.takes},
        }
    elif body:
        needed = any(field.required for field in body)
        described["requestBody"] = {
            "required": needed,
            "content": {JSON: {"schema": _object(body)}},
        }
    return described


def _taken(kind: str) -> Json:
    return {} if kind == JSON else {"schema": {"type": "string"}}


def _parameter(field: Field) -> Json:
    schema = in_query(field.schema) if field.place == "query" else field.schema
    required = field.required or field.place == "path"
    return {
        "name": field.name,
        "in": field.place,
        "required": required,
        "schema": _defaulted(field, schema),
    }


def _object(body: list[Field]) -> Json:
    properties = {field.name: _property(field) for field in body}
    needed = [field.name for field in body if field.required]
    closed: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return closed | ({"required": needed} if needed else {})


def _property(field: Field) -> Json:
    if field.nullable:
        return {"anyOf": [field.schema, {"type": "null"}]}
    return _defaulted(field, field.schema)


def _defaulted(field: Field, schema: Json) -> Json:
    return schema if field.default is None else schema | {"default": field.default}


def _result(endpoint: Endpoint) -> Json:
    if isinstance(endpoint.result, str):
        return {"description": "The file", "content": {endpoint.result: {}}}
    return {"description": "Done", "content": {JSON: {"schema": endpoint.result}}}


def _errors() -> dict[str, Any]:
    return {code: {"$ref": f"#/components/responses/{code}"} for code in ERRORS}


def _error(words: str) -> Json:
    return {"description": words, "content": {JSON: {"schema": named("Error")}}}


_ARRIVALS: Json = {
    "operationId": "arrivals",
    "summary": "What arrives from now on, as server-sent events: arrival (an event), sync (a count), missed",
    "responses": {
        "200": {"description": "A stream", "content": {"text/event-stream": {}}},
        **_errors(),
    },
}
_SELF: Json = {
    "operationId": "openapi",
    "summary": "This description",
    "responses": {"200": {"description": "It", "content": {JSON: {}}}, **_errors()},
}
