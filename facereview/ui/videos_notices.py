"""What the Videos page says where it has no list to show."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.ui.notice import Choice, Notice
from facereview.ui.videos_model import VideosModel
from facereview.ui.waiting import PATIENCE_MS

FILES, FOLDER, CLEAR, RETRY = "files", "folder", "clear", "retry"


class VideosNotices(QObject):
    """Follows the model, and fills the notice while there are no rows."""

    changed = Signal(bool)
    """Whether there is a list; else the notice says why not."""

    def __init__(self, model: VideosModel, notice: Notice) -> None:
        super().__init__(notice)
        self._model = model
        self._text, self._filtered = "", False
        self._notice = notice
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show)
        for signal in (model.rowsInserted, model.rowsRemoved, model.settled, model.failed):
            signal.connect(self._show)

    def wait(self, text: str, *, filtered: bool) -> None:
        """A search begins: say so only if it takes long."""
        self._text, self._filtered = text, filtered
        self._patience.start()

    def _show(self) -> None:
        model = self._model
        listed = model.rowCount() > 0
        if not listed and not model.fault and not model.complete:
            if self._patience.isActive():
                return
            self._notice.show_notice("videos", self.tr("Reading the library …"), "")
        elif listed:
            pass
        elif model.fault:
            self._show_fault(model.fault)
        elif self._text or self._filtered:
            self._show_nothing(self._text)
        else:
            self._show_empty()
        self._patience.stop()
        self.changed.emit(listed)

    def _show_fault(self, sentence: str) -> None:
        again = Choice(RETRY, "", "", "", self.tr("Try again"))
        heading = self.tr("The videos cannot be listed now")
        self._notice.show_notice("database", heading, sentence, colour="red", choices=[again])

    def _show_nothing(self, text: str) -> None:
        words = (
            self.tr("No title and no path holds “{text}”.").format(text=text)
            if text
            else self.tr("No video is in this state.")
        )
        clear = Choice(CLEAR, "", "", "", self.tr("Show all videos"))
        self._notice.show_notice("search", self.tr("Nothing found"), words, choices=[clear])

    def _show_empty(self) -> None:
        files = Choice(
            FILES,
            "videos",
            self.tr("Videos"),
            self.tr("One file or several, of any kind that can be decoded."),
            self.tr("Choose videos"),
        )
        folder = Choice(
            FOLDER,
            "folder",
            self.tr("A folder"),
            self.tr("All videos in it, and in the folders below."),
            self.tr("Choose a folder"),
        )
        words = self.tr(
            "Drop files or folders anywhere on this page, or choose them here. Their faces are "
            "found in the background; the files themselves stay where they are."
        )
        heading = self.tr("No videos yet")
        self._notice.show_notice("import", heading, words, choices=[files, folder])
