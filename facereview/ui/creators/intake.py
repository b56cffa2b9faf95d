"""Pictures on their way to become references: looked at, chosen, stored."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QBuffer, QIODevice, QObject, Signal
from PySide6.QtGui import QImage

from facereview.errors import ReviewError
from facereview.records import Creator
from facereview.review.creators.reference_records import (
    Caution,
    Changed,
    Intake,
    StoredReferences,
)
from facereview.review.library.service import LibraryService
from facereview.ui.creators.drafts import Draft, DraftModel, drafted
from facereview.ui.jobs.background import BackgroundJob
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.images import Crop, crop

Source = Path | bytes
"""A file, or a pasted picture as it is encoded."""


class IntakeStage(StrEnum):
    """What the sheet has to show."""

    IDLE = "idle"
    LOOKING = "looking"
    READY = "ready"
    STORING = "storing"


class IntakeRunner(QObject):
    """Looks at pictures one by one and stores those that are wanted; one creator at a time."""

    changed = Signal()
    """Stage or progress."""
    stored = Signal(object)
    """What was stored: :class:`StoredReferences`."""
    refused = Signal(int)
    """Pictures have warnings that they had not when they were looked at: the first one's row."""
    failed = Signal(object)
    """Why nothing more could be looked at or stored."""

    def __init__(self, library: LibraryService, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._given: list[Source | QImage] = []
        """Files, folders and pictures of which it is not known yet what is in them."""
        self._waiting: deque[Source] = deque()
        what = self.tr("the added pictures")
        self._listing = self._job(lane, what, self._listed)
        self._looking = self._job(lane, what, self._looked)
        self._storing = self._job(lane, what, self._stored)
        self.model = DraftModel(self)
        self.creator: Creator | None = None
        self.stage = IntakeStage.IDLE
        self.total = 0

    def _job(self, lane: Lane, what: str, done: Callable[[Any], None]) -> BackgroundJob:
        job = BackgroundJob(lane, what, self)
        job.done.connect(done)
        job.failed.connect(self._fail)
        return job

    @property
    def done(self) -> int:
        """Pictures looked at."""
        return self.model.rowCount()

    def busy_for(self, creator: Creator) -> Creator | None:
        """Another creator whose pictures are at hand: those of this one must not join them."""
        other = self.creator if self.stage is not IntakeStage.IDLE else None
        return other if other is not None and other.id != creator.id else None

    def look(self, creator: Creator, sources: Sequence[Source | QImage]) -> None:
        """Look at files, folders and pasted pictures; more of the same creator's join them."""
        if not sources or self.stage is IntakeStage.STORING or self.busy_for(creator):
            return
        if self.stage is IntakeStage.IDLE:
            self.creator, self.total = creator, 0
            self.model.clear()
        self._given += sources
        self._become(IntakeStage.LOOKING)
        if not self._listing.running or self._listing.stopping:
            self._list()

    def _list(self) -> None:
        library, given = self._library, self._given
        self._given = []

        def work(_tell: object, _cancelled: object) -> tuple[Source, ...]:
            return library.pictures_in(
                [encoded(one) if isinstance(one, QImage) else one for one in given]
            )

        self._listing.start(work)

    def _listed(self, found: tuple[Source, ...]) -> None:
        self._waiting.extend(found)
        self.total += len(found)
        if self._given:
            self._list()
        elif not self._looking.running or self._looking.stopping:
            self._next()

    def leave(self) -> None:
        """Stop looking and forget all of them: nothing is stored."""
        self._listing.cancel()
        self._looking.cancel()
        self._given.clear()
        self._waiting.clear()
        self.model.clear()
        self._become(IntakeStage.IDLE)

    def stop_looking(self) -> None:
        """Look at no more pictures; those at hand can be stored."""
        self.total -= len(self._waiting)
        self._waiting.clear()

    def store(self) -> None:
        """Store what is good."""
        wanted = {row: draft for row, draft in enumerate(self.model.drafts) if draft.stores}
        creator, library = self.creator, self._library
        if not wanted or creator is None or self.stage is not IntakeStage.READY:
            return

        self._become(IntakeStage.STORING)
        self._storing.start(lambda _tell, _cancelled: _stored(library, wanted, creator))

    def _next(self) -> None:
        if not self._waiting:
            if not self._listing.running or self._listing.stopping:
                self._become(IntakeStage.READY if self.done else IntakeStage.IDLE)
            return
        source, library = self._waiting.popleft(), self._library
        number = self.creator.id if self.creator else None
        chosen = [draft.chosen for draft in self.model.drafts if draft.stores]
        beside = [face.embedding for face in chosen if face is not None]

        def work(_tell: object, _cancelled: object) -> tuple[Intake, tuple[Crop, ...]]:
            intake = library.look(source, number, beside)
            return intake, tuple(crop(face.crop) for face in intake.faces)

        self._looking.start(work)

    def _looked(self, answer: tuple[Intake, tuple[Crop, ...]]) -> None:
        self.model.add(drafted(*answer))
        self.changed.emit()
        self._next()

    def _stored(self, done: Storing) -> None:
        """What was stored is done with; what is not, and why, stays at hand."""
        if done.refused or done.fault is not None:
            first = self.model.settle(done.rows, done.refused)
            self._become(IntakeStage.READY)
        else:
            self.model.clear()
            self._become(IntakeStage.IDLE)
        if done.stored.references:
            self.stored.emit(done.stored)
        if done.fault is not None:
            self.failed.emit(done.fault)
        elif done.refused:
            self.refused.emit(first)

    def _fail(self, error: Exception) -> None:
        self._listing.cancel()
        self._looking.cancel()
        self._given.clear()
        self._waiting.clear()
        self._become(IntakeStage.READY if self.done else IntakeStage.IDLE)
        self.failed.emit(error)

    def _become(self, stage: IntakeStage) -> None:
        self.stage = stage
        self.changed.emit()


@dataclass(slots=True)
class Storing:
    """What became of pictures: stored in ``rows``, ``refused`` for doubts, or a ``fault``."""

    stored: StoredReferences
    rows: set[int] = field(default_factory=set)
    refused: dict[int, tuple[Caution, ...]] = field(default_factory=dict)
    fault: ReviewError | None = None


def _stored(library: LibraryService, drafts: Mapping[int, Draft], creator: Creator) -> Storing:
    """Store the chosen face of each picture; all references together, up to the first fault."""
    done, act = Storing(StoredReferences(creator, (), Changed())), uuid4().hex
    for row, draft in drafts.items():
        try:
            one = library.store_picture(
                draft.intake, draft.face or 0, creator, draft.confirmed, act
            )
        except ReviewError as fault:
            done.fault = fault
            break
        if one.refused:
            done.refused[row] = one.refused
            continue
        both = (done.stored.references + one.references, done.stored.changed + one.changed)
        done.stored = StoredReferences(creator, *both)
        done.rows.add(row)
    return done


def encoded(image: QImage) -> bytes:
    """A pasted picture as the bytes of an image file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
