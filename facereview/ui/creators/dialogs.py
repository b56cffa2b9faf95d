"""The dialogs of the Creators page: names, losses, whose faces, merging, and past merges."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from facereview.records import Creator
from facereview.review.creators.names import plain
from facereview.review.creators.records import FaceOf, MergePreview, PastChange, Profile, Side
from facereview.review.creators.reference_records import ReferenceInfo
from facereview.ui.creators import wording as texts
from facereview.ui.creators.references import SMALL, ReferenceStrip
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_portrait
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.dialog import Dialog, Scrolled, fit
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.plain_text import (
    ElidedLabel,
    button,
    clear_text,
    label,
    set_title,
    wrapped,
)
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import faces, references, videos, when
from facereview.visible_text import visible

_WIDEST = 900
"""No dialog grows wider by itself: long names are elided."""


_FACE = 64
"""Side of a face in a dialog."""


class CreatorDialog(Dialog):
    """Heading, body, why it was refused, and the buttons; open until what it asks for is done."""

    def __init__(
        self, heading: str, verb: str, kind: str = "primary", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setModal(True)
        self._wanted = QSize(520, 0)
        self.body = flush(QVBoxLayout(), 8)
        self._scrolled = Scrolled("", self.body, self)
        self.fault = wrapped("", "fault", self)
        self.fault.hide()
        self.verb: QPushButton = button(verb, kind, self)
        self.verb.setDefault(True)
        self.cancel = button(self.tr("Cancel"), "plain", self)
        self.cancel.setAutoDefault(False)
        self.title = label("", "title", self)
        self.title.setWordWrap(True)
        self.head(heading)
        self._lay_out()
        self.cancel.clicked.connect(self.reject)

    def _lay_out(self) -> None:
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.verb)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addWidget(self.title)
        column.addWidget(self._scrolled, 1)
        column.addWidget(self.fault)
        column.addLayout(self.buttons)

    def prefer(self, size: QSize) -> None:
        """It has at least this size where there is room for it."""
        self._wanted = size

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """It grows with what it has to say."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._fit()
        return done

    def _fit(self) -> None:
        least = self._wanted.expandedTo(self.size() if self.isVisible() else QSize())
        wide = min(max(least.width(), self.sizeHint().width()), _WIDEST)
        fit(self, QSize(max(wide, least.width()), max(least.height(), self.sizeHint().height())))
        column = self.layout()
        if column is not None:
            column.activate()
        fit(
            self, QSize(self.width(), max(least.height(), self.height() + self._scrolled.missing()))
        )

    def head(self, heading: str) -> None:
        """What it is about, at its head and as the window's title."""
        self.title.setText(clear_text(heading))
        self._scrolled.setAccessibleName(clear_text(heading))
        set_title(self, f"facereview: {clear_text(heading)}")

    def refuse(self, error: Exception) -> None:
        """Show why it failed, and allow another try."""
        self.fault.setText(told(error))
        self.fault.show()
        self.verb.setEnabled(True)


class PersonDialog(CreatorDialog):
    """Other names and description, below a field for the name."""

    saved = Signal(object)
    """The :class:`Profile` as it is to be."""

    def __init__(
        self, heading: str, verb: str, now: Profile, parent: QWidget | None = None
    ) -> None:
        super().__init__(heading, verb, parent=parent)
        self.aliases = QPlainTextEdit("\n".join(now.aliases), self)
        self.aliases.setFixedHeight(76)
        self.about = QPlainTextEdit(now.description, self)
        self.about.setFixedHeight(96)
        for field in (self.aliases, self.about):
            field.setTabChangesFocus(True)
        # Enter saves from the name; the other fields have lines of their own.
        saves = QShortcut(QKeySequence("Ctrl+Return"), self, self.verb.click)
        saves.setAutoRepeat(False)

    def _fill(self, name: QLineEdit, row: QWidget) -> None:
        """The fields with their labels; ``row`` holds the field of the name."""
        for text, field, widget in (
            (self.tr("Name"), name, row),
            (self.tr("Aliases, one per line"), self.aliases, self.aliases),
            (self.tr("Description"), self.about, self.about),
        ):
            words = label(text, "dim", self)
            words.setBuddy(field)
            field.setAccessibleName(text)
            self.body.addWidget(words)
            self.body.addWidget(widget)
        self.name = name
        name.textChanged.connect(lambda text: self.verb.setEnabled(bool(text.strip())))
        self.verb.setEnabled(bool(name.text().strip()))
        name.setFocus(Qt.FocusReason.OtherFocusReason)
        name.selectAll()

    def _say(self, name: str) -> None:
        lines = (" ".join(line.split()) for line in self.aliases.toPlainText().splitlines())
        aliases = tuple(dict.fromkeys(line for line in lines if line))
        self.verb.setEnabled(False)
        self.saved.emit(Profile(name, aliases, self.about.toPlainText()))


class NewPersonDialog(PersonDialog):
    """A new creator, with at least a name; or an existing one with the name that was typed."""

    known = Signal(object)
    """The typed name is that of this :class:`Creator`."""

    def __init__(
        self, name: str, names: KnownNames, crops: CropStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("New creator"), self.tr("Create"), Profile(name), parent)
        self.picker = NamePicker(names, crops, self, form=True)
        self.picker.field.reset(name)
        self._fill(self.picker.field, self.picker)
        self.picker.chosen.connect(self.known)
        self.picker.created.connect(self._say)
        self.verb.clicked.connect(self.picker.make)


class KnownPersonDialog(PersonDialog):
    """Names and description of somebody known."""

    def __init__(
        self, number: int, now: Profile, names: KnownNames, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Edit creator"), self.tr("Save"), now, parent)
        self._number, self._now, self._names = number, now, names
        self._asked = ""
        name = QLineEdit(now.name, self)
        name.setMaxLength(500)
        self._fill(name, name)
        self.verb.clicked.connect(self._save)

    def _save(self) -> None:
        """A name nearly that of somebody else is saved by the second press."""
        name, index = plain(self.name.text()), self._names.index
        near = index.near(name, self._number) if index and name != self._now.name else ()
        if near and self._asked != name:
            self._asked = name
            names = ", ".join(clear_text(row.creator.name)[:60] for row in near if row.creator)
            text = self.tr("The same as {names}? If not, press {verb} again.")
            self.refuse(ValueError(text.format(names=names, verb=self.verb.text())))
        else:
            self._say(self.name.text())


class FacesRow(QWidget):
    """The faces that are meant, as many as fit."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self._faces: tuple[FaceOf, ...] = ()
        self.setFixedHeight(_FACE)
        crops.arrived.connect(self._picture_came)

    def _picture_came(self, key: tuple[str, int]) -> None:
        if key[0] == "face":
            self.update()

    def show_faces(self, shown: Sequence[FaceOf]) -> None:
        self._faces = tuple(shown)
        self.setAccessibleName(faces(len(shown)))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        step, tokens = _FACE + 8, tokens_of(self)
        room = max(1, (self.width() + 8) // step)
        shown = self._faces if len(self._faces) <= room else self._faces[: room - 1]
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place, one in enumerate(shown):
                box = QRectF(place * step, 0, _FACE, _FACE)
                paint_portrait(painter, box, self._crops.face(one.face, one.video), tokens, 8)
            if len(shown) < len(self._faces):
                box = QRectF(len(shown) * step, 0, _FACE, _FACE)
                painter.setPen(QColor(tokens.dim))
                more = f"+{len(self._faces) - len(shown)}"
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, more)


class WhoDialog(CreatorDialog):
    """Whom the selected faces belong to: a creator that is known, or a new name."""

    named = Signal(str)
    """Somebody new of this name."""
    chosen = Signal(object)
    """This known :class:`Creator`."""

    def __init__(
        self,
        heading: str,
        text: str,
        names: KnownNames,
        crops: CropStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(heading, "", parent=parent)
        self.prefer(QSize(520, 460))
        self.verb.hide()
        self.faces = FacesRow(crops, self)
        self.body.addWidget(self.faces)
        self.body.addWidget(wrapped(text, "dim", self))
        self.picker = NamePicker(names, crops, self)
        self.body.addWidget(self.picker)
        self.body.addStretch(1)
        self.picker.chosen.connect(self.chosen)
        self.picker.created.connect(self.named)

    def open(self) -> None:
        """Open with the name field ready for typing."""
        super().open()
        self.picker.open_list()


class SureDialog(CreatorDialog):
    """What would be lost, line by line; with ``typed``, only once that name was typed."""

    agreed = Signal()

    def __init__(
        self,
        heading: str,
        verb: str,
        lines: Sequence[str],
        typed: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(heading, verb, "danger", parent)
        self._typed = plain(typed)
        self.lines = tuple(lines)
        for line in lines:
            self.body.addWidget(wrapped(f"•  {line}", "text", self))
        self.field = QLineEdit(self)
        self.field.setVisible(bool(typed))
        if typed:
            self._ask_for_name()
        else:
            self.verb.setDefault(False)
            self.verb.setAutoDefault(False)
            self.cancel.setDefault(True)
            self.cancel.setFocus()
        self.verb.clicked.connect(self._agree)

    def _ask_for_name(self) -> None:
        text = self.tr("Type the name to continue: {name}").format(name=visible(self._typed))
        self.body.addSpacing(8)
        self.body.addWidget(wrapped(text, "strong", self))
        self.body.addWidget(self.field)
        self.field.setAccessibleName(text)
        self.field.textChanged.connect(self._compare)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verb.setEnabled(False)

    def _compare(self, text: str) -> None:
        self.verb.setEnabled(plain(text) in (self._typed, visible(self._typed)))

    def _agree(self) -> None:
        self.verb.setEnabled(False)
        self.agreed.emit()


class SideView(QWidget):
    """One of the two: name, counts, references."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel("", "heading", self)
        self.words = ElidedLabel("", "dim", self)
        self.strip = ReferenceStrip(crops, self)
        self.strip.set_side(SMALL, plain=True)
        column = flush(QVBoxLayout(self), 4)
        for part in (self.name, self.words, self.strip):
            column.addWidget(part)

    def show_side(self, side: Side, note: str) -> None:
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
        self, keep: Creator, names: KnownNames, crops: CropStore, parent: QWidget | None = None
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
