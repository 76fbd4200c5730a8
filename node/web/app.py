"""The pages as one application: every path, and what becomes of errors."""

from collections.abc import Awaitable, Callable, Sequence

import trio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from potluck.node.errors import Unfit
from potluck.node.web.http import static_files
from potluck.protocol.errors import LocalError, NotFound, RemoteError

from .pages import PAGES, PHONE, Page
from .pages.view import Site, View

LARGEST_BODY = 16 << 20  # bytes: a calendar to import
LARGEST_OF_PHONE = 64 << 10  # it imports nothing
SLOWEST_BODY = 60.0
"""Seconds that a form may take to arrive: whoever sends a byte now and then is not waited for."""

LARGEST_FIELD = 64 << 10
MOST_FIELDS = 200


def owners_app(site: Site, more: Sequence[BaseRoute] = ()) -> Starlette:
    """All pages, for the owner on this machine; `more` is served beside them, such as the API."""
    return _app(site, PAGES, more, phone=False)


def phones_app(site: Site) -> Starlette:
    """What the owner's phone may do from the local network. The other pages are not there at
    all."""
    return _app(site, [page for page in PAGES if page.rights == PHONE], (), phone=True)


def _app(site: Site, pages: Sequence[Page], more: Sequence[BaseRoute], *, phone: bool) -> Starlette:
    routes = [Route(page.path, _answering(page), methods=[page.method]) for page in pages]
    app = Starlette(
        routes=[*routes, Route("/static/{digest}/{name}", static_files.serve), *more],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4),
            Middleware(
                RequestBodyLimitMiddleware,
                max_body_size=LARGEST_OF_PHONE if phone else LARGEST_BODY,
            ),
        ],
        exception_handlers={404: _nowhere, 405: _nowhere, 500: _broken},
    )
    app.state.site = site
    app.state.phone = phone
    return app


def _answering(page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        view = View(request)
        try:
            if page.method == "POST":
                with trio.fail_after(SLOWEST_BODY):
                    view.form = await request.form(
                        max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD
                    )
            if view.session is not None:
                await view.site.sessions.note_visit(view.session)
            try:
                return await page.handler(view)
            except LocalError as error:
                if page.form is None:
                    raise
                return await page.form(view, view.problem(error))
        except trio.TooSlowError:
            return Response(status_code=408, headers={"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except (LocalError, RemoteError) as error:
            return _refused(view, error)
        finally:
            await view.form.close()

    return answer


def _refused(view: View, error: LocalError | RemoteError) -> Response:
    """The words of an error of the person's or the world's."""
    status = 404 if isinstance(error, NotFound) else 422 if isinstance(error, Unfit) else 409
    title = view.gettext("That is not here") if status == 404 else view.gettext("That did not work")
    return view.message(status, title, view.translate(error))


async def _nowhere(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    view = View(request)
    return view.message(
        status, view.gettext("There is no such page"), view.gettext("The address may be mistyped.")
    )


async def _broken(request: Request, _error: Exception) -> Response:
    """A defect of ours: the server's log has it (Starlette raises it again), the page does not."""
    view = View(request)
    return view.message(
        500,
        view.gettext("Something broke here"),
        view.gettext("It is our mistake, not yours. The node’s log says more."),
    )
