"""What an event said before, revision by revision, in words."""

import click

from potluck.node.operations.announce.changes import Change, changes

from .language import _, locale
from .printing import Json, bold, dim
from .wording import moment


def revision_list(found: list[Json]) -> None:
    """The revisions of an event, the latest first."""
    from potluck.node.language.locale import PLAIN, locale_of

    words = locale() or locale_of(PLAIN)
    click.echo(bold(found[0]["title"] or _("A withdrawn event")))
    for event in found:
        click.echo(f"{event['revision'] + 1:>3}  {dim(moment(event['issued_at']))}")
        said = [_change(each) for each in changes(event, event["was"], words)]
        for line in said or [_unchanged(event, found[-1])]:
            click.echo(f"     {line}")
    click.echo(dim(_("This is what your node saw; others may have seen more of it, or less.")))


def _change(change: Change) -> str:
    if not change.now:
        return change.what
    return _("{what} {now}, was {was}", what=change.what, now=change.now, was=change.was)


def _unchanged(event: Json, oldest: Json) -> str:
    if event["revision"] == 0:
        return _("first announced")
    return (
        _("the first that your node saw")
        if event is oldest
        else _("signed anew, with the same words")
    )
