"""What one may show to strangers of how a node is."""

import platform
import re
from collections.abc import Iterable
from pathlib import Path

from potluck.node.operations.service import Json

from .finding import Finding


def bundle(findings: Iterable[Finding], facts: Json, home: Path) -> Json:
    """What one may show to strangers: no keys, places, titles, addresses or paths."""
    return {
        "system": platform.platform(),
        "findings": [
            {
                key: redacted(value, home) if isinstance(value, str) else value
                for key, value in each.items()
            }
            for each in findings
        ],
        "facts": facts,
    }


_PRIVATE = (
    (re.compile(r"\b1[1-9A-HJ-NP-Za-km-z]{40,}\b"), "PEER"),
    (re.compile(r"\b[a-z]+://[^\s;,)]+"), "URL"),
    (re.compile(r"(?<!\w)/[^\s;,)]+"), "PATH"),  # multiaddrs too
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b(:\d+)?"), "ADDRESS"),
    (re.compile(r"(?<![\w:])[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,}"), "ADDRESS"),
    (re.compile(r"\b[0-9a-fA-F]{16,}\b"), "KEY"),
)


def redacted(text: str, home: Path) -> str:
    """The text with words in place of paths, addresses, keys and peers."""
    text = text.replace(str(home), "HOME")
    for pattern, word in _PRIVATE:
        text = pattern.sub(word, text)
    return text
