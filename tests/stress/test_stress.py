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
    assert done.stdout, done.stderr
    for fault, figures in json.loads(done.stdout)["faults"].items():
        assert figures["sent"] > 30, fault
        for one in (figures, figures.get("undone", figures)):
            assert (one["lost"], one["doubled"], one["wrong"]) == (0, 0, 0), (fault, one)
