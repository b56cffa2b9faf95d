"""Views of faces, loaded ahead of need on the database lane and kept up to date."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from facereview.records import Face, FaceState, FaceView
from facereview.review.desk import Desk
from facereview.ui.jobs.lanes import Lane, Rank

AHEAD = 12
"""How many faces are loaded ahead."""

_BATCH = 4  # small, so that a decision waits for few of them
_KEPT = 256


def with_state(face: Face, state: FaceState, creator_name: str | None) -> Face:
    """A face after a decision; whatever the machine said of it is settled with that."""
    return replace(face, state=state, creator_name=creator_name, by_machine=False)


class FaceViews(QObject):
    """What is shown of each face; asks the desk for what is missing."""

    arrived = Signal(int)
    """This face's view is there, or has changed."""
    gone = Signal(int)
    """This face no longer exists."""
    failed = Signal(int, object)
    """This face's view could not be loaded: face id, exception."""

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._views: OrderedDict[int, FaceView] = OrderedDict()
        self._coming: set[int] = set()
        self._ahead: tuple[int, ...] = ()
        self._wanted: tuple[int, ...] = ()
        self._ahead_runs = False
        self._age = 0
        """How often all was outdated: what was asked for before is asked for again."""

    def get(self, face_id: int | None) -> FaceView | None:
        """The view if it is there."""
        if face_id is None or face_id not in self._views:
            return None
        self._views.move_to_end(face_id)
        return self._views[face_id]

    def want(self, face_id: int, ahead: Sequence[int]) -> None:
        """Load a face's view now, and those that will be wanted next, nearest first."""
        self._ahead = tuple(ahead)
        if face_id not in self._views and face_id not in self._coming:
            self._load((face_id,), Rank.NORMAL)
        self._load_ahead()

    def keep(self, face_ids: Iterable[int]) -> None:
        """Keep these at hand, however many: load those that are missing after the next ones."""
        self._wanted = tuple(face_ids)
        self._load_ahead()

    def reload(self, face_ids: Sequence[int]) -> None:
        """Load views again that are kept, and show the old ones until the new ones are there."""
        kept = tuple(i for i in face_ids if i in self._views or i in self._coming)
        if kept:
            self._load(kept, Rank.URGENT)

    def awaits(self, face_id: int) -> bool:
        """Whether a view, or a newer one, is on its way."""
        return face_id in self._coming

    def rule_out(self, face_ids: Iterable[int], creator_id: int) -> None:
        """Offer this creator no more for these faces."""
        for face_id in face_ids:
            view = self._views.get(face_id)
            if view is not None:
                others = tuple(s for s in view.suggestions if s.creator.id != creator_id)
                self._views[face_id] = replace(view, suggestions=others)
                self.arrived.emit(face_id)

    def forget(self) -> None:
        """Drop all views: the library changed under them."""
        self.outdate(None, but=None)

    def put(self, view: FaceView) -> None:
        """A view that somebody else read, in place of the one that is kept."""
        if view.face.id in self._views:
            self._views[view.face.id] = view
            self.arrived.emit(view.face.id)

    def outdate(self, face_ids: Iterable[int] | None, *, but: int | None) -> bool:
        """Drop what shows these faces, or all; whether ``but``, which is kept, shows one too."""
        changed = None if face_ids is None else set(face_ids)
        self._age += changed is None
        old = [
            face_id
            for face_id, view in self._views.items()
            if changed is None
            or face_id in changed
            or any(mate.id in changed for mate in view.frame_mates)
        ]
        for face_id in old:
            if face_id != but:
                del self._views[face_id]
        return but in old

    def patch(self, states: Iterable[tuple[int, FaceState, str | None]]) -> None:
        """Bring (face id, state, creator's name) into every view that shows the face."""
        new = {face_id: (state, name) for face_id, state, name in states}

        def renewed(face: Face) -> Face:
            return with_state(face, *new[face.id]) if face.id in new else face

        for face_id, view in list(self._views.items()):
            if any(mate.id in new for mate in view.frame_mates) or face_id in new:
                mates = tuple(renewed(mate) for mate in view.frame_mates)
                self._views[face_id] = replace(view, face=renewed(view.face), frame_mates=mates)
                self.arrived.emit(face_id)

    def _load_ahead(self) -> None:
        if self._ahead_runs:
            return
        wanted = (*self._ahead, *self._wanted)
        missing = [i for i in wanted if i not in self._views and i not in self._coming]
        if missing:
            self._ahead_runs = True
            self._load(tuple(missing[:_BATCH]), Rank.AHEAD)

    def _load(self, wanted: tuple[int, ...], rank: Rank) -> None:
        self._coming.update(wanted)
        desk, age = self._desk, self._age

        def came(views: dict[int, FaceView]) -> None:
            if age != self._age:
                self._load(wanted, rank)
                return
            self._ended(wanted, rank)
            self._keep(wanted, views)
            self._load_ahead()

        def failed(error: Exception) -> None:
            self._ended(wanted, rank)
            for face_id in wanted:
                self.failed.emit(face_id, error)

        self._lane.run(self, lambda: desk.views(wanted), came, failed, rank=rank)

    def _ended(self, wanted: tuple[int, ...], rank: Rank) -> None:
        self._coming.difference_update(wanted)
        if rank is Rank.AHEAD:
            self._ahead_runs = False

    def _keep(self, wanted: tuple[int, ...], views: dict[int, FaceView]) -> None:
        for face_id in wanted:
            if face_id in views:
                self._views[face_id] = views[face_id]
                self._views.move_to_end(face_id)
                self.arrived.emit(face_id)
            else:
                self._views.pop(face_id, None)
                self.gone.emit(face_id)
        spare = [face_id for face_id in self._views if face_id not in self._wanted]
        for face_id in spare[: max(0, len(spare) - _KEPT)]:
            del self._views[face_id]
