"""What is seen while a library is opened, if that takes long, and why it could not be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from facereview.ui.widgets.basics import button, label, wrapped
from facereview.ui.widgets.icons import icon
from facereview.ui.widgets.notice import Glyph
from facereview.ui.widgets.plain_text import clear_text, set_title

_WIDTH = 520


class StartWindow(QWidget):
    """Small: what is being done, or what went wrong and what can be clicked."""

    retry_wanted = Signal()
    another_wanted = Signal()
    """Choose another library."""
    back_wanted = Signal()
    """Open the library that was open before."""
    make_wanted = Signal()
    """Make the database that is not there."""
    quit_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_title(self, "facereview")
        self.setWindowIcon(icon("facereview", ""))
        self.setFixedWidth(_WIDTH)
        self.heading = label("", "title", self)
        self.heading.setWordWrap(True)
        self.text = wrapped("", "dim", self)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Opening the library"))
        self.quit = button(self.tr("Quit"), "plain", self)
        self.back = button("", "plain", self)
        self.another = button(self.tr("Another library …"), "plain", self)
        self.make = button(self.tr("Make it"), "plain", self)
        self.retry = button(self.tr("Try again"), "primary", self)
        self.retry.setDefault(True)
        self._lay_out()
        self.quit.clicked.connect(self.quit_wanted)
        self.back.clicked.connect(self.back_wanted)
        self.another.clicked.connect(self.another_wanted)
        self.make.clicked.connect(self.make_wanted)
        self.retry.clicked.connect(self.retry_wanted)
        self.show_doing("", "")

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.quit)
        row.addStretch()
        for made in (self.another, self.make, self.retry):
            row.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 22)
        column.setSpacing(14)
        self._sign = Glyph("database", 36, "dim", self)
        column.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.heading)
        column.addWidget(self.text)
        column.addWidget(self.bar)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(row)

    def show_doing(self, doing: str, about: str) -> None:
        """Say what is being done, and how long it may take."""
        self.heading.setText(doing)
        self.text.setText(about)
        self.text.setVisible(bool(about))
        self.bar.show()
        for made in (self.back, self.another, self.make, self.retry):
            made.hide()
        self.adjustSize()

    def show_fault(self, sentence: str, *, before: str, can_make: bool) -> None:
        """Say why the library is not open; ``before`` names the one that was, if one was."""
        self.heading.setText(self.tr("The library cannot be opened"))
        self.text.setText(sentence)
        self.text.show()
        self.bar.hide()
        self.back.setText(self.tr("Back to {name}").format(name=clear_text(before)[:60]))
        self.back.setVisible(bool(before))
        self.make.setVisible(can_make)
        self.another.show()
        self.retry.show()
        self.adjustSize()
        self.show()
        self.retry.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """As Quit does."""
        super().closeEvent(event)
        self.quit_wanted.emit()
