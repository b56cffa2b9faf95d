"""The import contracts hold, and each of them bites when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
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
