"""More like this: every face of the library by its similarity to one face, or to one person.

Each face is compared. On two busy cores (``python tests/bench/alike.py``) the whole order of
100,000 faces takes 1.2 s, of 1,000,000 it takes 15 s. The vector index, searched as wide as it may
be, found as few as 67 % and 28 % of the 1,000 most similar ones, and nobody would see what it left
out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from facereview.errors import NotFound
from facereview.records import DECIDED, Creator, Face, Progress, Video
from facereview.review.clusters.records import Care
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.review.creators.reference_records import Promoted
    from facereview.review.library.opening import OpenLibrary


@dataclass(frozen=True, slots=True)
class ShownFace:
    """A face with its video, and the creators that it is known not to be."""

    face: Face
    video: Video
    denied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Alike:
    """The order of all other faces by similarity to ``probe``, the most similar first.

    ``ids``, ``similarities`` and ``pending`` have one entry for each, shape (n,). ``creator`` is
    whose the probe is by a decision, None where nobody decided it; ``person``: they are compared
    with the mean of that creator's references and the probe.
    """

    probe: ShownFace
    creator: Creator | None
    person: bool
    ids: NDArray[np.int32]
    similarities: NDArray[np.float32]
    pending: NDArray[np.bool_]
    care: Care


class LibraryAlike:
    """Each method takes a store of its own."""

    def __init__(self, library: OpenLibrary) -> None:
        self._library = library

    def find(
        self,
        face_id: int,
        *,
        person: bool = False,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Alike:
        """All faces by similarity to a face, or to the ``person`` that it was decided to be.

        Raises:
            NotFound: the face no longer exists.
            Cancelled: it was.
        """
        with self._library.store() as store, store.session.cancellable(cancelled):
            probe = _shown(store, [face_id]).get(face_id)
            vector = store.faces.vectors([face_id]).get(face_id)
            if probe is None or vector is None:
                raise NotFound("The face no longer exists: its video was scanned again or removed.")
            creator = _creator(store, probe.face)
            if person and creator is not None:
                middle = store.search.person_middle(creator.id, face_id)
                vector = vector if middle is None else middle
            parts = []
            for done, total, rows in store.search.alike(vector):
                on_progress(Progress(done, total, ""))
                parts.append(rows)
            config = self._library.settings(store).config()
        rows = in_order(parts, but=face_id)
        return Alike(
            probe,
            creator,
            person and creator is not None,
            rows["id"].astype(np.int32),
            rows["similarity"].astype(np.float32),
            rows["pending"].astype(bool),
            Care(config.confirm_twice_above, config.match_threshold),
        )

    def faces(self, face_ids: Sequence[int]) -> dict[int, ShownFace]:
        """Faces as they are now, by id; those that are gone are absent."""
        with self._library.store() as store:
            return _shown(store, face_ids)

    def promote(self, face_ids: Sequence[int]) -> Promoted:
        """Make references of decided faces; see :meth:`Promotion.promote`."""
        with self._library.store() as store:
            return self._library.references_desk(store).promotion.promote(face_ids)


def in_order(parts: Sequence[NDArray[Any]], *, but: int) -> NDArray[Any]:
    """Records (``id``, ``similarity``, ...) of all parts, the most similar first, without one."""
    rows: NDArray[Any] = np.concatenate(parts)
    order = np.lexsort((rows["id"], -rows["similarity"].astype(np.float32)))
    ranked: NDArray[Any] = rows[order[rows["id"][order] != but]]
    return ranked


def _shown(store: Store, face_ids: Sequence[int]) -> dict[int, ShownFace]:
    faces = store.faces.get(face_ids)
    videos = store.videos.get(sorted({face.video_id for face in faces.values()}))
    denied = store.search.denied(face_ids)
    return {
        number: ShownFace(face, videos[face.video_id], tuple(denied.get(number, ())))
        for number, face in faces.items()
        if face.video_id in videos
    }


def _creator(store: Store, face: Face) -> Creator | None:
    if face.state.status not in DECIDED or face.state.creator_id is None:
        return None
    return store.creators.get(face.state.creator_id)
