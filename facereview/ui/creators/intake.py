"""Pictures on their way to become references: looked at, chosen, stored."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QObject, Signal
from PySide6.QtGui import QImage

from facereview.errors import ReviewError
from facereview.records import Creator
from facereview.review.creators.intake import pictures_in
from facereview.review.creators.reference_records import (
    Caution,
    Changed,
    Intake,
    IntakeFace,
    Point,
    StoredReferences,
)
from facereview.review.library.service import LibraryService
from facereview.ui.creators.wording import CreatorAmounts
from facereview.ui.jobs.background import Asked, BackgroundJob
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.images import Crop, crop
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import RowsModel

translate = QCoreApplication.translate


class Verdict(StrEnum):
    """What happens to a picture when the sheet is stored."""

    GOOD = "good"
    ANYWAY = "anyway"
    """Stored despite its warnings, each of which was confirmed."""
    CARE = "care"
    """Left out for its warnings, unless the curator confirms each of them."""
    CHOOSE = "choose"
    """It shows several faces and none is chosen."""
    OUT = "out"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, eq=False)  # embeddings have no one truth when compared
class Draft:
    """A picture and the curator's choices; ``face`` counts from 0, left to right."""

    intake: Intake
    crops: tuple[Crop, ...]
    """The faces as small pictures."""
    face: int | None = None
    confirmed: frozenset[Point] = frozenset()
    """Warnings that were confirmed."""
    out: bool = False

    @property
    def chosen(self) -> IntakeFace | None:
        return None if self.face is None else self.intake.faces[self.face]

    @property
    def verdict(self) -> Verdict:
        """What happens to it."""
        face = self.chosen
        if self.intake.fault is not None or not self.intake.faces:
            return Verdict.FAULT
        if self.out:
            return Verdict.OUT
        if face is None:
            return Verdict.CHOOSE
        if not face.cautions:
            return Verdict.GOOD
        return Verdict.CARE if self.unconfirmed else Verdict.ANYWAY

    @property
    def unconfirmed(self) -> tuple[Caution, ...]:
        """Warnings of the chosen face that are not confirmed."""
        face = self.chosen
        cautions = face.cautions if face else ()
        return tuple(one for one in cautions if one.point not in self.confirmed)

    @property
    def stores(self) -> bool:
        """Whether it will be stored."""
        return self.verdict in (Verdict.GOOD, Verdict.ANYWAY)


def drafted(intake: Intake, crops: tuple[Crop, ...]) -> Draft:
    """A new draft; a single face is chosen at once."""
    return Draft(intake, crops, face=0 if len(intake.faces) == 1 else None)


def _doubted(draft: Draft, cautions: Sequence[Caution]) -> Draft:
    """The draft with other warnings for the chosen face; confirmations stay."""
    if draft.face is None:
        return draft
    faces = list(draft.intake.faces)
    faces[draft.face] = replace(faces[draft.face], cautions=tuple(cautions))
    return replace(draft, intake=replace(draft.intake, faces=tuple(faces)))


def named(draft: Draft) -> str:
    """The name of a picture's file; pasted pictures have none."""
    return clear_text(draft.intake.name) or translate("Creators", "pasted picture")


def said(draft: Draft) -> str:
    """What happens to a picture, in a few words."""
    face, verdict = draft.chosen, draft.verdict
    if verdict is Verdict.FAULT:
        return clear_text(draft.intake.fault or translate("Creators", "No face was found."))
    if verdict is Verdict.GOOD and face is not None and face.first:
        return translate("Creators", "will be stored as the first reference")
    text = {
        Verdict.GOOD: translate("Creators", "will be stored"),
        Verdict.ANYWAY: translate("Creators", "will be stored anyway"),
        Verdict.CARE: CreatorAmounts().to_confirm(len(face.cautions) if face else 0),
        Verdict.CHOOSE: translate("Creators", "choose a face: 1 to {faces}"),
        Verdict.OUT: translate("Creators", "left out"),
    }[verdict]
    return text.format(open=len(draft.unconfirmed), faces=len(draft.intake.faces))


class DraftModel(RowsModel[Draft]):
    """The pictures of one sheet, in the order they were given."""

    changed = Signal()
    """Something else would be stored now."""

    def title(self, row: Draft) -> str:
        return named(row)

    def aloud(self, row: Draft) -> str:
        return f"{named(row)}: {said(row)}"

    def clear(self) -> None:
        """Begin another sheet."""
        self.show(())
        self.changed.emit()

    def add(self, draft: Draft) -> None:
        """One more picture was looked at."""
        self.append((draft,))
        self.changed.emit()

    def pick(self, row: int, face: int) -> bool:
        """Choose a face of a picture, counted from 0; False where there is no such face."""
        draft = self.row(row)
        if draft is None or not 0 <= face < len(draft.intake.faces):
            return False
        self._set(row, replace(draft, face=face, confirmed=frozenset(), out=False))
        return True

    def confirm(self, row: int, point: Point) -> None:
        """Confirm one warning of a picture, or withdraw the confirmation."""
        draft = self.row(row)
        if draft is not None and draft.verdict in (Verdict.CARE, Verdict.ANYWAY):
            self._set(row, replace(draft, confirmed=draft.confirmed ^ {point}))

    def confirm_next(self, row: int) -> None:
        """Confirm the first warning that is not; where all are, withdraw all."""
        draft = self.row(row)
        if draft is None:
            return
        if draft.verdict is Verdict.CARE:
            self.confirm(row, draft.unconfirmed[0].point)
        elif draft.verdict is Verdict.ANYWAY:
            self._set(row, replace(draft, confirmed=frozenset()))

    def settle(self, stored: Collection[int], refused: Mapping[int, Sequence[Caution]]) -> int:
        """These rows were stored and go; others have other warnings now. The first of those."""
        drafts = [
            _doubted(draft, refused[row]) if row in refused else draft
            for row, draft in enumerate(self.rows)
        ]
        left = [row for row in range(len(drafts)) if row not in stored]
        self.show([drafts[row] for row in left])
        self.changed.emit()
        return next((place for place, row in enumerate(left) if row in refused), 0)

    def leave_out(self, row: int) -> None:
        """Leave a picture out, or take it in again."""
        draft = self.row(row)
        if draft is not None and draft.verdict is not Verdict.FAULT:
            self._set(row, replace(draft, out=not draft.out))

    def next_open(self, row: int) -> int | None:
        """The next picture that waits for a choice, round from this one."""
        count = len(self.rows)
        ahead = ((row + step) % count for step in range(1, count + 1))
        return next((at for at in ahead if self.rows[at].verdict is Verdict.CHOOSE), None)

    def _set(self, row: int, draft: Draft) -> None:
        self.replace(row, draft)
        self.changed.emit()


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
        given, self._given = self._given, []

        def work(_tell: object, _cancelled: object) -> tuple[Source, ...]:
            pictures = [encoded(one) if isinstance(one, QImage) else one for one in given]
            return tuple(pictures_in(pictures))

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
        self._stop()
        self.model.clear()
        self._become(IntakeStage.IDLE)

    def _stop(self) -> None:
        self._listing.cancel()
        self._looking.cancel()
        self._given.clear()
        self._waiting.clear()

    def stop_looking(self) -> None:
        """Skip the pictures not checked yet; the others can be stored."""
        self.total -= len(self._waiting)
        self._waiting.clear()

    def store(self) -> None:
        wanted = {row: draft for row, draft in enumerate(self.model.rows) if draft.stores}
        creator, library = self.creator, self._library
        if not wanted or creator is None or self.stage is not IntakeStage.READY:
            return

        self._become(IntakeStage.STORING)
        self._storing.start(lambda _tell, cancelled: _stored(library, wanted, creator, cancelled))

    def _next(self) -> None:
        if not self._waiting:
            if not self._listing.running or self._listing.stopping:
                self._become(IntakeStage.READY if self.done else IntakeStage.IDLE)
            return
        source, library = self._waiting.popleft(), self._library
        number = self.creator.id if self.creator else None
        chosen = [draft.chosen for draft in self.model.rows if draft.stores]
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
        """Remove what was stored from the sheet; keep the rest, with the reason."""
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
        self._stop()
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


def _stored(
    library: LibraryService, drafts: Mapping[int, Draft], creator: Creator, cancelled: Asked
) -> Storing:
    """Store the chosen face of each picture; all references together, up to the first fault."""
    done, act = Storing(StoredReferences(creator, (), Changed())), uuid4().hex
    for row, draft in drafts.items():
        if cancelled():
            break
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
