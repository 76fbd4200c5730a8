"""Coming in by a one-time link."""

from starlette.responses import Response

from potluck.node.web.http.sessions import YEAR
from potluck.protocol.message import marked

from .view import View

UNKNOWN = marked("A browser")
STRANGER = marked(
    "This is somebody’s own Potluck: a node that draws events by lot. It is open to its owner’s "
    "browsers only. If it is yours, open it from the machine that it runs on: start Potluck there "
    "and follow the link that it gives. If it is not, there is nothing to see here."
)


async def enter(view: View) -> Response:
    """Ask whether to come in. To look at the link opens nothing: messengers, scanners and browsers
    look at links before anybody follows them."""
    code = view.query("code")
    if view.session is None and not view.site.sessions.opens(code, phone=view.phone):
        return _closed(view)
    return view.page("enter.html", code=code)


async def come_in(view: View) -> Response:
    """Turn a link's code into a session."""
    site = view.site
    cookie = await site.sessions.redeem(view.field("code"), _browser(view), phone=view.phone)
    if cookie is None:
        return _closed(view)
    inside = view.go("/")
    inside.set_cookie(site.cookie, cookie, max_age=YEAR, path="/", httponly=True, samesite="strict")
    return inside


def _closed(view: View) -> Response:
    title = view.gettext("This link does not open any more")
    how = view.gettext(
        "A link lets one browser in, once, for an hour. A fresh one is given on the machine that "
        "the node runs on."
    )
    return view.message(401, title, f"{how} {view.gettext(STRANGER)}")


def _browser(view: View) -> str:
    """What the browser calls itself, as far as a person can make sense of it."""
    agent = view.request.headers.get("user-agent", "")
    known = {
        "Firefox": "Firefox",
        "Edg/": "Edge",
        "Chrom": "Chromium",
        "Safari": "Safari",
        "curl": "curl",
    }
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "Windows": "Windows",
        "Mac OS": "macOS",
        "Linux": "Linux",
    }
    name = next((name for mark, name in known.items() if mark in agent), UNKNOWN)
    system = next((system for mark, system in systems.items() if mark in agent), "")
    return f"{name}, {system}" if system and name != UNKNOWN else name
