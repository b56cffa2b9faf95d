"""The faces of the current video, those that are selected, and what a key needs to know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Face, FaceState, Status
from facereview.review.desk import Desk
from facereview.review.views import Opinion
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.loader import FaceViews, with_state

_REST_MS = 150  # quick keys pass faces by without asking for each
_BATCH = 1_000  # a decision may wait for that many: a tenth of a second


class VideoFaces(QObject):
    """All faces of one video in time order, kept up to date with decisions."""

    changed = Signal()
    same_found = Signal(int, object)
    """Face id, and the ids of the video's pending faces of that person, itself first."""
    first_found = Signal(object)
    """The :class:`Face` to begin with in the video asked for, or None."""
    failed = Signal(object)

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._video_id: int | None = None
        self._faces: dict[int, Face] = {}
        self._same: dict[int, tuple[int, ...]] = {}
        self._loading = Ticket()
        self._finding = Ticket()
        self._face_id = 0
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(lambda: self.find_same(self._face_id, Rank.AHEAD))

    @property
    def faces(self) -> tuple[Face, ...]:
        return tuple(self._faces.values())

    def get(self, face_id: int) -> Face | None:
        return self._faces.get(face_id)

    def show(self, video_id: int, face_id: int) -> None:
        """Be about another video or face; loads what is missing."""
        self._face_id = face_id
        self._rest.start()
        if video_id != self._video_id:
            self._video_id = video_id
            self._faces, self._same = {}, {}
            self.changed.emit()
            self.reload()

    def reload(self) -> None:
        """Load the faces again, and show the old ones until they are there."""
        self._same.clear()
        self._rest.start()
        self._loading.cancel()
        video_id, desk = self._video_id, self._desk
        if video_id is not None:
            self._loading = self._lane.run(
                self, lambda: desk.video_faces(video_id), self._arrived, self.failed.emit
            )

    def same(self, face_id: int) -> tuple[int, ...] | None:
        """The pending faces of the same person as far as known."""
        return self._same.get(face_id)

    def find_same(self, face_id: int, rank: Rank = Rank.NORMAL) -> None:
        """Ask which pending faces are the same person; ``same_found`` tells."""
        self._finding.cancel()
        desk = self._desk

        def found(ids: tuple[int, ...]) -> None:
            self._same[face_id] = ids
            self.same_found.emit(face_id, ids)

        self._finding = self._lane.run(
            self, lambda: desk.same_person(face_id), found, self.failed.emit, rank=rank
        )

    def find_first(self, video_id: int) -> None:
        """Ask for the face to begin with in a video: its first pending one, else its first."""
        desk = self._desk

        def found(faces: tuple[Face, ...]) -> None:
            pending = (face for face in faces if face.state.status is Status.PENDING)
            self.first_found.emit(next(pending, faces[0] if faces else None))

        self._lane.run(self, lambda: desk.video_faces(video_id), found, self.failed.emit)

    def patch(self, states: Iterable[tuple[int, FaceState, str | None]]) -> None:
        """Bring decisions into the list."""
        touched = False
        for face_id, state, name in states:
            if face_id in self._faces:
                self._faces[face_id] = with_state(self._faces[face_id], state, name)
                touched = True
        if touched:
            self._same.clear()
            self._rest.start()
            self.changed.emit()

    def _arrived(self, faces: tuple[Face, ...]) -> None:
        self._faces = {face.id: face for face in faces}
        self.changed.emit()


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
        self._fixed: dict[int, Face] = {}
        self._seen: dict[int, Face] = {}
        self.painted: Callable[[int], bool] = lambda _face: True
        """Whether a selected face was seen; the grid says."""
        video.same_found.connect(self._same_found)
        video.failed.connect(self._same_failed)

    def __contains__(self, face_id: int) -> bool:
        return face_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(self._ids)

    @property
    def asking(self) -> bool:
        """Whether it is not known yet what will be ticked."""
        return self._same_of is not None

    def fixed(self, face_id: int) -> Face | None:
        """A face of all those that were ticked at once, as it was then."""
        return self._fixed.get(face_id)

    def known(self, face_id: int) -> Face | None:
        """A ticked face as the grid read it, or as it was when all were ticked at once."""
        return self._seen.get(face_id) or self._fixed.get(face_id)

    def learn(self, faces: dict[int, Face]) -> None:
        """The grid read these."""
        self._seen.update({face: known for face, known in faces.items() if face in self._ids})

    def fix(self, faces: dict[int, Face]) -> None:
        """Tick all of these, and what is not one of them no longer."""
        self._fixed = faces
        self.only(faces)

    def targets(self, current: int) -> tuple[int, ...]:
        """What a decision applies to now: the current face first, then the ticked ones."""
        return (current, *(face_id for face_id in self._ids if face_id != current))

    def toggle(self, face_id: int) -> None:
        if face_id in self._ids:
            del self._ids[face_id]
        else:
            self._ids[face_id] = None
        self.changed.emit()

    def add(self, face_ids: Iterable[int]) -> None:
        self._ids.update(dict.fromkeys(face_ids))
        self.changed.emit()

    def remove(self, face_ids: Iterable[int]) -> None:
        gone = [face for face in face_ids if face in self._ids]
        for face in gone:
            del self._ids[face]
        if gone:
            self.changed.emit()

    def only(self, face_ids: Iterable[int]) -> None:
        self._ids = dict.fromkeys(face_ids)
        self.changed.emit()

    def clear(self) -> None:
        self._fixed, self._seen = {}, {}
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


class Opinions(QObject):
    """Opinions by face; a face that is gone, or could not be asked, has none."""

    arrived = Signal()

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._known: dict[int, Opinion | None] = {}
        self._coming: dict[int, Ticket] = {}

    def get(self, face_id: int) -> Opinion | None:
        return self._known.get(face_id)

    def awaits(self, face_ids: Iterable[int]) -> bool:
        """Whether any of these is on its way."""
        return any(face_id in self._coming for face_id in face_ids)

    def want(self, face_ids: Iterable[int]) -> None:
        missing = [i for i in face_ids if i not in self._known and i not in self._coming]
        for first in range(0, len(missing), _BATCH):
            self._ask(missing[first : first + _BATCH])

    def forget(self) -> None:
        """A decision was made or the library changed: opinions may be outdated."""
        for ticket in self._coming.values():
            ticket.cancel()
        self._coming.clear()
        self._known.clear()

    def _ask(self, face_ids: list[int]) -> None:
        desk = self._desk

        def came(found: dict[int, Opinion]) -> None:
            for face_id in face_ids:
                self._coming.pop(face_id, None)
                self._known[face_id] = found.get(face_id)
            self.arrived.emit()

        ticket = self._lane.run(
            self, lambda: desk.opinions(face_ids), came, lambda _error: came({})
        )
        self._coming.update(dict.fromkeys(face_ids, ticket))


class SelectionLoader(QObject):
    """Asks as soon as faces are selected, and again when the answer may have changed."""

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
        """Whether the view of some selected face has not been loaded yet."""
        return any(self._views.get(one) is None for one in self._elsewhere())

    def awaits(self) -> bool:
        """Whether it is not known yet what they themselves suggest."""
        return self._opinions.awaits(self._selection.ids)

    def ask(self) -> None:
        self._opinions.want(self._selection.ids)
        self.load()

    def ask_again(self, *_what: object) -> None:
        """A decision, or another library: ask again."""
        self._opinions.forget()
        self.ask()

    def load(self) -> None:
        """Selected faces of other videos are only known from their views."""
        self._views.keep(self._elsewhere())

    def _elsewhere(self) -> list[int]:
        at = self._selection
        return [one for one in at.ids if self._video.get(one) is None and at.known(one) is None]
