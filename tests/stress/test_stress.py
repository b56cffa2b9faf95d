"""A short round of the stress test, each fault once: nothing lost, doubled, or said otherwise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.mark.skipif(sys.platform == "win32", reason="nothing can be killed or stopped like this")
def test_no_fault_loses_or_doubles_a_decision() -> None:
    command = [sys.executable, str(RUN), "--seed", "suite"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert all(fault["sent"] > 30 for fault in json.loads(done.stdout)["faults"].values())
