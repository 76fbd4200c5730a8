"""The walks of a vouched draw in words."""

from itertools import pairwise

from potluck.node.language import format as words
from potluck.node.language.locale import Locale
from potluck.node.operations.service import Json


def called(one: Json, locale: Locale) -> str:
    """A host by the name that one gave it, else by the beginning of the key."""
    return one["name"] or locale.gettext("host %(key)s", key=words.key(one["host"][:8]))


def walk(drawn: Json | None, locale: Locale) -> str:
    """How a card of a vouched draw was walked to, in words; nothing for those of other draws."""
    if drawn is None:
        return ""
    if drawn["stranger"]:
        return locale.gettext("A stranger: no vouch of yours leads there")
    names = [called(one, locale) for one in drawn["path"]]
    steps = [locale.gettext("You met %(name)s", name=names[0])]
    steps += [
        locale.gettext("%(one)s met %(other)s", one=one, other=other)
        for one, other in pairwise(names)
    ]
    return "; ".join(steps)


def reach(drawn: Json, locale: Locale) -> str:
    """What a vouched hand could be drawn from, and what could not be dealt; nothing for others."""
    if drawn["reach"] is None:
        return ""
    if not drawn["reach"]:
        return locale.gettext("You vouch for nobody yet, so no walk begins.")
    text = locale.ngettext(
        "Your vouches reach one host.", "Your vouches reach %(num)s hosts.", drawn["reach"]
    )
    missing = locale.ngettext(
        "One card could not be dealt.", "%(num)s cards could not be dealt.", drawn["missing"]
    )
    return f"{text} {missing}" if drawn["missing"] else text
