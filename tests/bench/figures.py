"""One form for every figure: what, how much, against which budget."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Figure:
    """A measurement beside its budget (None: for comparison only)."""

    what: str
    value: float
    unit: str
    budget: float | None = None
    note: str = ""

    @property
    def within(self) -> bool | None:
        """Whether the budget holds."""
        return None if self.budget is None else self.value <= self.budget


def percentile(seconds: Sequence[float], at: float) -> float:
    """A percentile in milliseconds."""
    return round(float(np.percentile(seconds, at)) * 1000, 2)


def medians(runs: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Each figure's median over several runs, with its range; on a shared machine one says little.

    Every run gives the same figures in the same order.
    """
    found = []
    for several in zip(*runs, strict=True):
        values = sorted(figure.value for figure in several)
        spread = f"{values[0]:g} to {values[-1]:g} in {len(values)} runs"
        note = "; ".join(part for part in (several[0].note, spread) if part)
        found.append(replace(several[0], value=values[len(values) // 2], note=note))
    return found


def timed(jobs: Sequence[Callable[[], Any]]) -> list[float]:
    """Seconds each job took."""
    taken = []
    for job in jobs:
        start = time.perf_counter()
        job()
        taken.append(time.perf_counter() - start)
    return taken


def peak_memory_mb() -> float:
    """Peak resident memory of this process in MB.

    Where the system tells it apart from that of the process which started this one, as Linux does:
    ``ru_maxrss`` begins with what the parent had then.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def emit(figures: Sequence[Figure]) -> None:
    """Print figures as JSON."""
    print(json.dumps([asdict(f) | {"within": f.within} for f in figures], indent=1))
