"""``.ci/run`` chooses the oldest supported Python and the newest released one it finds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = (Path(__file__).resolve().parents[1] / ".ci" / "run").read_text("utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Interpreters that only say which version they are, on PATH and under pyenv."""
    for place, version, level in (
        ("bin/python3", (3, 12, 1), "final"),
        ("bin/python3.14", (3, 14, 0), "beta"),
        ("pyenv/versions/3.9.1/bin/python", (3, 9, 1), "final"),
        ("pyenv/versions/3.11.10/bin/python", (3, 11, 10), "final"),
        ("pyenv/versions/3.11.9/bin/python", (3, 11, 9), "final"),
        ("pyenv/versions/3.13.0/bin/python", (3, 13, 0), "final"),
    ):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        about = f"{version}, '{level}', '{file}'"
        file.write_text(f"#!/bin/sh\nexec {sys.executable} - \"$2\" <<'E'\n{_PRETEND % about}\nE\n")
        file.chmod(0o755)
    return tmp_path


_PRETEND = """
import sys, types
version, level, file = %s
class Version(tuple):
    releaselevel = level
pretended = types.ModuleType("sys")
pretended.version_info, pretended.executable = Version(version), file
code, real = sys.argv[1], dict(sys.modules)
sys.modules.update(sys=pretended, venv=pretended, ensurepip=pretended)
exec(code)
"""


def found(machine: Path, **environment: str) -> list[str]:
    function = re.search(r"^interpreters\(\) \{\n.*?^\}", SCRIPT, re.MULTILINE | re.DOTALL)
    assert function is not None
    done = subprocess.run(
        ["/bin/bash", "-c", f"{function[0]}\ninterpreters"],
        env={
            "PATH": f"{machine / 'bin'}{os.pathsep}/usr/bin:/bin",
            "PYENV_ROOT": str(machine / "pyenv"),
            "HOME": str(machine),
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return [line.split()[0] for line in done.stdout.splitlines() if str(machine) in line]


def test_every_released_version_that_is_supported_is_found_oldest_first(machine: Path) -> None:
    assert found(machine) == ["3.11.9", "3.11.10", "3.12.1", "3.13.0"]


def test_one_may_be_named(machine: Path) -> None:
    named = str(machine / "pyenv/versions/3.13.0/bin/python")
    assert found(machine, PYTHON=named, PYENV_ROOT=str(machine / "none")) == ["3.12.1", "3.13.0"]
