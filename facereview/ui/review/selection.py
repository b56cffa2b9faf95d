"""The ticked faces: a decision applies to all of them and the face at hand."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from facereview.ui.review.video_faces import VideoFaces


class Selection(QObject):
    """Face ids that were ticked."""

    changed = Signal()
    ready = Signal()
    """The faces of the same person, which were asked for, are ticked."""

    def __init__(self, video: VideoFaces, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._video = video
        self._ids: dict[int, None] = {}
        self._same_of: int | None = None
        video.same_found.connect(self._same_found)
        video.failed.connect(self._same_failed)

    def __contains__(self, face_id: int) -> bool:
        return face_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> frozenset[int]:
        """The ticked faces."""
        return frozenset(self._ids)

    @property
    def asking(self) -> bool:
        """Whether it is not known yet what will be ticked."""
        return self._same_of is not None

    def targets(self, current: int) -> tuple[int, ...]:
        """What a decision applies to now: the face at hand first, then the ticked ones."""
        return (current, *(face_id for face_id in self._ids if face_id != current))

    def toggle(self, face_id: int) -> None:
        """Tick, or take the tick away."""
        if face_id in self._ids:
            del self._ids[face_id]
        else:
            self._ids[face_id] = None
        self.changed.emit()

    def add(self, face_ids: Iterable[int]) -> None:
        """Tick these."""
        self._ids.update(dict.fromkeys(face_ids))
        self.changed.emit()

    def remove(self, face_id: int) -> None:
        """Such a face is not there any more."""
        if face_id in self._ids:
            self.toggle(face_id)

    def only(self, face_ids: Iterable[int]) -> None:
        """Tick these and no others."""
        self._ids = dict.fromkeys(face_ids)
        self.changed.emit()

    def clear(self) -> None:
        """Take all ticks away."""
        if self._ids:
            self._ids.clear()
            self.changed.emit()

    def add_same(self, face_id: int) -> None:
        """Tick this video's pending faces of the same person, as soon as they are known."""
        known = self._video.same(face_id)
        if known is not None:
            self.add(known)
            return
        self._same_of = face_id
        self._video.find_same(face_id)

    def _same_found(self, face_id: int, face_ids: tuple[int, ...]) -> None:
        if face_id == self._same_of:
            self._same_of = None
            self.add(face_ids)
            self.ready.emit()

    def _same_failed(self, _error: Exception) -> None:
        self._same_of = None
        self.ready.emit()
