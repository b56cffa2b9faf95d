"""Views of faces, loaded ahead of need on the database lane and kept up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from facereview.records import Face, FaceState, FaceView
from facereview.review.desk import Desk
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.jobs.loader import Loader

AHEAD = 12
"""How many faces are loaded ahead."""

_BATCH = 4  # small, so that a decision does not wait long
_KEPT = 256


def with_state(face: Face, state: FaceState, creator_name: str | None) -> Face:
    """A face after a decision; the mark of the machine is gone."""
    return replace(face, state=state, creator_name=creator_name, by_machine=False)


class FaceViews(Loader[int, None, FaceView]):
    """What is shown of each face, loaded from the desk."""

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        def job(wishes: Mapping[int, None], _ticket: Ticket) -> dict[int, FaceView]:
            return desk.views(tuple(wishes))

        super().__init__(lane, job, parent, budget=_KEPT, batch=_BATCH, retries=True)
        self.gone.connect(lambda face_id: self.drop([face_id]))

    def want(self, face_id: int, ahead: Sequence[int]) -> None:
        """Load a face's view now, and those that are needed next, nearest first."""
        self.load({face_id: None}, dict.fromkeys(ahead))

    def keep(self, face_ids: Iterable[int]) -> None:
        """Keep these, however many; missing ones are loaded after the next faces."""
        self.pin(dict.fromkeys(face_ids))

    def reload(self, face_ids: Sequence[int]) -> None:
        """Load kept views again; the old ones are shown until then."""
        known = [one for one in face_ids if one in self._values or self.awaits(one)]
        self.request(dict.fromkeys(known), Rank.URGENT)

    def rule_out(self, face_ids: Iterable[int], creator_id: int) -> None:
        """Remove this creator from the suggestions of these faces."""
        for face_id in face_ids:
            view = self._values.get(face_id)
            if view is not None:
                others = tuple(s for s in view.suggestions if s.creator.id != creator_id)
                self.put(face_id, replace(view, suggestions=others))

    def forget(self) -> None:
        """Drop all views: the library changed under them."""
        self.outdate(None, but=None)

    def update(self, view: FaceView) -> None:
        """Replace a kept view."""
        if view.face.id in self._values:
            self.put(view.face.id, view)

    def outdate(self, face_ids: Iterable[int] | None, *, but: int | None) -> bool:
        """Drop what shows these faces, or all; whether ``but``, which is kept, shows one too."""
        changed = None if face_ids is None else set(face_ids)
        if changed is None:
            self.request(dict.fromkeys(self._coming), Rank.NORMAL)
        old = [
            face_id
            for face_id, view in self._values.items()
            if changed is None
            or face_id in changed
            or any(mate.id in changed for mate in view.frame_mates)
        ]
        self.drop(face_id for face_id in old if face_id != but)
        return but in old

    def patch(self, states: Iterable[tuple[int, FaceState, str | None]]) -> None:
        """Update (face id, state, creator's name) in every view that shows the face."""
        new = {face_id: (state, name) for face_id, state, name in states}

        def renewed(face: Face) -> Face:
            return with_state(face, *new[face.id]) if face.id in new else face

        for face_id, view in list(self._values.items()):
            if any(mate.id in new for mate in view.frame_mates) or face_id in new:
                mates = tuple(renewed(mate) for mate in view.frame_mates)
                self.put(face_id, replace(view, face=renewed(view.face), frame_mates=mates))
