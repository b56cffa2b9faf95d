"""Starts the stress test: ``python tests/stress/run.py --help`` lists its options."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[place]) for place in (1, 2)]
    runpy.run_module("stress.campaign", run_name="__main__")
