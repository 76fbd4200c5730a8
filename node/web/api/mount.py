"""The JSON API: the operations of the service over HTTP, for programs of the owner's.

`mount` makes it a part of the owner's pages, behind their guard (token or session). What a
request may bring and what it returns stand in routes.py.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
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
from potluck.node.operations.dispatch import arguments
from potluck.node.operations.fields import check_known, plain
from potluck.node.operations.service import Service
from potluck.node.web.http.server_sent_events import News
from potluck.protocol.errors import (
    LocalError,
    NodeNotRunning,
    NotFound,
    PotluckError,
    Refused,
    RemoteError,
    VerificationFailed,
)
from potluck.protocol.message import Message

from . import openapi
from .routes import ENDPOINTS, FILES, JSON, PATHS, Endpoint

log = logging.getLogger(__name__)
PREFIX = "/api/v1"
LARGEST_JSON = 256 << 10
LARGEST_FILE = 16 << 20
STATUS: Mapping[type[PotluckError], int] = {
    NotFound: 404,
    Refused: 409,
    VerificationFailed: 422,
    NodeNotRunning: 503,
    RemoteError: 502,
}
DEFECT = Message("This is a mistake of ours, not yours. The node's log says more.")


def mount(service: Service, news: News) -> Mount:
    """All of the API, below PREFIX."""
    routes = [Route(path, _answering(service, path), methods=list(PATHS[path])) for path in PATHS]
    routes += [Route("/arrivals", news.serve), Route("/openapi.json", _describe)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _unanswered})
    app.router.redirect_slashes = False
    mounted = Mount(PREFIX, app=app)
    # So that a path with a line break in it is answered here, too.
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    return mounted


async def _describe(_: Request) -> Response:
    return JSONResponse(openapi.description())


def _answering(service: Service, path: str) -> Callable[[Request], Awaitable[Response]]:
    """What answers at a path, by the method; HEAD is GET without the body."""
    found = {each.method: each for each in ENDPOINTS if each.path == path}

    async def answer(request: Request) -> Response:
        return await _answer(service, found.get(request.method) or found["GET"], request)

    return answer


async def _answer(service: Service, endpoint: Endpoint, request: Request) -> Response:
    words = asked_for(request.headers.get("accept-language", ""))
    try:
        inputs = await _inputs(endpoint, request)
        result = await endpoint.call(service, **arguments(endpoint.call, inputs | endpoint.fixed))
    except PotluckError as error:
        return _refusal(error, words)
    except HTTPException as error:
        return _error(error.status_code, words.translate(error.detail))
    except Exception:
        log.exception("%s %s failed", request.method, request.url.path)
        return _error(500, words.translate(DEFECT))
    if isinstance(result, bytes):
        return Response(result, endpoint.status, media_type=FILES.get(endpoint.name, JSON))
    return _json(words.translate_all(result), endpoint.status)


async def _inputs(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    """What path, query and body say, by name. Raises Unfit for a name that is not known there,
    HTTPException."""
    query, body = endpoint.fields("query"), dict[str, Any]()
    check_known(request.query_params, query)
    if endpoint.fields("content"):
        body["content"] = await _body(request, endpoint.takes, LARGEST_FILE)
    elif in_body := endpoint.fields("body"):
        body = _object(await _body(request, (JSON,), LARGEST_JSON))
        check_known(body, in_body)
    given = request.query_params
    words = {name: _read(name, query[name], given.getlist(name)) for name in given}
    return body | words | request.path_params


def _read(name: str, schema: dict[str, Any], given: list[str]) -> Any:
    """The words of an address as its type has them, to be checked as if they came from JSON.
    Raises Unfit."""
    kind = plain(schema).get("type")
    if kind == "object":
        return {
            name: words.split(",") for name, _, words in (each.partition("=") for each in given)
        }
    items = plain(schema).get("items") or plain(schema).get("prefixItems", [schema])[0]
    found = [_value(plain(items), word) for word in given]
    if kind == "array":
        return found
    if len(given) > 1:
        raise Unfit(name, "it is there twice")
    return found[0]


def _value(schema: Mapping[str, Any], word: str) -> Any:
    """A word as it is written in JSON, where it is no text there."""
    if schema.get("type") in ("boolean", "integer", "number"):
        with suppress(msgspec.DecodeError):
            return msgspec.json.decode(word, type=bool | int | float)
    return word


async def _body(request: Request, kinds: tuple[str, ...], most: int) -> bytes:
    """The body, if it is of one of the media types and not too large. An empty one has no type."""
    body = bytearray()
    async with aclosing(request.stream()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > most:
                raise HTTPException(413, f"at most {most >> 10} kB are taken here")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind not in kinds:
        raise HTTPException(415, f"the Content-Type must be {' or '.join(kinds)}")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body or b"{}")
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise LocalError("the body must be a JSON object in UTF-8")
    return value


def _json(result: Any, status: int) -> Response:
    return Response(msgspec.json.encode(result, enc_hook=str), status, media_type=JSON)


def _refusal(error: PotluckError, words: Locale) -> Response:
    """An error of theirs or ours in words: whose it is shows in the status."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    more: dict[str, Any] = {"kind": type(error).__name__}
    text = words.translate(error)
    if isinstance(error, Unfit):
        more["field"], text = error.field, f"{error.field}: {text}"
    if isinstance(error, Ambiguous):
        more["choices"] = error.choices
    return _error(status, text, **more)


def _error(status: int, words: str, **more: Any) -> Response:
    return _json({"error": words, **more}, status)


async def _unanswered(_: Request, error: Exception) -> Response:
    """What no route answers: an unknown path, another method."""
    if not isinstance(error, HTTPException):
        raise error
    words = {404: "there is no such resource; see /api/v1/openapi.json"}
    text = words.get(error.status_code, HTTPStatus(error.status_code).phrase)
    return JSONResponse({"error": text}, error.status_code, headers=error.headers)
