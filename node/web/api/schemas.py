"""JSON Schema (2020-12) of what comes in: made from the operations' own types, described and checked.

What a type does not say (from 1 to 50, one of two words) stands in LIMITS, by the name of the
field. The schema that openapi.json shows is the one that decides here whether a value will do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from potluck.node.errors import Unfit
from potluck.node.operations import Json
from potluck.node.operations.forms import MAX_DAYS
from potluck.protocol.announcement import ACCESS_NEEDS, MAX_ABOUT_BYTES, MAX_CAPACITY, MAX_TITLE
from potluck.protocol.seed import MAX_ROLLS
from potluck.protocol.table import MAX_KM

LONGEST = 200
"""Characters of a text, unless LIMITS says more: what stands in an address must not be long."""

ANSWERS = "yes|no|unsaid"
DATE = {"pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
CAPACITY = {"minimum": 0, "maximum": MAX_CAPACITY}
LIMITS: Mapping[str, Json] = {
    "about": {"maxLength": MAX_ABOUT_BYTES},
    "address": {"maxLength": 1000},
    "capacity": CAPACITY,
    "capacity_from": CAPACITY,
    "capacity_to": CAPACITY,
    "days": {"minimum": 1, "maximum": MAX_DAYS},
    "hand": {"minimum": 1, "maximum": 50},
    "limit": {"minimum": 1, "maximum": 500},
    "offset": {"minimum": 0, "maximum": 10_000_000},
    "order": {"enum": ["time", "title"]},
    "rolls": {
        "minItems": 1,
        "maxItems": MAX_ROLLS,
        "items": {"type": "integer", "minimum": 1, "maximum": 6},
    },
    "seed": {"pattern": "^[0-9a-fA-F]{64}$"},
    "since": DATE,
    "source": {"pattern": "^(https?|webcal)://", "maxLength": 1000},
    "repeat": {"maxLength": 500},
    "title": {"minLength": 1, "maxLength": MAX_TITLE},
    "text": {"maxLength": 4000},
    "until": DATE,
    "url": {"maxLength": 1000},
    "weekdays": {"items": {"type": "integer", "minimum": 0, "maximum": 6}},
    "wild": {"minimum": 0, "maximum": 50},
    "within": {"exclusiveMinimum": 0, "maximum": MAX_KM},
}
_PLAIN: Mapping[Any, Json] = {
    str: {"type": "string", "maxLength": LONGEST},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
    "object": (dict,), "null": (NoneType,),
}  # fmt: skip
_NAMES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "an object",
}  # fmt: skip


def schema_of(hint: Any, name: str) -> tuple[Json, bool]:
    """The schema of a parameter's or form field's type, and whether it may be null (not said)."""
    kinds = get_args(hint)
    nullable = NoneType in kinds
    if nullable:
        (hint,) = (kind for kind in kinds if kind is not NoneType)
    return _plain(hint) | LIMITS.get(name, {}), nullable


def _plain(hint: Any) -> Json:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, kinds = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"type": "string", "enum": list(kinds)}
    if origin is tuple and kinds[-1] is not ...:
        return {
            "type": "array",
            "minItems": len(kinds),
            "maxItems": len(kinds),
            "items": _plain(kinds[0]),
        }
    if origin in (tuple, Sequence):
        return {"type": "array", "items": _plain(kinds[0]), "maxItems": 20}
    if kinds[1] is bool:
        return _needs({"type": "boolean"})
    return _needs(
        {"type": "array", "minItems": 1, "maxItems": 3, "items": {"enum": ANSWERS.split("|")}}
    )


def _needs(schema: Json) -> Json:
    """Access needs by name: the only objects that forms have."""
    properties = dict.fromkeys(ACCESS_NEEDS, schema)
    return {"type": "object", "properties": properties, "additionalProperties": False}


def in_query(schema: Json) -> Json:
    """The schema of the same value in an address, where answers about access are words."""
    if schema.get("type") != "object":
        return schema
    pattern = f"^({'|'.join(ACCESS_NEEDS)})=({ANSWERS})(,({ANSWERS}))*$"
    return {
        "type": "array",
        "maxItems": len(ACCESS_NEEDS),
        "items": {"type": "string", "pattern": pattern},
    }


def from_query(schema: Json, name: str, given: Sequence[str]) -> Any:
    """The value that words in an address say. Raises Unfit."""
    if schema["type"] == "array":
        return [_word(schema["items"], each) for each in given]
    if schema["type"] == "object":
        check(in_query(schema), name, list(given))
        return {
            need: answers.split(",") for need, _, answers in (each.partition("=") for each in given)
        }
    if len(given) > 1:
        raise Unfit(name, "it is there twice")
    return _word(schema, given[0])


def _word(schema: Json, word: str) -> Any:
    """A word as the schema's type; as it stands if it is of another, for `check` to complain."""
    kind = schema.get("type")
    if kind == "boolean" and word in ("true", "false"):
        return word == "true"
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,15}", word):
        return int(word)
    if kind == "number" and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", word):
        return float(word)
    return word


def check(schema: Json, name: str, value: Any) -> None:
    """Raise Unfit unless the value, read from JSON, is as the schema says."""
    kind = schema.get("type")
    if kind is not None and (type(value) not in _TYPES[kind]):
        raise Unfit(name, f"must be {_NAMES[kind]}")
    if "enum" in schema and value not in schema["enum"]:
        raise Unfit(name, f"must be one of {', '.join(schema['enum'])}")
    if isinstance(value, str):
        _check_text(schema, name, value)
    elif isinstance(value, list):
        _check_size(schema, name, len(value), "Items", "entries")
        for each in value:
            check(schema["items"], name, each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in schema["properties"]:
                raise Unfit(name, f"knows {', '.join(schema['properties'])}, not {key[:40]!r}")
            check(schema["properties"][key], name, each)
    elif isinstance(value, int | float):
        _check_number(schema, name, value)


def _check_text(schema: Json, name: str, text: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Unfit(name, "holds half a surrogate pair, which is no text")
    _check_size(schema, name, len(text), "Length", "characters")
    if "pattern" in schema and not re.search(schema["pattern"].replace("$", r"\Z"), text):
        raise Unfit(name, f"must look like {schema['pattern']}")


def _check_size(schema: Json, name: str, size: int, of: str, words: str) -> None:
    if not schema.get(f"min{of}", 0) <= size <= schema.get(f"max{of}", size):
        raise Unfit(
            name, f"must have from {schema.get(f'min{of}', 0)} to {schema.get(f'max{of}')} {words}"
        )


def _check_number(schema: Json, name: str, value: float) -> None:
    least, most = schema.get("minimum", value), schema.get("maximum", value)
    if not least <= value <= most:
        raise Unfit(name, f"must be from {least} to {most}")
    if value <= schema.get("exclusiveMinimum", value - 1):
        raise Unfit(name, f"must be more than {schema['exclusiveMinimum']}")
