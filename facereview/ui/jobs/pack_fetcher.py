"""Fetching and choosing model packs in the background, with their terms shown first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from facereview.records import Progress
from facereview.review.library.packs import LibraryPacks, PackState
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane
from facereview.ui.widgets.plain_text import clear_text, message_box
from facereview.ui.wording.advice import told


class PackFetcher(QObject):
    """One pack at a time."""

    changed = Signal()
    """Progress, or a beginning or end."""
    fetched = Signal(object)
    """The :class:`PackState` after a pack was fetched or chosen."""
    failed = Signal(str)

    def __init__(self, packs: LibraryPacks, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._packs = packs
        self._job = BackgroundJob(lane, self.tr("the model pack"), self)
        self._job.progressed.connect(self._progressed)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._fail)
        self._job.stopped.connect(self._stopped)
        self.name = ""
        """The pack that is being fetched or tried."""
        self.progress = Progress(0, 0, "")

    @property
    def busy(self) -> bool:
        """Whether a pack is being fetched or tried."""
        return bool(self.name)

    def fetch(self, name: str) -> None:
        """Fetch a pack whose terms, if it has any, were accepted."""
        if self.busy:
            return
        packs = self._packs

        def work(tell: Tell, cancelled: Asked) -> PackState:
            return packs.fetch(name, accepted=True, on_progress=tell, cancelled=cancelled)

        self._begin(name)
        self._job.start(work)

    def use(self, source: str) -> None:
        """Use another pack, after trying it."""
        if self.busy:
            return
        packs = self._packs
        self._begin(source)
        self._job.start(lambda _tell, _cancelled: packs.use(source))

    def cancel(self) -> None:
        """Stop fetching: nothing of the pack is left."""
        self._job.cancel()

    def ask(self, name: str, terms: str, parent: QWidget) -> QMessageBox:
        """Show a pack's terms, and fetch it if they are accepted; the window goes on meanwhile."""
        title = self.tr("Terms of {pack}").format(pack=name)
        about = self.tr("{pack} has terms of its own").format(pack=clear_text(name))
        box = message_box(title, about, terms, parent)
        accept = box.addButton(self.tr("Accept and download"), QMessageBox.ButtonRole.AcceptRole)
        refuse = box.addButton(self.tr("Not now"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(refuse)
        box.setEscapeButton(refuse)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        accept.clicked.connect(lambda: self.fetch(name))
        box.open()
        return box

    def _begin(self, name: str) -> None:
        self.name, self.progress = name, Progress(0, 0, "")
        self.changed.emit()

    def _progressed(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _done(self, state: PackState) -> None:
        self.name = ""
        self.changed.emit()
        self.fetched.emit(state)

    def _stopped(self) -> None:
        self.name = ""
        self.changed.emit()

    def _fail(self, error: Exception) -> None:
        self.name = ""
        self.changed.emit()
        self.failed.emit(told(error))
