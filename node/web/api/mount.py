"""The JSON API: the operations of the service over HTTP, for programs of the owner's.

`mount` makes it a part of the owner's pages, behind their guard (token or session). What a
request may bring and what it returns stand in routes.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from http import HTTPStatus
from itertools import groupby
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
from potluck.node.operations import Json, Service
from potluck.node.operations.fields import check_known, checked
from potluck.node.operations.forms import Form
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
from .query import read_query
from .routes import ENDPOINTS, JSON, Endpoint, Field

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
Answer = Callable[[Request], Awaitable[Response]]


def mount(service: Service, news: News) -> Mount:
    """All of the API, below PREFIX."""
    by_path = groupby(ENDPOINTS, key=lambda endpoint: endpoint.path)
    routes = [_route(service, path, list(endpoints)) for path, endpoints in by_path]
    routes += [Route("/arrivals", news.serve), Route("/openapi.json", _describe)]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _unanswered})
    app.router.redirect_slashes = False
    mounted = Mount(PREFIX, app=app)
    # So that a path with a line break in it is answered here, too.
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    return mounted


async def _describe(_: Request) -> Response:
    return JSONResponse(openapi.description())


def _route(service: Service, path: str, endpoints: list[Endpoint]) -> Route:
    answers = {endpoint.method: _answering(service, endpoint) for endpoint in endpoints}

    async def answer(request: Request) -> Response:
        return await answers["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, answer, methods=list(answers))


def _answering(service: Service, endpoint: Endpoint) -> Answer:
    async def answer(request: Request) -> Response:
        words = asked_for(request.headers.get("accept-language", ""))
        try:
            result = await endpoint.call(
                service, **_arguments(endpoint, await _said(endpoint, request))
            )
        except PotluckError as error:
            return _refusal(error, words)
        except HTTPException as error:
            return _error(error.status_code, words.translate(error.detail))
        except Exception:
            log.exception("%s %s failed", request.method, request.url.path)
            return _error(500, words.translate(DEFECT))
        if isinstance(result, bytes):
            return Response(result, endpoint.status, media_type=endpoint.gives)
        return _json(words.translate_all(result), endpoint.status)

    return answer


async def _said(endpoint: Endpoint, request: Request) -> dict[str, Any]:
    """
    What path, query and body say, by name. Raises Unfit for a name that is not known,
    HTTPException.
    """
    said: dict[str, Any] = dict(request.path_params)
    by_place = {
        place: {field.name: field for field in fields}
        for place, fields in groupby(sorted(endpoint.fields, key=_place), key=_place)
    }
    in_query = by_place.get("query", {})
    check_known(request.query_params, in_query)
    for name in request.query_params:
        said[name] = read_query(in_query[name], request.query_params.getlist(name))
    if "content" in by_place:
        said["content"] = await _body(request, endpoint.takes, LARGEST_FILE)
    elif "body" in by_place:
        body = _object(await _body(request, (JSON,), LARGEST_JSON))
        check_known(body, by_place["body"])
        said |= body
    return said


def _place(field: Field) -> str:
    return field.place


def _arguments(endpoint: Endpoint, said: Json) -> dict[str, Any]:
    """
    What the operation is called with, forms filled in. Raises Unfit for a value that does not fit.
    """
    arguments: dict[str, Any] = dict(endpoint.fixed)
    forms: dict[str, tuple[type[Form], dict[str, Any]]] = {}
    for field in endpoint.fields:
        if field.form is not None:
            _, filled = forms.setdefault(field.parameter, (field.form, {}))
            if field.name in said:
                filled[field.name] = said[field.name]
        elif field.name in said:
            arguments[field.name] = checked(field.name, said[field.name], field.kind)
        elif field.required:
            raise Unfit(field.name, "is missing")
    return arguments | {name: form(**filled) for name, (form, filled) in forms.items()}


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
        said = msgspec.json.decode(body or b"{}")
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise LocalError("the body must be a JSON object in UTF-8")
    return said


def _json(result: Any, status: int) -> Response:
    return Response(msgspec.json.encode(result, enc_hook=str), status, media_type=JSON)


def _refusal(error: PotluckError, words: Locale) -> Response:
    """An error of theirs or ours in words: whose it is shows in the status."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    more: dict[str, Any] = {"kind": type(error).__name__}
    said = words.translate(error)
    if isinstance(error, Unfit):
        more["field"], said = error.field, f"{error.field}: {said}"
    if isinstance(error, Ambiguous):
        more["choices"] = error.choices
    return _error(status, said, **more)


def _error(status: int, words: str, **more: Any) -> Response:
    return _json({"error": words, **more}, status)


async def _unanswered(_: Request, error: Exception) -> Response:
    """What no route answers: an unknown path, another method."""
    if not isinstance(error, HTTPException):
        raise error
    words = {404: "there is no such resource; see /api/v1/openapi.json"}
    text = words.get(error.status_code, HTTPStatus(error.status_code).phrase)
    return JSONResponse({"error": text}, error.status_code, headers=error.headers)
