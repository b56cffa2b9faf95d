"""What was done on the Creators page and can be taken back there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from facereview.review.creators.reference_records import Changed

_KEPT = 100
"""So many steps can be taken back by Ctrl+Z; merges and splits are listed for longer."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was done: how it is taken back, and what is said of that."""

    back: Callable[[], Changed]
    said: str


class Steps:
    """The last steps, newest last."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def keep(self, back: Callable[[], Changed], said: str) -> None:
        """Remember a step that was done."""
        self._steps.append(Step(back, said))
        del self._steps[:-_KEPT]

    def pop(self) -> Step | None:
        """The newest step, which is forgotten here; None: there is none."""
        return self._steps.pop() if self._steps else None

    def clear(self) -> None:
        """What was done cannot be taken back from here any more."""
        self._steps.clear()
