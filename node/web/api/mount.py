"""The JSON API: the operations of the service over HTTP, for programs of the owner's.

`mount` makes it a part of the owner's pages, behind their guard (token or session). What a
request may bring and what it returns stand in routes.py.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from potluck.node.errors import Unfit
from potluck.node.geography.places import Ambiguous
from potluck.node.language.locale import Locale, asked_for
from potluck.node.operations.dispatch import perform
from potluck.node.operations.fields import check_known, plain
from potluck.node.operations.service import Json, Service
from potluck.node.web.http.server_sent_events import News
from potluck.protocol import errors
from potluck.protocol.message import Message

from . import openapi
from .routes import PATHS, Endpoint, endpoint

PREFIX = "/api/v1"
LARGEST_JSON = 256 << 10
LARGEST_FILE = 16 << 20
DEFECT = Message("This is a mistake of ours, not yours. The node's log says more.")
NOWHERE = Message("there is no such resource; see /api/v1/openapi.json")


def mount(service: Service, news: News) -> Mount:
    """All of the API, below PREFIX."""
    routes = [
        Route(path, partial(_answer, service, path), methods=list(methods))
        for path, methods in PATHS.items()
    ]
    routes += [Route("/arrivals", news.serve), Route("/openapi.json", _describe)]
    handlers: dict[Any, Any] = {HTTPException: _unanswered, 500: _broken}
    for status, (_, kind) in openapi.REFUSALS.items():
        if kind is not None:
            handlers[kind] = partial(_refused, status)
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.router.redirect_slashes = False
    mounted = Mount(PREFIX, app=app)
    # So that a path with a line break in it is answered here, too.
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    return mounted


async def _describe(_: Request) -> Response:
    return JSONResponse(openapi.description())


async def _answer(service: Service, path: str, request: Request) -> Response:
    """What answers at a path, by the method; HEAD is GET without the body."""
    there = endpoint(path, "GET" if request.method == "HEAD" else request.method)
    inputs = await _inputs(there, request)
    result = await perform(service, there.call, {**inputs, **there.fixed})
    if not isinstance(result, bytes):
        result = msgspec.json.encode(_locale(request).translate_all(result), enc_hook=str)
    return Response(result, there.status, media_type=there.gives)


def _locale(request: Request) -> Locale:
    return asked_for(request.headers.get("accept-language", ""))


async def _inputs(there: Endpoint, request: Request) -> dict[str, Any]:
    """What path, query and body say, by name. Raises Unfit for a name that is not known there,
    HTTPException."""
    given, body = request.query_params, dict[str, Any]()
    check_known(given, there.query)
    if there.body:
        body = _object(await _body(request, there.takes, LARGEST_JSON))
        check_known(body, there.body)
    elif there.takes:
        body["content"] = await _body(request, there.takes, LARGEST_FILE)
    words = {name: _read(name, there.query[name], given.getlist(name)) for name in given}
    return body | words | request.path_params


def _read(name: str, schema: Json, given: list[str]) -> Any:
    """The words of an address as its type has them, to be checked as if they came from JSON.
    Raises Unfit."""
    match plain(schema):
        case {"type": "object"}:
            pairs = (each.partition("=") for each in given)
            return {need: answers.split(",") for need, _, answers in pairs}
        case {"prefixItems": _}:
            return given
        case {"items": inner}:
            return [_value(plain(inner), word) for word in given]
    if len(given) > 1:
        raise Unfit(name, "it is there twice")
    return _value(plain(schema), given[0])


def _value(schema: Json, word: str) -> Any:
    """A word as it is written in JSON, where it is no text there."""
    if schema.get("type") in ("boolean", "integer", "number"):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(word, type=bool | int | float)
    return word


async def _body(request: Request, kinds: tuple[str, ...], most: int) -> bytes:
    """The body, if it is of one of the media types and not too large. An empty one has no type."""
    body = await request.body()
    if len(body) > most:
        raise HTTPException(413, Message("at most {most} kB are taken here", most=most >> 10))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind not in kinds:
        known = " / ".join(kinds)
        raise HTTPException(415, Message("the Content-Type must be {known}", known=known))
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except (ValueError, RecursionError):
        raise errors.LocalError("the body must be a JSON object in UTF-8") from None


async def _refused(status: int, request: Request, error: errors.PotluckError) -> Response:
    """An error of theirs or ours in words: whose it is shows in the status."""
    more: dict[str, Any] = {"kind": type(error).__name__}
    text = _locale(request).translate(error)
    if isinstance(error, Unfit):
        more["field"], text = error.field, f"{error.field}: {text}"
    if isinstance(error, Ambiguous):
        more["choices"] = error.choices
    return _error(status, text, **more)


async def _unanswered(request: Request, error: HTTPException) -> Response:
    """What no route answers: an unknown path, another method, another body."""
    words = NOWHERE if error.status_code == HTTPStatus.NOT_FOUND else error.detail
    return _error(error.status_code, _locale(request).translate(words), error.headers)


async def _broken(request: Request, _error_of_ours: Exception) -> Response:
    """A defect of ours: the server's log has it (Starlette raises it again)."""
    return _error(500, _locale(request).translate(DEFECT))


def _error(
    status: int, words: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    return JSONResponse({"error": words, **more}, status, headers)
