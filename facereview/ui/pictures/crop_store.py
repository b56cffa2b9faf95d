"""Small pictures of faces and references, loaded on the pixels lane, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from facereview.media.crops import FaceCrop, place_in_crop
from facereview.media.pixels import LibraryPixels
from facereview.records import Face, Person, Reference, SourceType, Video
from facereview.ui.jobs.lanes import Lane, Rank
from facereview.ui.jobs.loader import Loader, one_by_one
from facereview.ui.pictures.images import ENOUGH, SIDES, Crop, crop

BUDGET = 64 * 1024 * 1024
"""Bytes of small pictures that are kept."""

_WAITING = 96  # older requests have scrolled out of view
_BATCH = 6

Key = tuple[str, int]
"""``("face", id)``, ``("reference", id)`` or ``("portrait", ...)``."""

Load = Callable[[], FaceCrop | None]


def face_key(face: Face) -> Key:
    """Key of a face's crop."""
    return "face", face.id


def reference_key(reference: Reference) -> Key:
    """Key of a reference's picture."""
    return "reference", reference.id


class CropStore(Loader[Key, Load, Crop]):
    """Square pictures by key; a missing one is loaded, the newest request first."""

    cleared = Signal()
    """Every visible picture must be requested again."""
    reference_arrived = Signal()
    portrait_arrived = Signal()

    def __init__(
        self,
        source: LibraryPixels,
        lane: Lane,
        parent: QObject | None = None,
        *,
        budget: int = BUDGET,
        waiting: int = _WAITING,
        sides: tuple[int, ...] = SIDES,
    ) -> None:
        """At most ``waiting`` requests are queued; ``sides`` are the sizes that are kept."""

        def load(wish: Load) -> Crop | None:
            found = wish()
            return None if found is None else crop(found, self._sides)

        super().__init__(
            lane,
            one_by_one(load),
            parent,
            budget=budget,
            cost=lambda made: made.bytes,
            batch=_BATCH,
            waiting=waiting,
            rank=Rank.NORMAL,
        )
        self._source = source
        self._sides = self._fewest = sides
        self._shown_at: dict[int, float] = {}
        self.arrived.connect(self._tell_kind)

    def face(self, face: Face, video: Video | None = None) -> Crop | None:
        """A face's crop if loaded; with ``video`` it can be cut out of its frame."""
        return self.ask(face_key(face), lambda: self._face(face, video))

    def reference(self, reference: Reference) -> Crop | None:
        """A reference's picture if loaded."""
        return self.ask(reference_key(reference), lambda: self._source.reference(reference))

    def portrait(self, person: Person) -> Crop | None:
        """The best picture of a creator if loaded."""
        picture = person.creator.profile_picture_path
        key = ("portrait", hash((person.creator.id, picture, person.best_reference)))
        return self.ask(key, lambda: self._portrait(person))

    def show_at(self, who: object, side: float) -> None:
        """``who`` shows pictures of ``side`` device pixels: smaller ones are not enough."""
        self._shown_at[id(who)] = side
        wanted = max(self._shown_at.values())
        fewest = self._fewest
        large = wanted * ENOUGH > fewest[0]
        sides = tuple(sorted({*SIDES[:1], *fewest}, reverse=True)) if large else fewest
        if sides != self._sides:
            self._sides = sides
            self.clear()

    def clear(self) -> None:
        """Drop every picture and cancel requests: some may have been erased."""
        super().clear()
        self.cleared.emit()

    def forget_missing(self) -> None:
        """Request missing pictures again."""
        if self.forget_lost():
            self.cleared.emit()

    def _tell_kind(self, key: Key) -> None:
        if key[0] == "reference":
            self.reference_arrived.emit()
        elif key[0] == "portrait":
            self.portrait_arrived.emit()

    def _portrait(self, person: Person) -> FaceCrop | None:
        """The profile picture, else the best reference's, else that of the best face."""
        creator, found = person.creator, None
        if creator.profile_picture_path:
            found = self._source.picture(creator.profile_picture_path)
        if found is None and person.best_reference is not None:
            number = person.best_reference
            best = Reference(number, creator.id, SourceType.MANUAL, None, None)
            found = self._source.reference(best)
        if found is None and person.best_face is not None:
            found = self._source.face(person.best_face)
        return found

    def _face(self, face: Face, video: Video | None) -> FaceCrop | None:
        found = self._source.face(face.id)
        if found is None and video is not None:
            self._source.keep_faces([face], self._source.frame(video, face.timestamp))
            found = self._source.face(face.id)
        if found is None or found.box is not None:
            return found
        width, height = (video.width, video.height) if video else (None, None)
        return FaceCrop(found.pixels, place_in_crop(face.box, width, height))
