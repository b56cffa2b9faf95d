"""Decided faces as references: choosing few, clear and different ones, and making them some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.errors import Invalid, MediaError, NotFound
from facereview.media.crops import CropCache
from facereview.records import DECIDED, Embedding, Face, SourceType
from facereview.review.creators.checks import Checks, KnownReferences
from facereview.review.creators.reference_health import TWIN
from facereview.review.creators.reference_records import Caution, Changed, Promoted
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder
from facereview.review.library.config import Settings
from facereview.store.row_changes import Subject
from facereview.store.store import Store

MOST = 2000
"""Decided faces looked at, the clearest of a creator."""

_TRIES = 3
"""How often faces are judged without a lock."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate by its place; ``covers`` faces are closest to it."""

    place: int
    covers: int


def choose_different(
    faces: Embedding,
    quality: NDArray[np.float32],
    held: Embedding,
    allowed: NDArray[np.bool_],
    count: int,
) -> list[Chosen]:
    """Up to ``count`` of ``faces``, shape (n, 512), that stand for all of them, best first.

    Greedy facility location: each step takes the face that adds most to the sum, over all faces,
    of the best cosine to a reference, weighted by that reference's ``quality``, beyond what the
    references ``held``, shape (m, 512), give already. Greedy comes within 1 - 1/e of the best
    choice (Nemhauser, Wolsey & Fisher, "An analysis of approximations for maximizing submodular
    set functions", 1978). Only ``allowed`` faces are taken, only those that add something, and
    none that repeats a reference (:data:`~facereview.review.creators.reference_health.TWIN`).
    """
    cosines = np.maximum(faces @ faces.T, 0.0)
    worth = cosines * (1 + np.clip(quality, 0.0, 1.0)) / 2  # how typical a face is counts more
    covered = np.maximum(faces @ held.T, 0.0).max(axis=1, initial=0.0)
    closest = np.full(len(faces), -1)
    taken: list[int] = []
    free = allowed & ((faces @ held.T).max(axis=1, initial=-1.0) < TWIN)
    while len(taken) < count and free.any():
        gains = np.where(free, np.maximum(worth - covered[:, None], 0.0).sum(axis=0), -1.0)
        best = int(gains.argmax())
        if gains[best] <= 0:
            break
        closest[worth[:, best] > covered] = best
        covered = np.maximum(covered, worth[:, best])
        free &= cosines[:, best] < TWIN
        free[best] = False
        taken.append(best)
    return [Chosen(place, int((closest == place).sum())) for place in taken]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was read before faces were judged: on another state it is not to be relied on."""

    wanted: tuple[Face, ...]
    skipped: tuple[int, ...]
    references: object

    @property
    def checked(self) -> list[Face]:
        """Those that somebody has looked at."""
        return [face for face in self.wanted if not face.by_machine]


@dataclass(frozen=True, slots=True)
class _Judged:
    """Which faces Health would find fault with."""

    seen: _Seen
    doubtful: Mapping[int, tuple[Caution, ...]]

    @property
    def good(self) -> list[Face]:
        """Those that are to become references."""
        return [face for face in self.seen.checked if face.id not in self.doubtful]

    def promoted(self, made: tuple[int, ...]) -> Promoted:
        """What became of them all; ``made`` are the references."""
        unchecked = tuple(face.id for face in self.seen.wanted if face.by_machine)
        left_out = (unchecked, tuple(self.doubtful.items()))
        return Promoted(made, self.seen.skipped, Changed(added=made), *left_out)


class Promotion:
    """Makes references of decided faces of one library, for one curator."""

    def __init__(
        self,
        store: Store,
        crops: CropCache,
        pictures: CropCache,
        known: KnownReferences,
        *,
        settings: Settings,
        actor: str,
    ) -> None:
        """``crops`` are those of faces, ``pictures`` those of references."""
        self._store = store
        self._crops = crops
        self._pictures = pictures
        self._known = known
        self._settings = settings
        self._actor = actor
        self._recorder = Recorder(store, actor)

    def promote(self, face_ids: Sequence[int], *, anyway: bool = False) -> Promoted:
        """Make references of decided faces, each of its own creator.

        Those that only the machine has matched are left out: its match is no evidence; so are
        those that Health would find fault with, unless ``anyway``. That is judged before a face
        is locked, and anew where faces or references are others by then; only where they always
        are, while they are locked.

        Raises:
            Invalid: a face is not decided; nothing was written.
            NotFound: a face no longer exists; nothing was written.
        """
        tries = _TRIES
        while True:
            judged, tries = self._judged(face_ids, anyway=anyway), tries - 1
            with self._recorder.act(Kind.PROMOTE) as act:
                self._store.log.lock(face_ids)
                if self._seen(face_ids) != judged.seen:
                    if tries:
                        continue
                    judged = self._judged(face_ids, anyway=anyway)
                made = self._made(judged.good)
                act.creator_id = next(map(_decided_as, judged.seen.checked), None)
                act.made(Subject.REFERENCE, made.values())
            self._keep_crops(made)
            return judged.promoted(tuple(made.values()))

    def _judged(self, face_ids: Sequence[int], *, anyway: bool) -> _Judged:
        """What is to become of each face; comparing many takes seconds."""
        seen = self._seen(face_ids)
        return _Judged(seen, {} if anyway else self._doubtful(seen.checked))

    def _seen(self, face_ids: Sequence[int]) -> _Seen:
        faces = self._store.faces.get(face_ids)
        for face_id in face_ids:
            _decided_as(faces.get(face_id))
        skipped = self._store.references.promoted(face_ids)
        wanted = tuple(faces[i] for i in dict.fromkeys(face_ids) if i not in skipped)
        return _Seen(wanted, tuple(sorted(skipped)), self._store.creators.revision())

    def _doubtful(self, faces: Sequence[Face]) -> dict[int, tuple[Caution, ...]]:
        """Those that Health would find fault with, each compared with the good ones before it."""
        vectors = self._store.faces.vectors([face.id for face in faces])
        found: dict[int, tuple[Caution, ...]] = {}
        checks: dict[int, Checks] = {}
        for face in faces:
            creator = _decided_as(face)
            if creator not in checks:
                checks[creator] = Checks(
                    self._store, self._known.live(self._store), self._settings.config(), creator
                )
            cautions = checks[creator].likeness(vectors[face.id])
            if cautions:
                found[face.id] = cautions
            else:
                checks[creator].take(vectors[face.id])
        return found

    def _made(self, faces: Sequence[Face]) -> dict[int, int]:
        """The references made of these faces, by face."""
        vectors = self._store.faces.vectors([face.id for face in faces])
        videos = self._store.videos.get(sorted({face.video_id for face in faces}))
        made: dict[int, int] = {}
        for face in faces:
            made[face.id] = self._store.creators.add_reference(
                _decided_as(face),
                vectors[face.id],
                SourceType.VIDEO_FRAME,
                videos[face.video_id].path,
                face.quality,
            )
            self._store.references.add_origin(
                made[face.id], self._actor, detection=face.id, picture=False
            )
        return made

    def _keep_crops(self, made: Mapping[int, int]) -> None:
        for face_id, reference in made.items():
            crop = self._crops.crop(face_id)
            if crop is not None:
                with suppress(MediaError):  # a full disk: the reference is good without a picture
                    self._pictures.put(reference, crop)


def _decided_as(face: Face | None) -> int:
    if face is None:
        raise NotFound("A face no longer exists, its video was scanned again: choose another one.")
    if face.state.status not in DECIDED or face.state.creator_id is None:
        raise Invalid(f"Face {face.id} is not decided: only a decided face can become a reference.")
    return face.state.creator_id
