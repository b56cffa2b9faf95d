"""The import contracts hold, no files import each other in a circle, and none is too long.

Each check is seen to fail when it is broken.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

BREACHES = {
    "One direction": ("records.py", "import facereview.store.store"),
    "The window reaches store and faces only through review": (
        "ui/jobs/messages.py",
        "import facereview.store.store",
    ),
    "Qt only in the window": ("review/creators/names.py", "import PySide6.QtCore"),
    "PostgreSQL only in store and migrate": ("review/creators/names.py", "import psycopg"),
    "SQLite's ways only in migrate": ("store/store.py", "import pyarrow"),
    "InsightFace only in faces": ("media/crops.py", "import onnxruntime"),
    "Pages do not import each other": (
        "ui/review/queue.py",
        "import facereview.ui.clusters.commands",
    ),
    "Shared rooms do not import pages": (
        "ui/wording/acts.py",
        "import facereview.ui.insight.page",
    ),
    "OpenCV and PyAV only in media and faces": ("ui/jobs/messages.py", "import av"),
}


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the import linter on a checkout."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy that may be spoilt."""
    shutil.copytree(ROOT / "facereview", tmp_path / "facereview")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_contracts_hold(checkout: Path) -> None:
    done = contracts(checkout)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_is_found(checkout: Path, contract: str) -> None:
    module, line = BREACHES[contract]
    path = checkout / "facereview" / module
    path.write_text(path.read_text("utf-8") + f"\n{line}\n", "utf-8")
    done = contracts(checkout)
    assert done.returncode == 1, done.stdout
    assert f"{contract} BROKEN" in done.stdout


# ------------------------------------------------------------------------------------- circles


def imports(path: Path, known: set[str]) -> set[str]:
    """The modules of the package that a file imports anywhere, also for types only."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.update(
                name if (name := f"{node.module}.{alias.name}") in known else str(node.module)
                for alias in node.names
            )
    return found & known


def circle(folder: Path) -> list[str]:
    """Modules that import each other in a circle; none if there is no circle."""
    files = {
        ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (folder / "facereview").rglob("*.py")
    }
    known = set(files)
    graph = {name: imports(path, known) - {name} for name, path in files.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as fault:
        return list(fault.args[1])
    return []


def test_every_room_of_the_window_is_a_page_or_shared() -> None:
    """A new one that no contract names could import any other."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = {contract["name"]: contract for contract in config["tool"]["importlinter"]["contracts"]}
    pages = named["Pages do not import each other"]["modules"]
    shared = named["Shared rooms do not import pages"]["source_modules"]
    rooms = {
        f"facereview.ui.{path.parent.name}"
        for path in (ROOT / "facereview/ui").glob("*/__init__.py")
    }
    assert {*pages, *shared} == rooms
    assert not {*pages} & {*shared}
    assert named["Shared rooms do not import pages"]["forbidden_modules"] == pages


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circle(ROOT) == []


def test_a_circle_of_imports_for_types_is_found(checkout: Path) -> None:
    path = checkout / "facereview/records.py"
    line = "\nif TYPE_CHECKING:\n    from facereview.store.store import Store\n"
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    assert {"facereview.records", "facereview.store.store"} <= set(circle(checkout))


# --------------------------------------------------------------------------------------- sizes

MOST_FILES, FILE, CLASS, FUNCTION = 30, 500, 250, 30

TABLES = ["demo/films.py: films"]
"""Functions that are one table of data."""


def code_lines(lines: list[str], node: ast.FunctionDef) -> int:
    """Lines of a function behind its docstring, without comments and empty lines."""
    first = node.body[0]
    skipped = first.end_lineno if ast.get_docstring(node) is not None else first.lineno - 1
    body = (line.strip() for line in lines[skipped : node.end_lineno])
    return sum(bool(line) and not line.startswith("#") for line in body)


def too_large(folder: Path) -> Iterator[str]:
    """Folders, files, classes and functions beyond the limits."""
    files = sorted((folder / "facereview").rglob("*.py"))
    for place, count in Counter(path.parent for path in files).items():
        if count > MOST_FILES:
            yield place.relative_to(folder).as_posix()
    for path in files:
        text = path.read_text("utf-8")
        lines, name = text.splitlines(), path.relative_to(folder / "facereview").as_posix()
        if len(lines) > FILE:
            yield name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                if len(lines[node.lineno - 1 : node.end_lineno]) > CLASS:
                    yield f"{name}: {node.name}"
            elif isinstance(node, ast.FunctionDef) and code_lines(lines, node) > FUNCTION:
                yield f"{name}: {node.name}"


def test_nothing_is_too_large() -> None:
    assert list(too_large(ROOT)) == TABLES


def test_what_is_too_large_is_found(checkout: Path) -> None:
    folder = checkout / "facereview"
    lines = "\n".join(f"        a{n} = {n}" for n in range(251))
    (folder / "long.py").write_text(f"class Long:\n    def run(self) -> None:\n{lines}\n" * 2)
    for number in range(MOST_FILES):
        (folder / "media" / f"m{number}.py").touch()
    found = ["facereview/media", "long.py", *["long.py: Long", "long.py: run"] * 2]
    assert sorted(set(too_large(checkout)) - set(too_large(ROOT))) == sorted(set(found))
