"""Choosing pictures for references, and taking them from the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from facereview.review.creators.intake import PICTURES
from facereview.ui.creators.wording import translate
from facereview.ui.widgets.incoming_files import FileChooser, files_in


def picture_chooser(page: QWidget) -> FileChooser:
    """The dialogs for pictures, or for a folder of them."""
    return FileChooser(
        QStandardPaths.StandardLocation.PicturesLocation,
        translate("Creators", "Add pictures"),
        translate("Creators", "Pictures ({patterns})"),
        PICTURES,
        page,
    )


def pasted() -> tuple[Path | QImage, ...]:
    """The files or the picture on the clipboard; nothing where it holds neither."""
    data = QGuiApplication.clipboard().mimeData()
    files = files_in(data)
    if files:
        return files
    image = data.imageData() if data.hasImage() else None
    return (image,) if isinstance(image, QImage) and not image.isNull() else ()
