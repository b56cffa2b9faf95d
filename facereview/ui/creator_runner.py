"""Runs what the Creators page does to the library, one after the other, and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from facereview.review.creators.reference_records import Changed
from facereview.ui.creator_steps import Steps
from facereview.ui.lanes import Lane, Rank
from facereview.ui.messages import Messages

T = TypeVar("T")


class CreatorRunner(QObject):
    """Runs every change on the database lane; tells what is to be shown and matched again."""

    changed = Signal(object)
    """Pending faces are to be matched again for this :class:`Changed`."""
    made = Signal(object)
    """This :class:`Creator` is new."""
    done = Signal(object)
    """Look at the library again, at this creator (id, or None: as it was)."""
    refused = Signal(object)
    """Why the last act was not done."""

    def __init__(self, lane: Lane, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lane = lane
        self.messages = messages
        self.steps = Steps()

    def run(self, job: Callable[[], T], done: Callable[[T], object]) -> None:
        """Do ``job`` on the lane, then ``done`` with what came of it."""
        self.lane.run(self, job, done, self.refused.emit, rank=Rank.URGENT)

    def tell(self, changed: Changed, creator_id: int | None) -> None:
        """An act was done: show the creator, and match faces again."""
        self.done.emit(creator_id)
        self.changed.emit(changed)

    def undo(self) -> None:
        """Take the last act back."""
        step = self.steps.pop()
        if step is None:
            self.messages.info(
                self.tr("Nothing to undo here; past merges and splits: {key}.").format(
                    key="Ctrl+Shift+M"
                )
            )
            return
        said = step.said

        def done(changed: Changed) -> None:
            self.messages.info(said)
            self.tell(changed, None)

        self.run(step.back, done)

    def forget(self) -> None:
        """Another page decides now: what Ctrl+Z would take back is its own affair."""
        self.steps.clear()
