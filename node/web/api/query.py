"""Values in an address, where everything is words: as the types of the fields have it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from potluck.node.errors import Unfit
from potluck.node.operations.fields import plain

from .routes import Field


def query_schema(field: Field) -> dict[str, Any]:
    """The JSON Schema of a field in an address: an object is a list of name=word,word."""
    schema = plain_schema(field.kind)
    if schema.get("type") != "object":
        return schema
    names, words = (
        "|".join(schema["propertyNames"]["enum"]),
        schema["additionalProperties"]["items"],
    )
    word = "|".join(words["enum"])
    pattern = f"^({names})=({word})(,({word}))*$"
    return {"type": "array", "maxItems": 20, "items": {"type": "string", "pattern": pattern}}


def plain_schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema of a value that is there: what may be null may be left out instead."""
    return dict(plain(msgspec.json.schema(kind)))


def read_query(field: Field, given: Sequence[str]) -> Any:
    """What these words are, to be checked as if they came from JSON. Raises Unfit."""
    schema = plain_schema(field.kind)
    if schema.get("type") == "object":
        named = (word.partition("=") for word in given)
        return {name: words.split(",") for name, _, words in named}
    if schema.get("type") == "array":
        items = schema["items"] or schema["prefixItems"][0]
        return [_read(items, word) for word in given]
    if len(given) > 1:
        raise Unfit(field.name, "it is there twice")
    return _read(schema, given[0])


def _read(schema: Mapping[str, Any], word: str) -> Any:
    """A word as the schema's type; as it stands if it is of another, for the check to complain."""
    kind = schema.get("type")
    if kind == "boolean" and word in ("true", "false"):
        return word == "true"
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,15}", word):
        return int(word)
    if kind == "number" and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", word):
        return float(word)
    return word
