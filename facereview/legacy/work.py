"""What the steps of one migration share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from facereview.legacy.defects import Defects
from facereview.legacy.plan import Plan
from facereview.legacy.progress import Meter
from facereview.legacy.server import Server
from facereview.legacy.target import Target


@dataclass(frozen=True, slots=True)
class Work:
    """The target's side, the folder with the copy, the plan between them and its defects."""

    server: Server
    folder: Path
    plan: Plan
    target: Target
    defects: Defects
    meter: Meter
