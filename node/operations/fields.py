"""The kinds of values that requests and results are made of, with what JSON Schema says of them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import field
from inspect import Parameter
from typing import Annotated, Any, TypeVar, cast

import msgspec
from msgspec import Meta

from potluck.node.errors import Unfit
from potluck.protocol.message import Message, marked


def like(pattern: str, words: str) -> Meta:
    """What a text must be like, and the same in words."""
    return Meta(pattern=pattern, description=words)


Word = Annotated[str, Meta(max_length=200)]
Line = Annotated[str, Meta(max_length=1000)]
Words = Annotated[tuple[Word, ...], Meta(max_length=20)]
Day = Annotated[str, like("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", marked("a date such as 2027-03-01"))]
Key = Annotated[str, like("^[0-9a-f]{64}$", marked("64 hexadecimal digits"))]
Slot = Annotated[str, like("^[0-9a-f]{16}$", marked("16 hexadecimal digits"))]
Time = Annotated[str, Meta(description="ISO 8601 with the offset of the zone")]
Count = Annotated[int, Meta(ge=0)]
Result = TypeVar("Result")


def asked(value: str, says: str, name: str = "", default: Any = None) -> Any:
    """A field of a form, and how the command line asks for it: its help, and --name VALUE; that is
    --field-name without a name, and without a value one that is set by being there."""
    filled = {"default_factory": default} if callable(default) else {"default": default}
    return field(**filled, metadata={"value": value, "says": says, "name": name})


def taken(kind: type[Result], of: object, **more: Any) -> Result:
    """A result (a TypedDict) with each field as `more` has it, else as the object does."""
    names = kind.__annotations__
    found = {name: more[name] if name in more else getattr(of, name) for name in names}
    return cast("Result", found)


def checked(name: str, value: Any, kind: Any) -> Any:
    """A value from JSON as its type has it. Raises Unfit, naming where it does not fit."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        steps = re.findall(r"\[[^]]+\]", str(error).partition(" - at ")[2])
    schema: Mapping[str, Any] = msgspec.json.schema(kind)
    for _ in steps:
        match plain(schema):
            case {"prefixItems": [inner, *_]} | {"items": inner} | {"additionalProperties": inner}:
                schema = inner
    if steps:
        path = name + "".join(steps)
        raise Unfit(name, "{path} must be {what}", path=path, what=wanted(schema))
    raise Unfit(name, "must be {what}", what=wanted(schema))


def schema(parameter: Parameter) -> dict[str, Any]:
    """The JSON Schema of a parameter, with its default if it need not be said."""
    found, default = msgspec.json.schema(parameter.annotation), parameter.default
    return (
        found if default is Parameter.empty else found | {"default": msgspec.to_builtins(default)}
    )


def check_known(names: Collection[str], known: Collection[str]) -> None:
    """Raise Unfit for a name that is not known."""
    for name in names:
        if name not in known:
            there = ", ".join(sorted(known)) or "-"
            raise Unfit(name[:100], "is not known here; there is {known}", known=there)


def wanted(schema: Mapping[str, Any]) -> Message:  # noqa: PLR0911 - a kind of value each
    """In words what a value of this JSON Schema is."""
    match plain(schema):
        case {"enum": words}:
            return Message("one of {words}", words=", ".join(map(str, words)))
        case {"pattern": _, "description": words}:
            return Message(words)
        case {"prefixItems": [inner, *_]} | {"items": inner}:
            return Message("a list, each {what}", what=wanted(inner))
        case {"minimum": least, "maximum": most}:
            return Message("a whole number from {least} to {most}", least=least, most=most)
        case {"exclusiveMinimum": above, "maximum": most}:
            return Message("a number above {above}, at most {most}", above=above, most=most)
        case {"maxLength": most, **more}:
            least = more.get("minLength", 0)
            return Message("text of {least} to {most} characters", least=least, most=most)
        case {"propertyNames": names}:
            return Message("values by name, each name {what}", what=wanted(names))
        case {"type": kind} if kind in _PLAIN:
            return _PLAIN[kind]
    return Message("an object with such values")


def plain(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of what is there, of one that also takes null."""
    return next((each for each in schema.get("anyOf", ()) if each != {"type": "null"}), schema)


_PLAIN = {
    "boolean": Message("true or false"),
    "integer": Message("a whole number"),
    "number": Message("a number"),
    "string": Message("text"),
}
