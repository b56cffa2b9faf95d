"""Merging two creators, with a preview; and the list of merges that can be undone."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facereview.records import Creator
from facereview.review.creators.records import MergePreview, PastChange, Side
from facereview.review.creators.reference_records import ReferenceInfo
from facereview.ui.creators import wording as texts
from facereview.ui.creators.dialogs import CreatorDialog
from facereview.ui.creators.references import SMALL, ReferenceStrip
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.plain_text import ElidedLabel, button, clear_text, label, wrapped
from facereview.ui.wording.library import faces, references, videos, when


class SideView(QWidget):
    """One of the two: name, counts, references."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel("", "heading", self)
        self.words = ElidedLabel("", "dim", self)
        self.strip = ReferenceStrip(crops, self)
        self.strip.set_side(SMALL, plain=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.name, self.words, self.strip):
            column.addWidget(part)

    def show_side(self, side: Side, note: str) -> None:
        """Show a creator of the preview."""
        self.name.setText(f"{clear_text(side.creator.name)}  ·  {note}")
        parts = (references(len(side.references)), faces(side.faces), videos(side.videos))
        self.words.setText(" · ".join(parts))
        infos = [ReferenceInfo(reference, side.creator) for reference in side.references]
        self.strip.references.show(infos)


class MergeDialog(CreatorDialog):
    """Choose the other creator, see both, then merge: the one at hand is kept."""

    wanted = Signal(object, object)
    """A preview is wanted: the creator to keep, the one to drop."""
    agreed = Signal(int, int)
    """Merge: the creator to keep, the one to drop."""

    def __init__(
        self,
        keep: Creator,
        names: KnownNames,
        crops: CropStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", self.tr("Merge"), parent=parent)
        self.prefer(QSize(760, 600))
        self.keep = keep
        self.preview: MergePreview | None = None
        self.picker = NamePicker(names, crops, self, creates=False)
        self.kept, self.dropped = SideView(crops, self), SideView(crops, self)
        self.conflicts = wrapped("", "text", self)
        self.swap = button(self.tr("Keep the other"), "plain", self)
        self.body.addWidget(wrapped(self.tr("Who is the same person?"), "dim", self))
        self.body.addWidget(self.picker)
        for side in (self.kept, self.dropped):
            self.body.addWidget(side)
            side.hide()
        self.body.addWidget(self.conflicts)
        self.body.addStretch(1)
        self.buttons.insertWidget(1, self.swap)
        self.swap.setEnabled(False)
        self.verb.setEnabled(False)
        self._show_heading()
        self.picker.chosen.connect(self._choose)
        self.swap.clicked.connect(self._swap)
        self.verb.clicked.connect(self._agree)

    def open(self) -> None:
        """Open with the name field ready for typing."""
        super().open()
        if self.preview is None:
            self.picker.open_list()

    def show_preview(self, preview: MergePreview) -> None:
        """Show both creators, the conflicts, and what the key does now."""
        self.preview, self.keep = preview, preview.keep.creator
        self._show_heading()
        text = self.tr("Merge {other} into {name}")
        self.verb.setText(text.format(other=_short(preview.drop.creator), name=_short(self.keep)))
        self.fault.hide()
        self.kept.show_side(preview.keep, self.tr("is kept"))
        self.dropped.show_side(preview.drop, self.tr("becomes an alias"))
        for side in (self.kept, self.dropped):
            side.show()
        self.conflicts.setText("\n".join(texts.merge_lines(preview)))
        self.swap.setEnabled(True)
        self.verb.setEnabled(True)
        self.verb.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self, other: Creator) -> None:
        if other.id == self.keep.id:
            self.refuse(ValueError(self.tr("This is the same creator: choose another one.")))
        else:
            self._ask(self.keep, other)

    def _swap(self) -> None:
        if self.preview is not None:
            self._ask(self.preview.drop.creator, self.preview.keep.creator)

    def _ask(self, keep: Creator, drop: Creator) -> None:
        """What is shown is not what would be merged until the other preview is there."""
        self.verb.setEnabled(False)
        self.swap.setEnabled(False)
        self.wanted.emit(keep, drop)

    def refuse(self, error: Exception) -> None:
        """Show why; the creators shown can still be merged."""
        super().refuse(error)
        for part in (self.verb, self.swap):
            part.setEnabled(self.preview is not None)

    def _show_heading(self) -> None:
        self.head(self.tr("Merge into {name}").format(name=clear_text(self.keep.name)[:80]))

    def _agree(self) -> None:
        if self.preview is not None:
            self.verb.setEnabled(False)
            self.agreed.emit(self.preview.keep.creator.id, self.preview.drop.creator.id)


def _short(creator: Creator) -> str:
    return clear_text(creator.name)[:30]


class MergesDialog(CreatorDialog):
    """Merges and splits that can be undone, newest first."""

    undo_wanted = Signal(object)
    """A :class:`PastChange` is to be undone."""

    def __init__(self, changes: tuple[PastChange, ...], parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Past merges and splits"), "", parent=parent)
        self.verb.hide()
        self.cancel.setText(self.tr("Close"))
        self.prefer(QSize(680, 420))
        rows = QWidget(self)
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 8, 0)
        for change in changes[:100]:
            column.addLayout(self._row(change, rows))
        if not changes:
            column.addWidget(label(self.tr("No merges or splits yet."), "dim", rows))
        column.addStretch(1)
        self.body.addWidget(rows)

    def _row(self, change: PastChange, parent: QWidget) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(texts.past(change), "strong", parent))
        about = (
            faces(change.faces),
            references(change.references),
            clear_text(change.actor),
            when(change.created_at),
        )
        words.addWidget(ElidedLabel(" · ".join(about), "dim", parent))
        undo = button(self.tr("Undo"), "plain", parent)
        undo.setAccessibleName(f"{undo.text()}: {texts.past(change)}")
        undo.clicked.connect(lambda: self.undo_wanted.emit(change))
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(undo)
        return row
