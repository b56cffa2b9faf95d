"""The faces as tiles, the most similar first."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from facereview.ui.alike.model import AlikeModel
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.face_tiles import FaceTiles


class AlikeFaces(FaceTiles):
    """Shows an :class:`AlikeModel`."""

    def __init__(self, model: AlikeModel, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(model, crops, "alike", parent)
        self.setAccessibleName(self.tr("Faces, the most similar first"))
        model.counted.connect(self.follow)
