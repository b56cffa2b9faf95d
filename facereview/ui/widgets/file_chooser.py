"""Choosing files and folders without holding up the window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QWidget


class FileChooser(QObject):
    """The desktop's own dialogs, for files of one kind or for a folder of them."""

    chosen = Signal(object)
    """What was chosen: a tuple of paths."""

    def __init__(
        self,
        place: QStandardPaths.StandardLocation,
        title: str,
        kind: str,
        extensions: Iterable[str],
        page: QWidget,
    ) -> None:
        """``kind`` names what has one of these ``extensions`` (".mp4"), with ``{patterns}``."""
        super().__init__(page)
        self._page = page
        self._place = QStandardPaths.writableLocation(place)
        self._title = title
        patterns = " ".join(f"*{name} *{name.upper()}" for name in sorted(extensions))
        self._filter = kind.format(patterns=patterns)

    def files(self, title: str = "") -> QFileDialog:
        """Ask for files; ``title`` says what for where the usual one would not."""
        dialog = self._dialog(title or self._title, QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([self._filter, self.tr("All files (*)")])
        dialog.open()
        return dialog

    def folder(self, title: str = "") -> QFileDialog:
        """Ask for a folder."""
        heading = title or self.tr("Add a folder")
        dialog = self._dialog(heading, QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()
        return dialog

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self._page, title, self._place)
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(self._selected)
        dialog.finished.connect(dialog.deleteLater)
        return dialog

    def _selected(self, names: list[str]) -> None:
        paths = tuple(Path(name) for name in names)
        if paths:
            self._place = str(paths[0].parent)
            self.chosen.emit(paths)


def ask_for_folder(
    parent: QWidget, title: str, chosen: Callable[[str], object], place: str = ""
) -> QFileDialog:
    """Ask for one folder without blocking; ``chosen`` gets its path."""
    dialog = QFileDialog(parent, title, place)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.filesSelected.connect(lambda names: chosen(names[0]))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
