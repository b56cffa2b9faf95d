"""Making references: embeddings of a creator out of pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from facereview.errors import MediaError, NotFound, ReviewError, SeveralFaces
from facereview.faces.engine import Engine, Found
from facereview.media.crops import CropCache, face_crop
from facereview.media.images import load_image
from facereview.mounts import NOWHERE, Mounts
from facereview.records import Creator, Pixels, Progress, SourceType
from facereview.review.decisions import clean_name
from facereview.review.packs import claim_pack
from facereview.review.paths import stored_path
from facereview.store.store import Store

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif"})


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A reference that was stored, or why an image gave none (``fault``)."""

    creator: str
    path: str
    reference_id: int | None
    quality: float | None = None
    fault: str | None = None
    known: bool = False
    """The creator already has a reference from this file; nothing was added."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image to enrol; ``face`` picks one of several faces, counted from 1, left to right."""

    name: str
    path: Path
    source: SourceType = SourceType.MANUAL
    face: int | None = None
    stored_path: str | None = None
    """What ``source_path`` says where the library spells the path its own way."""


def folder_candidates(folder: Path) -> Iterator[Candidate]:
    """One folder per creator, its name the creator's, its pictures the references.

    Raises:
        NotFound: no such folder, or none with pictures in it.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}: name one that holds a folder per creator.")
    found = False
    for creator in sorted(path for path in folder.iterdir() if path.is_dir()):
        for picture in sorted(creator.rglob("*")):
            if picture.suffix.lower() in PICTURES and picture.is_file():
                found = True
                yield Candidate(creator.name, picture)
    if not found:
        raise NotFound(f"{folder} holds no folder with pictures: make one folder per creator.")


class Enroller:
    """Stores references, each with a crop of the face for the eye."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        pictures: CropCache,
        min_face_size: int,
        mounts: Mounts = NOWHERE,
    ) -> None:
        self._mounts = mounts
        self._store = store
        self._engine = engine
        self._pictures = pictures
        self._min_face_size = min_face_size

    def profile_pictures(self) -> Iterator[Candidate]:
        """Every creator's ``profile_picture_path``."""
        for creator in self._store.creators.all():
            if creator.profile_picture_path:
                path = self._mounts.local(creator.profile_picture_path)
                yield Candidate(
                    creator.name,
                    path,
                    SourceType.PROFILE_PICTURE,
                    stored_path=creator.profile_picture_path,
                )

    def enrol_all(
        self,
        candidates: Sequence[Candidate],
        *,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[Enrolled]:
        """Enrol each image; a bad one is reported and does not stop the others."""
        claim_pack(self._store, self._engine)
        done: list[Enrolled] = []
        for place, candidate in enumerate(candidates):
            if cancelled():
                break
            on_progress(Progress(place, len(candidates), candidate.path.name))
            try:
                done.append(self.enrol(candidate))
            except ReviewError as fault:
                done.append(Enrolled(candidate.name, str(candidate.path), None, fault=str(fault)))
        on_progress(Progress(len(done), len(candidates), ""))
        return done

    def enrol(self, candidate: Candidate) -> Enrolled:
        """Store the face of one image as a reference, the creator made if new.

        Raises:
            MediaError: the image cannot be read, or shows no face.
            SeveralFaces: it shows several and none was chosen.
            PackMismatch: another pack made the library's embeddings.
        """
        name = clean_name(candidate.name)
        source = candidate.stored_path or stored_path(candidate.path)
        pixels = load_image(candidate.path)
        faces = self._engine.detect(pixels, thorough=True)
        face = choose(_large_enough(faces, self._min_face_size), candidate)
        with self._store.transaction():
            claim_pack(self._store, self._engine)
            creator = self._store.creators.find_or_add(name)
            if self._store.creators.has_reference_from(creator.id, source):
                return Enrolled(name, source, None, face.quality, known=True)
            reference = self._add(creator, candidate, source, face)
        self._keep_picture(reference, pixels, face)
        return Enrolled(name, source, reference, face.quality)

    def _add(self, creator: Creator, candidate: Candidate, source: str, face: Found) -> int:
        return self._store.creators.add_reference(
            creator.id, face.embedding, candidate.source, source, face.quality
        )

    def _keep_picture(self, reference: int, pixels: Pixels, face: Found) -> None:
        with suppress(MediaError):  # a full disk: the source picture stands in
            self._pictures.put(reference, face_crop(pixels, face.box))


def _large_enough(faces: Sequence[Found], min_size: int) -> Sequence[Found]:
    """Without the faces of passers-by in the background, unless there are no others."""
    large = [found for found in faces if min(found.box.width, found.box.height) >= min_size]
    return large or faces


def choose(faces: Sequence[Found], candidate: Candidate) -> Found:
    """The face of an image that is meant, counted from 1, left to right.

    Raises:
        NotFound: no face at all, or fewer than the one chosen.
        SeveralFaces: several and no choice; the message names each with its place.
    """
    ordered = sorted(faces, key=lambda found: found.box.x)
    if not ordered:
        raise NotFound(f"No face was found in {candidate.path}: use a clearer picture.")
    if candidate.face is not None:
        if not 1 <= candidate.face <= len(ordered):
            raise NotFound(
                f"{candidate.path} shows {len(ordered)} faces, so there is no face "
                f"{candidate.face}: choose one from 1 to {len(ordered)}."
            )
        return ordered[candidate.face - 1]
    if len(ordered) > 1:
        places = ", ".join(
            f"{n} at {f.box.x + f.box.width / 2:.0f},{f.box.y + f.box.height / 2:.0f}"
            f" ({f.box.width:.0f} px)"
            for n, f in enumerate(ordered, 1)
        )
        raise SeveralFaces(
            f"{candidate.path} shows {len(ordered)} faces, left to right: {places}; choose one "
            "with --face NUMBER."
        )
    return ordered[0]
