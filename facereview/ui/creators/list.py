"""The list of creators on the left of the Creators page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from facereview.review.creators.records import Person
from facereview.ui.creators.delegate import CreatorsDelegate
from facereview.ui.creators.model import CreatorsModel
from facereview.ui.creators.plain_list import PlainList
from facereview.ui.pictures.crop_store import CropStore

_REST_MS = 60
"""Creators passed by with quick keys are not loaded."""


class CreatorsList(PlainList):
    """Shows a :class:`CreatorsModel`; the current creator stays where the list changes."""

    chosen = Signal(object)
    """The creator at hand rests: a :class:`Person`, None where the list is empty."""

    taken = Signal()
    """A key or the mouse went to another creator."""

    def __init__(
        self, model: CreatorsModel, crops: CropStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(QCoreApplication.translate("CreatorsList", "Creators"), parent)
        self._creators = model
        self._at: int | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._say)
        self.setModel(model)
        self.setItemDelegate(CreatorsDelegate(crops, self))
        self.setViewportMargins(0, 8, 0, 8)
        model.modelReset.connect(self._keep)
        model.dataChanged.connect(lambda *_what: self._rest.start())
        crops.arrived.connect(self._picture_came)

    @property
    def person(self) -> Person | None:
        """The creator at hand."""
        return self._creators.person(self.currentIndex().row())

    def go_to(self, creator_id: int) -> bool:
        """Make a creator the one at hand; False where it is not listed."""
        row = self._creators.row_of(creator_id)
        if row is not None:
            self.setCurrentIndex(self._creators.index(row))
            self.scrollTo(self.currentIndex())
            self._rest.stop()
            self._say()
        return row is not None

    def first(self) -> None:
        """Go to the first row."""
        self.setCurrentIndex(self._creators.index(0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys that go to another creator are told apart from what answers do."""
        before = self._at
        super().keyPressEvent(event)
        self._tell(before)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """So is the mouse."""
        before = self._at
        super().mousePressEvent(event)
        self._tell(before)

    def _tell(self, before: int | None) -> None:
        if self._at != before:
            self.taken.emit()

    def _keep(self) -> None:
        row = self._creators.row_of(self._at)
        self.setCurrentIndex(self._creators.index(row or 0))
        self._rest.start()

    def _say(self) -> None:
        person = self.person
        self._at = person.creator.id if person else self._at
        self.chosen.emit(person)

    def _picture_came(self, key: tuple[str, int]) -> None:
        if key[0] == "portrait":
            self.viewport().update()

    def currentChanged(  # noqa: N802
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Say so once the hand rests."""
        super().currentChanged(current, previous)
        if current.isValid():
            person = self._creators.person(current.row())
            self._at = person.creator.id if person else self._at
        self._rest.start()
