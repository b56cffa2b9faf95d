"""Importing OpenCV leaves the process as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from facereview.environment import environment_kept


def test_changes_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "old")
    monkeypatch.setenv("GONE", "old")
    monkeypatch.delenv("NEW", raising=False)
    before = dict(os.environ)
    with environment_kept():
        os.environ["KEPT"] = "new"
        os.environ["NEW"] = "new"
        del os.environ["GONE"]
    assert dict(os.environ) == before


def test_packages_that_import_opencv_leave_the_environment() -> None:
    script = (
        "import json, os; before = dict(os.environ)\n"
        "import facereview.faces.engine, facereview.faces.runtime as r\n"
        "r.insightface()\n"
        "print(json.dumps(dict(os.environ) == before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert json.loads(done.stdout) is True
    assert done.stderr == b""
