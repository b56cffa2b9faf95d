"""The files of the library's videos, on the Videos page: locating what moved, removing videos."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from facereview.media.finding import EXTENSIONS
from facereview.review.library.files import LibraryFiles
from facereview.ui.actions.table import install
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.videos.locating import LocatePanel, LocateRunner
from facereview.ui.videos.removing import Removals
from facereview.ui.videos.table import VideosTable
from facereview.ui.widgets.file_choice import FileChooser


class VideoFiles(QObject):
    """Has its panels above the list, and its keys on the page."""

    changed = Signal()
    """Paths are others, or videos are gone: lists and queues are to be read again."""

    def __init__(
        self,
        files: LibraryFiles,
        lanes: Lanes,
        messages: Messages,
        table: VideosTable,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self.locating = LocateRunner(files, lanes.files, self)
        self.panel = LocatePanel(self.locating, page)
        self.removals = Removals(files, lanes.files, messages, table.chosen, page)
        self.chooser = FileChooser(
            QStandardPaths.StandardLocation.MoviesLocation,
            self.tr("Where are the missing videos?"),
            self.tr("Videos ({patterns})"),
            EXTENSIONS,
            page,
        )
        self.chooser.chosen.connect(self._chosen)
        self.locating.located.connect(self.changed)
        self.removals.removed.connect(self.changed)
        table.selected.connect(self.removals.follow)
        install(
            page,
            {
                "locate_folder": self.folder,
                "locate_file": self.file,
                "remove_video": self.removals.press,
            },
        )

    def add_to(self, above: QVBoxLayout) -> None:
        """Put the panels above the list."""
        above.addWidget(self.removals.place)
        above.addWidget(self.panel)

    def asked_by(self, *buttons: QPushButton) -> None:
        """Let these buttons ask for a folder."""
        for made in buttons:
            made.clicked.connect(lambda _checked: self.folder())

    def folder(self) -> None:
        """Ask for a folder in which missing videos are looked for."""
        self.chooser.folder(self.tr("In which folder are the missing videos now?"))

    def file(self) -> None:
        """Ask for files that may be missing videos."""
        self.chooser.files()

    def _chosen(self, paths: tuple[Path, ...]) -> None:
        self.locating.search(paths)
