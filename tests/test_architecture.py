"""The import contracts hold, and no files import each other in a circle.

Each check is seen to fail when it is broken.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
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


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circle(ROOT) == []


def test_a_circle_of_imports_for_types_is_found(checkout: Path) -> None:
    path = checkout / "facereview/records.py"
    line = "\nif TYPE_CHECKING:\n    from facereview.store.store import Store\n"
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    assert {"facereview.records", "facereview.store.store"} <= set(circle(checkout))
