"""A missing folder of the library: says so, and lets the curator locate it."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.incoming_files import ask_for_folder
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.tinted import Banner


class FolderMaps(Protocol):
    """Where the library's folders are on this computer; on the pixels lane."""

    def map_folder(self, path: str, folder: Path) -> None:
        """A file of the library is somewhere in this folder; NotFound where it is not."""


class AwayBanner(Banner):
    """A banner, hidden while the file is present or unknown."""

    wanted = Signal(str)
    """Choose where the folder of this path of the library is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("folder", "amber", parent)
        self._path = ""
        self.choose = self.add_button(self.tr("Locate this folder …"))
        self.choose.clicked.connect(lambda: self.wanted.emit(self._path))

    def show_path(self, path: str) -> None:
        """Say that this file is missing; an empty path hides the banner."""
        self._path = path
        text = self.tr(
            "The folder {folder} is not on this computer, or its drive is not connected."
        )
        folder = clear_text(str(PurePath(path).parent))
        self.say(text.format(folder=folder) if path else "")


class FolderFinder(QObject):
    """Asks for the folder, and remembers where it is on this computer."""

    mapped = Signal()
    """Files of the library may be found now."""

    def __init__(self, maps: FolderMaps, lane: Lane, messages: Messages, window: QWidget) -> None:
        super().__init__(window)
        self._maps, self._lane, self._messages = maps, lane, messages
        self._window = window

    def ask(self, path: str) -> QFileDialog:
        """Let the folder of a file of the library be chosen; the window goes on meanwhile."""
        name = clear_text(PurePath(path).name)
        title = self.tr("Where is the folder with {name}?").format(name=name)
        return ask_for_folder(self._window, title, lambda name: self.take(path, Path(name)))

    def take(self, path: str, folder: Path) -> None:
        """Look for the file in the folder that was chosen."""
        maps = self._maps

        def job() -> None:
            maps.map_folder(path, folder)

        self._lane.run(self, job, self._done, self._messages.fault)

    def _done(self, _done: None) -> None:
        self._messages.info(self.tr("The folder was found; its videos are shown again."))
        self.mapped.emit()
