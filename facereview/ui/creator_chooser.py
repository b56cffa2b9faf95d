"""Choosing pictures for references, and taking them from the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from facereview.ui.drop_veil import files_in


class PictureChooser(QObject):
    """The desktop's own dialogs, for pictures or for a folder of them."""

    chosen = Signal(object)
    """What was chosen: a tuple of paths."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._place = QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.PicturesLocation
        )

    def files(self) -> QFileDialog:
        """Ask for picture files."""
        dialog = self._dialog(self.tr("Add pictures"), QFileDialog.FileMode.ExistingFiles)
        patterns = "*.jpg *.jpeg *.png *.webp *.bmp *.tif *.tiff *.gif *.avif"
        dialog.setNameFilters(
            [
                self.tr("Pictures ({patterns})").format(patterns=f"{patterns} {patterns.upper()}"),
                self.tr("All files (*)"),
            ]
        )
        dialog.open()
        return dialog

    def folder(self) -> QFileDialog:
        """Ask for a folder."""
        dialog = self._dialog(self.tr("Add a folder"), QFileDialog.FileMode.Directory)
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


def pasted() -> tuple[Path | QImage, ...]:
    """The files or the picture on the clipboard; nothing where it holds neither."""
    data = QGuiApplication.clipboard().mimeData()
    files = files_in(data)
    if files:
        return files
    image = data.imageData() if data.hasImage() else None
    return (image,) if isinstance(image, QImage) and not image.isNull() else ()
