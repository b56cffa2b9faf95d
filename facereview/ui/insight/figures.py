"""Figures that can be pressed, and the buttons that save a plot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QLocale, Qt
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from facereview.review.insight.progress import LibraryProgress
from facereview.review.library.service import LibraryService
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card, flush
from facereview.ui.widgets.plain_text import (
    PlainButton,
    button,
    clear_text,
    label,
    set_tip,
    wrapped,
)
from facereview.ui.wording.library import duration, number


class Figure(Card):
    """A figure that opens what it counts, with its name above and a sentence below."""

    def __init__(self, name: str, opens: str, parent: QWidget) -> None:
        """``opens`` says what a press shows."""
        super().__init__(parent=parent)
        self.body.setSpacing(2)
        self.figure = button("", "figure", self)
        self.figure.setAccessibleDescription(opens)
        set_tip(self.figure, opens)
        self.about = wrapped("", "dim", self)
        self.figure.setAccessibleName(name)
        self._name = name
        self.body.addWidget(label(name, "dim", self))
        self.body.addWidget(self.figure, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.about)
        self.body.addStretch()

    def say(self, figure: str, about: str) -> None:
        """Show a figure and what belongs to it."""
        self.figure.setText(figure)
        self.figure.setAccessibleName(f"{self._name}: {figure}")
        self.about.setText(about)


class PendingFigure(Figure):
    """How many faces are pending, and how long they take."""

    def __init__(self, opener: FigureOpener, parent: QWidget) -> None:
        super().__init__(self.tr("pending"), self.tr("Review the pending faces"), parent)
        self.figure.clicked.connect(lambda: opener.queue_wanted.emit("pending"))

    def show_progress(self, now: LibraryProgress) -> None:
        """Show how far the library is."""
        about = self.tr("of {faces} faces").format(faces=number(now.faces))
        if now.minutes_left is not None and now.pending:
            text = self.tr("{of} · {duration} at the pace of the last days")
            about = text.format(of=about, duration=duration(60 * now.minutes_left))
        self.say(number(now.pending), about)


class TaggedFigure(Figure):
    """The share of videos with a creator: by other programs, and now."""

    def __init__(self, opener: FigureOpener, parent: QWidget) -> None:
        super().__init__(self.tr("videos with a creator"), self.tr("List the videos"), parent)
        self.figure.clicked.connect(lambda: opener.videos_wanted.emit("tagged"))

    def show_progress(self, now: LibraryProgress) -> None:
        """Show how far the library is."""
        tagged = now.tagged
        before, after = (
            QLocale().toString(100 * n / tagged.videos if tagged.videos else 0.0, "f", 0)
            for n in (tagged.by_others, tagged.tagged)
        )
        about = self.tr("{tagged} of {videos}; {others} were tagged by other programs")
        self.say(
            self.tr("{before} % → {after} %").format(before=before, after=after),
            about.format(
                tagged=number(tagged.tagged),
                videos=number(tagged.videos),
                others=number(tagged.by_others),
            ),
        )


def count_button(
    text: str, name: str, opens: str, pressed: Callable[[], object], parent: QWidget
) -> PlainButton:
    """A figure among others that opens what it counts; ``name`` is what is counted."""
    made = button("", "count", parent)
    made.setProperty("counts", name)
    show_count(made, text)
    made.setAccessibleDescription(opens)
    set_tip(made, opens)
    made.clicked.connect(pressed)
    return made


def show_count(shown: PlainButton, text: str) -> None:
    """Let a button of :func:`count_button` show another figure."""
    shown.setText(text)
    name = str(shown.property("counts"))
    shown.setAccessibleName(f"{name}: {text}" if text else name)


class SaveButtons(QWidget):
    """Save a plot as PNG and its numbers as CSV."""

    def __init__(
        self,
        name: str,
        library: LibraryService,
        lane: Lane,
        messages: Messages,
        *,
        picture: Callable[[], QImage],
        numbers: Callable[[], bytes],
        parent: QWidget,
    ) -> None:
        """``name`` begins the names of the files; ``picture`` and ``numbers`` give what to save."""
        super().__init__(parent)
        self._name, self._picture, self._numbers = name, picture, numbers
        self._library, self._lane, self._messages = library, lane, messages
        self.png = button(self.tr("Save as PNG …"), "plain", self)
        self.csv = button(self.tr("Save as CSV …"), "plain", self)
        self.png.clicked.connect(lambda: self.choose("png"))
        self.csv.clicked.connect(lambda: self.choose("csv"))
        row = flush(QHBoxLayout(self), 8)
        row.addStretch()
        for save in (self.png, self.csv):
            row.addWidget(save)
        self.allow(False)

    def allow(self, shown: bool) -> None:
        """Whether there is something to save."""
        for save in (self.png, self.csv):
            save.setEnabled(shown)

    def choose(self, kind: str) -> QFileDialog:
        """Ask where to save the plot (``png``) or its numbers (``csv``), without blocking."""
        title = self.png if kind == "png" else self.csv
        dialog = QFileDialog(self, title.text(), f"{self._name}.{kind}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.filesSelected.connect(lambda names: self.save(Path(names[0])))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def save(self, file: Path) -> None:
        """Save the plot, or its numbers where the name ends with ``.csv``."""
        numbers = file.suffix.lower() == ".csv"
        data = self._numbers() if numbers else _png(self._picture())
        library = self._library
        self._lane.run(
            self,
            lambda: library.save(file, data),
            lambda _: self._messages.info(
                self.tr("Saved as {file}.").format(file=clear_text(str(file)))
            ),
            self._messages.fault,
        )


def _png(picture: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(picture)
    return bytes(data.data())
