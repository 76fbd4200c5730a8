"""What makes the system run a node: a user unit of systemd, or an agent of launchd on a Mac."""

import plistlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from platformdirs import user_config_path

from potluck.node.home.files import writing
from potluck.protocol.errors import LocalError, Refused

TEMPLATE = Path(__file__).parent / "potluck.service"
LABEL = "potluck.node"


class Installed(TypedDict):
    """The file, and what to type next: to start the node now and at each start, and to end that."""

    file: str
    start: list[str]
    remove: list[str]


def install(home: Path, program: Sequence[str]) -> Installed:
    """Write the file for this account, which runs `program` (words, the first an absolute path).

    Raises LocalError, and Refused where another file of this name is.
    """
    words = [*program, "--home", str(home.absolute()), "up"]
    words += ["--log-level", "info", "--log-format", "json"]
    if sys.platform == "darwin":
        file = Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"
        text = agent(words, home.absolute() / "node.log")
        start, remove = [f"launchctl load -w {file}"], [f"launchctl unload -w {file}", f"rm {file}"]
    elif sys.platform == "linux":
        file = user_config_path() / "systemd" / "user" / "potluck.service"
        text = unit(words)
        start = ["systemctl --user enable --now potluck", "loginctl enable-linger"]
        remove = ["systemctl --user disable --now potluck", f"rm {file}"]
    else:
        raise LocalError(
            "Potluck knows no service of this system; let what starts programs here run: {command}",
            command=" ".join(words),
        )
    _write(file, text)
    return {"file": str(file), "start": start, "remove": remove}


def unit(words: Sequence[str]) -> str:
    """The unit that runs these words."""
    started = "ExecStart=" + " ".join(map(_quoted, words))
    lines = TEMPLATE.read_text("utf-8").splitlines()
    return "".join(f"{started if ln.startswith('ExecStart=') else ln}\n" for ln in lines)


def agent(words: Sequence[str], log: Path) -> str:
    """The agent that runs these words, again unless it ended well, and keeps what it says."""
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(words),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "ThrottleInterval": 10,
            "Umask": 0o077,
            "StandardErrorPath": str(log),
        }
    ).decode()


def _quoted(word: str) -> str:
    # systemd.service(5), "Command lines": quoting, specifiers and variables.
    for special, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(special, written)
    return f'"{word}"' if any(char in word for char in " \t'\"\\;") or not word else word


def _write(file: Path, text: str) -> None:
    with writing(file):
        if file.exists() and file.read_text("utf-8") != text:
            raise Refused(
                "{file} is there and says something else; look at it, remove it and try again",
                file=file,
            )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
