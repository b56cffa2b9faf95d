"""What has to be known of ticked faces before a key decides them: what they are, and suggest."""

from __future__ import annotations

from PySide6.QtCore import QObject

from facereview.ui.jobs.face_views import FaceViews
from facereview.ui.review.opinions import Opinions
from facereview.ui.review.selection import Selection
from facereview.ui.review.video_faces import VideoFaces


class Ticked(QObject):
    """Asks for it as soon as faces are ticked, and again when it may not hold any more."""

    def __init__(
        self, selection: Selection, views: FaceViews, video: VideoFaces, opinions: Opinions
    ) -> None:
        super().__init__(selection)
        self._selection = selection
        self._views = views
        self._video = video
        self._opinions = opinions
        selection.changed.connect(self.ask)
        video.changed.connect(self.load)

    def lacks(self) -> bool:
        """Whether some ticked face is not there yet, so that nothing is known of it."""
        ids = self._selection.ids
        return any(self._video.get(one) is None and self._views.get(one) is None for one in ids)

    def awaits(self) -> bool:
        """Whether it is not known yet what they themselves suggest."""
        return self._opinions.awaits(self._selection.ids)

    def ask(self) -> None:
        """Ask for what is missing."""
        self._opinions.want(self._selection.ids)
        self.load()

    def ask_again(self, *_what: object) -> None:
        """A decision, or another library: ask anew."""
        self._opinions.forget()
        self.ask()

    def load(self) -> None:
        """Only a view tells of the ticked faces of another video."""
        self._views.keep(one for one in self._selection.ids if self._video.get(one) is None)
