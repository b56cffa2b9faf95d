"""Pictures that were looked at, as an item model: what is chosen of each, and whether it counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from facereview.review.creators.reference_records import Caution, Intake, IntakeFace, Point
from facereview.ui.creators.wording import CreatorAmounts
from facereview.ui.pictures.images import Crop
from facereview.ui.widgets.plain_text import clear_text, plain_tip

Index = QModelIndex | QPersistentModelIndex

translate = QCoreApplication.translate

DRAFT = Qt.ItemDataRole.UserRole


class Verdict(StrEnum):
    """What becomes of a picture when everything good is stored."""

    GOOD = "good"
    ANYWAY = "anyway"
    """Stored in spite of its warnings, each of which was confirmed."""
    CARE = "care"
    """Left out for its warnings, unless the curator confirms each of them."""
    CHOOSE = "choose"
    """It shows several faces and none is chosen."""
    OUT = "out"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Draft:
    """A picture with what the curator said of it; ``face`` counts from 0, left to right."""

    intake: Intake
    crops: tuple[Crop, ...]
    """The faces as small pictures."""
    face: int | None = None
    confirmed: frozenset[Point] = frozenset()
    """Warnings in spite of which it is stored."""
    out: bool = False

    @property
    def chosen(self) -> IntakeFace | None:
        """The face meant."""
        return None if self.face is None else self.intake.faces[self.face]

    @property
    def verdict(self) -> Verdict:
        """What becomes of it."""
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
        """Warnings of the face meant that nobody has confirmed."""
        face = self.chosen
        cautions = face.cautions if face else ()
        return tuple(one for one in cautions if one.point not in self.confirmed)

    @property
    def stores(self) -> bool:
        """Whether it will be stored."""
        return self.verdict in (Verdict.GOOD, Verdict.ANYWAY)


def drafted(intake: Intake, crops: tuple[Crop, ...]) -> Draft:
    """A picture nobody has said anything of; a single face is chosen at once."""
    return Draft(intake, crops, face=0 if len(intake.faces) == 1 else None)


def _doubted(draft: Draft, cautions: Sequence[Caution]) -> Draft:
    """The same with other warnings of the face meant; what was confirmed stays so."""
    if draft.face is None:
        return draft
    faces = list(draft.intake.faces)
    faces[draft.face] = replace(faces[draft.face], cautions=tuple(cautions))
    return replace(draft, intake=replace(draft.intake, faces=tuple(faces)))


def named(draft: Draft) -> str:
    """The name of a picture's file; pasted pictures have none."""
    return clear_text(draft.intake.name) or translate("Creators", "pasted picture")


def said(draft: Draft) -> str:
    """What becomes of a picture, in a few words."""
    face, verdict = draft.chosen, draft.verdict
    if verdict is Verdict.FAULT:
        return clear_text(draft.intake.fault or translate("Creators", "No face was found."))
    if verdict is Verdict.GOOD and face is not None and face.first:
        return translate("Creators", "will be stored, as the first")
    text = {
        Verdict.GOOD: translate("Creators", "will be stored"),
        Verdict.ANYWAY: translate("Creators", "will be stored anyway"),
        Verdict.CARE: CreatorAmounts().to_confirm(len(face.cautions) if face else 0),
        Verdict.CHOOSE: translate("Creators", "choose a face: 1 to {faces}"),
        Verdict.OUT: translate("Creators", "left out"),
    }[verdict]
    return text.format(
        open=len(draft.unconfirmed),
        faces=len(draft.intake.faces),
    )


class DraftModel(QAbstractListModel):
    """The pictures of one sheet, in the order they were given."""

    changed = Signal()
    """Something else would be stored now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._drafts: list[Draft] = []

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """How many pictures."""
        return 0 if parent is not None and parent.isValid() else len(self._drafts)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, the draft itself, and all of it in words."""
        draft = self.draft(index.row()) if index.isValid() else None
        if draft is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return named(draft)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{named(draft)}: {said(draft)}"
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(f"{named(draft)}: {said(draft)}")
            case _:
                return draft if role == DRAFT else None

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All pictures."""
        return tuple(self._drafts)

    def draft(self, row: int) -> Draft | None:
        """The picture of a row."""
        return self._drafts[row] if 0 <= row < len(self._drafts) else None

    def clear(self) -> None:
        """Begin another sheet."""
        self.beginResetModel()
        self._drafts = []
        self.endResetModel()
        self.changed.emit()

    def add(self, draft: Draft) -> None:
        """One more picture was looked at."""
        row = len(self._drafts)
        self.beginInsertRows(QModelIndex(), row, row)
        self._drafts.append(draft)
        self.endInsertRows()
        self.changed.emit()

    def pick(self, row: int, face: int) -> bool:
        """Choose a face of a picture, counted from 0; False where there is no such face."""
        draft = self.draft(row)
        if draft is None or not 0 <= face < len(draft.intake.faces):
            return False
        self._set(row, replace(draft, face=face, confirmed=frozenset(), out=False))
        return True

    def confirm(self, row: int, point: Point) -> None:
        """Store a picture in spite of one of its warnings, or not after all."""
        draft = self.draft(row)
        if draft is not None and draft.verdict in (Verdict.CARE, Verdict.ANYWAY):
            self._set(row, replace(draft, confirmed=draft.confirmed ^ {point}))

    def confirm_next(self, row: int) -> None:
        """Confirm the first warning that is not; where all are, none is after all."""
        draft = self.draft(row)
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
            for row, draft in enumerate(self._drafts)
        ]
        left = [row for row in range(len(drafts)) if row not in stored]
        self.beginResetModel()
        self._drafts = [drafts[row] for row in left]
        self.endResetModel()
        self.changed.emit()
        return next((place for place, row in enumerate(left) if row in refused), 0)

    def leave_out(self, row: int) -> None:
        """Leave a picture out, or take it in again."""
        draft = self.draft(row)
        if draft is not None and draft.verdict is not Verdict.FAULT:
            self._set(row, replace(draft, out=not draft.out))

    def next_open(self, row: int) -> int | None:
        """The next picture that waits for a choice, round from this one."""
        count = len(self._drafts)
        for step in range(1, count + 1):
            place = (row + step) % count
            if self._drafts[place].verdict is Verdict.CHOOSE:
                return place
        return None

    def _set(self, row: int, draft: Draft) -> None:
        self._drafts[row] = draft
        index = self.index(row)
        self.dataChanged.emit(index, index)
        self.changed.emit()
