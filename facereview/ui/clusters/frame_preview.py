"""The current face in its whole frame, in place of the wall; and the creator's best reference."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from facereview.records import FaceView, Reference
from facereview.review.clusters.records import SINGLES
from facereview.review.desk import Desk
from facereview.ui.clusters.controller import ClusterController
from facereview.ui.jobs.loader import FaceViews
from facereview.ui.pictures.frame_panel import FramePanel


class ClusterPreview(QObject):
    """Loads faces as the Review page does, and shows one in a :class:`FramePanel`."""

    toggled = Signal(bool)
    reference_found = Signal(object)
    """The best :class:`Reference` of the suggested creator, None where it is not known."""

    def __init__(
        self, controller: ClusterController, desk: Desk, frame: FramePanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._at = controller
        self.frame = frame
        self.open = False
        self.views = FaceViews(desk, controller.lane, self)
        self.views.arrived.connect(self._arrived)
        controller.members.moved.connect(self._moved)
        controller.current_changed.connect(self.find_reference)
        controller.covers.arrived.connect(self._cover_arrived)

    def toggle(self) -> None:
        """F: the face in its frame, or the wall."""
        if self.open:
            self.close()
        elif self._at.members.current is not None:
            self.open = True
            self.toggled.emit(True)
            self._moved()

    def play(self) -> None:
        """P: play around the face, in its frame."""
        if not self.open:
            self.toggle()
        if self.open:
            self.frame.toggle_play()

    def close(self) -> None:
        if self.open:
            self.open = False
            self.frame.playback.stop()
            self.toggled.emit(False)

    def find_reference(self) -> None:
        cluster = self._at.current
        found: Reference | None = None
        if cluster is not None and cluster.suggestion is not None and cluster.id != SINGLES:
            cover = self._at.covers.cover(cluster.id)
            view = self.views.get(cover[0].face.id) if cover else None
            if cover and view is None:
                self.views.want(cover[0].face.id, ())
            found = _reference(view, cluster.suggestion.creator.id)
        self.reference_found.emit(found)

    def _moved(self) -> None:
        member = self._at.members.current
        if not self.open:
            return
        if member is None:
            self.close()
            return
        view = self.views.get(member.face.id)
        self.frame.show_view(view or FaceView(member.face, member.video, (member.face,), ()))
        if view is None:
            self.views.want(member.face.id, ())

    def _arrived(self, face_id: int) -> None:
        member = self._at.members.current
        if self.open and member is not None and member.face.id == face_id:
            self._moved()
        cover = self._at.covers.cover(self._at.entries.current or SINGLES)
        if cover and cover[0].face.id == face_id:
            self.find_reference()

    def _cover_arrived(self, cluster_id: int) -> None:
        if cluster_id == self._at.entries.current:
            self.find_reference()


def _reference(view: FaceView | None, creator_id: int) -> Reference | None:
    """The best reference of a creator for a face."""
    for suggestion in view.suggestions if view else ():
        if suggestion.creator.id == creator_id and suggestion.references:
            return suggestion.references[0]
    return None
