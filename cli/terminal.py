"""What a terminal may be: full, gone, without colour, or without our characters."""

import codecs
import contextlib
import errno
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, TextIO

from .language import _

PLAIN = str.maketrans(
    {"┊": ":", "┈": "-", "·": "-", "–": "-", "—": "-", "−": "-", "’": "'", "“": '"', "”": '"'}
    | {"…": "...", "→": "->", "✓": "+", "✗": "x", "№": "No."}
)
"""What stands for our own signs where a terminal has them not."""
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


def colour() -> bool | None:
    """False where NO_COLOR asks for none (https://no-color.org), or the terminal has none."""
    none = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return False if none else None


def guarded(command: Callable[[], Any]) -> int:
    """Run a command that prints; its exit code. A stream that takes no more is said, not raised."""
    codecs.register_error("plain", _plainly)
    if not sys.warnoptions:  # what libraries warn of is for who works on them
        warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")
    try:
        code = _exit_code(command)
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        if error.errno == errno.EPIPE:
            _silence()
            return 1
        if error.errno not in _UNWRITABLE and error.filename is None:
            raise
        what = _("cannot use {file}", file=error.filename) if error.filename else _("cannot write")
        with contextlib.suppress(OSError, AttributeError):
            sys.stderr.write(_("Error: {message}", message=f"{what}: {error.strerror}") + "\n")
            sys.stderr.flush()
        _silence()
        return 1
    return code


def _exit_code(command: Callable[[], Any]) -> int:
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _silence() -> None:
    """Send what is still unwritten nowhere, so that the interpreter's end does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            os.dup2(nowhere, stream.fileno())


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that a terminal cannot show."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _plain(error.object[error.start : error.end]), error.end


def _plain(text: str) -> str:
    return text.translate(PLAIN).encode("ascii", "replace").decode("ascii")


def can_show(text: str, stream: TextIO | None) -> bool:
    """Whether the stream's encoding has all these characters."""
    try:
        text.encode((stream and stream.encoding) or "ascii")
    except UnicodeEncodeError:
        return False
    return True
