"""Coming in by a one-time link."""

from __future__ import annotations

from starlette.responses import Response

from potluck.node.web.view import View
from potluck.node.web.words import marked

YEAR = 366 * 24 * 3600
UNKNOWN = marked("A browser")


async def enter(view: View) -> Response:
    """Turn a link's code into a session. A page with a link on, not a redirect: a browser that came
    from elsewhere does not send a SameSite=Strict cookie on a redirect."""
    site = view.site
    cookie = await site.sessions.redeem(view.query("code"), _browser(view), phone=view.phone)
    if cookie is None and view.session is None:
        title = view.say("This link does not open any more")
        how = view.say("A link lets one browser in, once, for an hour. For a fresh one run: potluck open")
        return view.message(401, title, how)
    inside = view.page("enter.html")
    if cookie is not None:
        inside.set_cookie(site.cookie, cookie, max_age=YEAR, path="/", httponly=True, samesite="strict")
    return inside


def _browser(view: View) -> str:
    """What the browser calls itself, as far as a person can make sense of it."""
    said = view.request.headers.get("user-agent", "")
    known = {"Firefox": "Firefox", "Edg/": "Edge", "Chrom": "Chromium", "Safari": "Safari", "curl": "curl"}
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "Windows": "Windows",
        "Mac OS": "macOS",
        "Linux": "Linux",
    }
    name = next((name for mark, name in known.items() if mark in said), UNKNOWN)
    system = next((system for mark, system in systems.items() if mark in said), "")
    return f"{name}, {system}" if system and name != UNKNOWN else name
