"""Opening a library beside the event loop, with a small window where that takes long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEventLoop, QObject, QTimer

from facereview.errors import Remedy, ReviewError
from facereview.review.library.libraries import is_built_in
from facereview.review.library.opening import OpeningStep, OpenLibrary
from facereview.ui.jobs.lanes import Lane
from facereview.ui.window.library_dialog import Libraries, LibraryDialog
from facereview.ui.window.start_window import StartWindow
from facereview.ui.wording.advice import told

_PATIENCE = 60.0
QUICK_MS = 400
"""A start that is quicker shows nothing of its own."""


class Opener(Protocol):
    """Opens a library; on a lane. Raises ReviewError."""

    def __call__(self, wanted: str | None, told: Callable[[OpeningStep], object], /) -> OpenLibrary:
        """``told`` hears what is being done."""


class Start(QObject):
    """Opens one library after the other, until one is open or the curator quits."""

    def __init__(self, opener: Opener, libraries: Libraries) -> None:
        super().__init__()
        self._opener, self._libraries = opener, libraries
        self._lane: Lane | None = None
        self.window = StartWindow()
        self.wanted: str | None = None
        """The address that is tried, or was opened."""
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
        )  # of its own: lanes end with the loop of the window before
        self._open(wanted)
        self._loop.exec()
        self._lane.shutdown()  # told to end meanwhile: nothing is left half made
        return None if self._quits else self._library

    def done(self) -> None:
        """The library's window is there."""
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
                self.tr("The first start makes it, which takes some seconds."),
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
        bug = self.tr("facereview made a mistake of its own; the log says more.")
        self._missing = ""
        if isinstance(error, ReviewError) and error.remedy is Remedy.MAKE_DATABASE:
            self._missing = error.thing
        self.window.show_fault(
            told(error) if known else bug,
            before=self._before_name,
            can_make=bool(self._missing),
        )

    def _make(self) -> None:
        """The database that is not there, on its own server."""
        libraries, name, wanted = self._libraries, self._missing, self.wanted or ""
        if self._lane is None:
            return
        self._busy = True
        self.window.show_doing(self.tr("Making the library {name} …").format(name=name), "")
        self._lane.run(self, lambda: libraries.make(name, wanted), self._made, self._failed)

    def _made(self, address: str) -> None:
        self._busy = False
        self._open(address)

    def _quit(self) -> None:
        """What has begun is finished unseen, so that nothing is left half made."""
        self._quits = True
        self._late.stop()
        self.window.hide()
        if not self._busy:
            self._loop.quit()
