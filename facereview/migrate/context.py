"""The data that the steps of one migration share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from facereview.migrate.load.defects import Defects
from facereview.migrate.load.server import Server
from facereview.migrate.plan.plan import Plan
from facereview.migrate.plan.target import Target
from facereview.migrate.progress import Meter


@dataclass(frozen=True, slots=True)
class Work:
    """The target's side, the folder with the copy, the plan between them and its defects."""

    server: Server
    folder: Path
    plan: Plan
    target: Target
    defects: Defects
    meter: Meter
