"""Opening a library beside the event loop, with a small window where that takes long."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from facereview.errors import Remedy, ReviewError
from facereview.review.library.libraries import Libraries, is_built_in
from facereview.review.library.opening import OpeningStep, OpenLibrary
from facereview.ui.jobs.lanes import Lane
from facereview.ui.widgets.icons import Glyph, icon
from facereview.ui.widgets.plain_text import button, clear_text, label, set_title, wrapped
from facereview.ui.window.library_dialog import LibraryDialog
from facereview.ui.wording.advice import told

_WIDTH = 520


class StartWindow(QWidget):
    """Shows progress, or an error with what can be done about it."""

    retry_wanted = Signal()
    another_wanted = Signal()
    """Choose another library."""
    back_wanted = Signal()
    """Open the library that was open before."""
    make_wanted = Signal()
    """Create the missing database."""
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
        self.make = button(self.tr("Create it"), "plain", self)
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
        """Show progress, and how long it may take."""
        self.heading.setText(doing)
        self.text.setText(about)
        self.text.setVisible(bool(about))
        self.bar.show()
        for made in (self.back, self.another, self.make, self.retry):
            made.hide()
        self.adjustSize()

    def show_fault(self, sentence: str, *, before: str, can_make: bool) -> None:
        """Show why the library is not open; ``before`` names the one that was open, if any."""
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

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.quit_wanted.emit()


_PATIENCE = 60.0
QUICK_MS = 400
"""A quicker start shows no window of its own."""


Opener = Callable[[str | None, Callable[[OpeningStep], object]], OpenLibrary]
"""Opens a library, on a lane, and tells each step. Raises ReviewError."""


class Start(QObject):
    """Tries libraries until one is open or the curator quits."""

    def __init__(self, opener: Opener, libraries: Libraries) -> None:
        super().__init__()
        self._opener, self._libraries = opener, libraries
        self._lane: Lane | None = None
        self.window = StartWindow()
        self.wanted: str | None = None
        """The address being tried, or the open one."""
        self._before: str | None = None
        self._before_name = ""
        self._library: OpenLibrary | None = None
        self._missing = ""
        self._busy = self._quits = False
        self._loop = QEventLoop(self)
        self._late = QTimer(self, singleShot=True, interval=QUICK_MS)
        self._late.timeout.connect(self.window.show)
        self.window.retry_wanted.connect(self._try)
        self.window.another_wanted.connect(self.choose)
        self.window.back_wanted.connect(lambda: self._open(self._before))
        self.window.make_wanted.connect(self._make)
        self.window.quit_wanted.connect(self._quit)

    def open(
        self, wanted: str | None, *, before: str | None = None, before_name: str = ""
    ) -> OpenLibrary | None:
        """Open a library; None where the curator quits instead.

        ``before`` is the address of the library that was open until now, called ``before_name``.
        """
        self._before, self._before_name = before, before_name
        self._library, self._quits = None, False
        self._lane = Lane(
            "start", patience=_PATIENCE
        )  # a new lane: lanes end with the event loop of the previous window
        self._open(wanted)
        self._loop.exec()
        self._lane.shutdown()  # a running job ends cleanly
        return None if self._quits else self._library

    def done(self) -> None:
        """The main window is shown."""
        self.window.quit_wanted.disconnect(self._quit)
        self.window.close()
        self.window.quit_wanted.connect(self._quit)

    def choose(self) -> LibraryDialog:
        """Ask for another library."""
        if self._lane is None:
            raise RuntimeError("no library is being opened")
        tried = "" if is_built_in(self.wanted) else self.wanted or ""
        dialog = LibraryDialog(self._libraries, self._lane, address=tried, parent=self.window)
        dialog.chosen.connect(self._open)
        dialog.open()
        return dialog

    def _open(self, wanted: str | None) -> None:
        self.wanted = wanted
        self._try()

    def _try(self) -> None:
        opener, wanted, lane = self._opener, self.wanted, self._lane
        if lane is None:
            return

        def step(now: OpeningStep) -> None:
            lane.tell(self, self._show_step, now)

        self._busy = True
        self._show_step(OpeningStep.SERVER if is_built_in(wanted) else OpeningStep.CONNECTING)
        if not self.window.isVisible():
            self._late.start()
        lane.run(self, lambda: opener(wanted, step), self._opened, self._failed)

    def _show_step(self, step: OpeningStep) -> None:
        name = self._libraries.name(self.wanted or "")
        texts = {
            OpeningStep.SERVER: (
                self.tr("Starting the built-in database …"),
                self.tr("The first start sets it up, which takes a few seconds."),
            ),
            OpeningStep.CONNECTING: (self.tr("Connecting to {name} …").format(name=name), ""),
            OpeningStep.SCHEMA: (
                self.tr("Opening the library {name} …").format(name=name),
                self.tr("A new or older library is brought up to date first."),
            ),
        }
        if self._busy:
            self.window.show_doing(*texts[step])

    def _opened(self, library: OpenLibrary) -> None:
        self._busy = False
        self._late.stop()
        if self._quits:
            library.close()
        else:
            self._library = library
        self._loop.quit()

    def _failed(self, error: Exception) -> None:
        self._busy = False
        self._late.stop()
        if self._quits:
            self._loop.quit()
            return
        known = isinstance(error, ReviewError | OSError)
        bug = self.tr("An internal error occurred in facereview: see the log.")
        self._missing = ""
        if isinstance(error, ReviewError) and error.remedy is Remedy.MAKE_DATABASE:
            self._missing = error.thing
        self.window.show_fault(
            told(error) if known else bug,
            before=self._before_name,
            can_make=bool(self._missing),
        )

    def _make(self) -> None:
        """Create the missing database on its server."""
        libraries, name, wanted = self._libraries, self._missing, self.wanted or ""
        if self._lane is None:
            return
        self._busy = True
        self.window.show_doing(self.tr("Creating the library {name} …").format(name=name), "")
        self._lane.run(self, lambda: libraries.make(name, wanted), self._made, self._failed)

    def _made(self, address: str) -> None:
        self._busy = False
        self._open(address)

    def _quit(self) -> None:
        """A running job is finished with the window hidden, so that nothing is half done."""
        self._quits = True
        self._late.stop()
        self.window.hide()
        if not self._busy:
            self._loop.quit()
