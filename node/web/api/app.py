"""The JSON API: the operations of the service over HTTP, for programs of the owner's.

`mount` makes it a part of the owner's pages, behind their guard (token or session). What a
request may bring and what it returns stand in api_routes.py.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from http import HTTPStatus
from itertools import groupby
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from potluck.node.errors import Unfit
from potluck.node.geography.places import Ambiguous
from potluck.node.operations import Json, Service
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

from . import openapi
from .routes import ENDPOINTS, JSON, Endpoint, Field
from .schemas import check, from_query

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
        try:
            arguments = _arguments(endpoint, await _said(endpoint, request))
            result = await endpoint.call(service, **arguments)
        except PotluckError as error:
            return _refusal(error)
        except HTTPException as error:
            return _error(error.status_code, error.detail)
        except Exception:
            log.exception("%s %s failed", request.method, request.url.path)
            return _error(500, "This is a mistake of ours, not yours. The node's log says more.")
        if isinstance(endpoint.result, str):
            return Response(result, endpoint.status, media_type=endpoint.result)
        return JSONResponse(result, endpoint.status)

    return answer


async def _said(endpoint: Endpoint, request: Request) -> Json:
    """What path, query and body say, by name. Raises Unfit for a name that is not known, HTTPException."""
    said: Json = dict(request.path_params)
    fields = {field.name: field for field in endpoint.fields}
    for name in request.query_params:
        field = _known(fields, name, "query")
        said[name] = from_query(field.schema, name, request.query_params.getlist(name))
    places = {field.place for field in endpoint.fields}
    if "content" in places:
        said["content"] = await _body(request, endpoint.takes, LARGEST_FILE)
    elif "body" in places:
        for name, value in _object(await _body(request, (JSON,), LARGEST_JSON)).items():
            _known(fields, name, "body")
            said[name] = value
    return said


def _arguments(endpoint: Endpoint, said: Json) -> Json:
    """What the operation is called with, forms filled in. Raises Unfit for a value that does not fit."""
    arguments: Json = dict(endpoint.fixed)
    forms: dict[str, tuple[type, Json]] = {}
    for field in endpoint.fields:
        _check(field, said)
        if field.form is not None:
            _, filled = forms.setdefault(field.parameter, (field.form, {}))
            if said.get(field.name) is not None:
                value = said[field.name]
                filled[field.name] = tuple(value) if isinstance(value, list) else value
        elif field.name in said:
            arguments[field.name] = said[field.name]
    return arguments | {name: form(**filled) for name, (form, filled) in forms.items()}


def _check(field: Field, said: Json) -> None:
    if field.name not in said:
        if field.required:
            raise Unfit(field.name, "is missing")
        return
    value = said[field.name]
    if field.place != "content" and not (value is None and field.nullable):
        check(field.schema, field.name, value)


def _known(fields: Mapping[str, Field], name: str, place: str) -> Field:
    if name not in fields or fields[name].place != place:
        known = ", ".join(each.name for each in fields.values() if each.place == place) or "nothing"
        raise Unfit(name[:100], f"is not known here; the {place} may say {known}")
    return fields[name]


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


def _object(body: bytes) -> Json:
    if not body:
        return {}
    try:
        said = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise LocalError("the body must be a JSON object in UTF-8")
    return said


def _no_number(word: str) -> float:
    raise ValueError(word)


def _refusal(error: PotluckError) -> JSONResponse:
    """An error of theirs or ours in words: whose it is shows in the status."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    more: Json = {"kind": type(error).__name__}
    if isinstance(error, Unfit):
        more["field"] = error.field
    if isinstance(error, Ambiguous):
        more["choices"] = error.choices
    return _error(status, str(error), **more)


def _error(status: int, words: str, **more: Any) -> JSONResponse:
    return JSONResponse({"error": words, **more}, status)


async def _unanswered(_: Request, error: Exception) -> Response:
    """What no route answers: an unknown path, another method."""
    if not isinstance(error, HTTPException):
        raise error
    words = {404: "there is no such resource; see /api/v1/openapi.json"}
    text = words.get(error.status_code, HTTPStatus(error.status_code).phrase)
    return JSONResponse({"error": text}, error.status_code, headers=error.headers)
