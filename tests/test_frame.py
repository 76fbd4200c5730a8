"""
What is installed is all that is needed: the files of the rooms, and every library they import.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

from tests.test_rooms import imports, modules

ROOT = Path(__file__).parent.parent
ROOMS = ("protocol", "node", "cli", "simulations")
BUILDS_DATA = "node/geography/data/build.py"
"""Run by `make gazetteer` only, with the dependency group of that name; not in the wheel."""
UNWANTED = shutil.ignore_patterns("__pycache__", "*.pyc")


def test_the_wheel_holds_every_file_of_the_rooms(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for room in ROOMS:
        shutil.copytree(ROOT / room, source / room, ignore=UNWANTED)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, source / name)
    expected = {
        f"potluck/{path.relative_to(source).as_posix()}"
        for room in ROOMS
        for path in (source / room).rglob("*")
        if path.is_file() and path != source / BUILDS_DATA
    }

    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("potluck_network-*.whl")
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        notice = next(name for name in names if name.endswith(".dist-info/licenses/NOTICE"))
        attributed = archive.read(notice).decode()

    assert {name for name in names if ".dist-info/" not in name} == expected
    assert "GeoNames" in attributed
    assert "CC BY 4.0" in attributed
    assert {f"potluck/{path}" for path in re.findall(r"potluck/([\w/.]+)", attributed)} <= expected


def normalised(name: str) -> str:
    """As locks write the name of a package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> dict[str, str]:
    """The packages of a lock, each with its line: version, markers."""
    lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
    return {line.partition("==")[0]: line for line in lines if re.match(r"[a-z0-9-]+==", line)}


def never_imported() -> set[str]:
    lines = (ROOT / "requirements" / "never-imported.txt").read_text("utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


def test_the_program_is_the_lock_without_what_is_never_imported() -> None:
    run, program = locked("run.txt"), locked("program.txt")

    assert run.items() >= program.items()
    assert run.keys() - program.keys() == never_imported()


def test_the_node_imports_nothing_of_what_the_program_leaves_out() -> None:
    walk = """
import importlib, pkgutil, sys
for room in ("protocol", "node", "cli"):
    package = importlib.import_module(f"potluck.{room}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if module.name not in ("potluck.cli.experiments", "potluck.cli.studies"):
            importlib.import_module(module.name)
print(*{name.partition(".")[0] for name in sys.modules})
"""
    ran = subprocess.run([sys.executable, "-c", walk], check=True, capture_output=True, text=True)
    imported = set(ran.stdout.split())
    left_out = {
        module
        for module, providers in packages_distributions().items()
        for provider in providers
        if normalised(provider) in never_imported()
    }

    assert "libp2p" in imported
    assert left_out
    assert not imported & left_out


def test_nothing_tells_people_to_install_somebody_elses_potluck() -> None:
    listed = ["git", "ls-files", "-z", "*.md", "*.py", "*.po", "*.toml", "*.html", "*.js"]
    files = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    wrong = [
        (name, line)
        for name in files.split("\0")[:-1]
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if re.search(r"(?:pip|pipx|uv tool) (?:install|run) [^\n]*\bpotluck(?!-network)", line)
    ]

    assert wrong == []


def test_a_checkout_names_its_commit() -> None:
    asked = [sys.executable, "-m", "potluck.cli", "--version"]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
    head = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(head, cwd=ROOT, check=True, capture_output=True, text=True).stdout

    found = re.fullmatch(r"potluck (\d+\.\d+\.\d+) \((\w+?)(?:-dirty)?\)\n", said)
    assert found
    assert commit.startswith(found[2])


def test_every_library_that_a_room_imports_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    runtime = {Requirement(line).name.lower() for line in project["dependencies"]}
    research = {
        Requirement(line).name.lower() for line in project["optional-dependencies"]["research"]
    }
    providers = packages_distributions()

    undeclared = {
        (found.path, found.library)
        for room in ROOMS
        for path in modules(room)
        for found in imports(path)
        if found.library not in sys.stdlib_module_names | {"potluck"} and found.path != BUILDS_DATA
        if not (runtime | (research if room == "simulations" else set())).intersection(
            map(normalised, providers.get(found.library, []))
        )
    }

    assert undeclared == set()
