"""Words for a person: a template with values, so that they can be said in any language."""

from collections.abc import Mapping
from typing import Self


def marked(text: str) -> str:
    """A template that is said later, named here so that translators find it."""
    return text


def listed(words: str) -> list[str]:
    """Several templates of one word each: named here as by `marked`."""
    return words.split()


class Message(str):
    """As text it is English: Message("no home in {path}", path=path).

    A value may be a message, or an error, in turn. A template without values is said as it is.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Raises KeyError for a value that the template names and nobody gave."""
        message = super().__new__(cls, template.format(**values) if values else template)
        message.template, message.values = str(template), values
        if isinstance(template, Message):
            message.template, message.values = template.template, template.values
        return message
