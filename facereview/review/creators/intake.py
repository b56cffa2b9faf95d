"""Pictures from outside on their way to become references. Belongs to one lane."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from facereview.errors import MediaError, NotFound
from facereview.files import shown, stored_path
from facereview.home import curator
from facereview.media.crops import CropCache, cut_face
from facereview.media.finding import fitting
from facereview.media.images import load_image
from facereview.records import Config, Creator, Embedding, Pixels, SourceType
from facereview.review.creators.checks import Checks, KnownReferences
from facereview.review.creators.reference_records import (
    LIKENESS,
    Caution,
    Changed,
    Intake,
    IntakeFace,
    Point,
    StoredReferences,
)
from facereview.review.decisions.intents import Kind
from facereview.review.decisions.recorder import Recorder, Recording
from facereview.review.library.packs import claim_pack
from facereview.store.row_changes import Subject
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.faces.engine import Found, InsightEngine

PICTURES = frozenset(
    f".{name}"
    for name in "avif bmp gif heic heif hif jfif jp2 jpe jpeg jpg png tif tiff webp".split()
)

_NOT_READ = frozenset(
    f".{name}" for name in "3fr arw cr2 cr3 dng jxl nef nrw orf pef psd raf rw2 srw".split()
)
"""Kinds that are not read: of a picture in a camera's own format only a thumbnail would be."""

COPY_SIDE = 1600
"""Longer side of the copy that is kept of a picture."""

_PREVIEW_SIDE = 800


@dataclass(frozen=True, slots=True)
class Kept:
    """Where pictures of references are kept by id: ``faces`` cut out, and ``copies`` whole."""

    faces: CropCache
    copies: CropCache


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be wrong with a face, compared with this state of the references."""

    cautions: tuple[Caution, ...]
    references: object


def pictures_in(sources: Sequence[Path | bytes]) -> Iterator[Path | bytes]:
    """The pictures in folders, by name; files and pasted pictures as they are."""
    for source in sources:
        if isinstance(source, Path) and source.is_dir():
            yield from pictures_of(source)
        else:
            yield source


def pictures_of(folder: Path) -> Iterator[Path]:
    """The pictures in a folder and those below it, by path; also of kinds that are not read.

    What is hidden, and previews and waste bins of network drives, are no pictures of the user.
    """
    for path in sorted(folder.rglob("*")):
        ours = not any(map(fitting, path.relative_to(folder).parts))
        if ours and path.suffix.lower() in PICTURES | _NOT_READ and path.is_file():
            yield path


class PictureIntake:
    """Looks at pictures and stores their faces as references of one library."""

    def __init__(
        self,
        store: Store,
        engine: InsightEngine,
        kept: Kept,
        config: Config,
        *,
        known: KnownReferences | None = None,
        actor: str | None = None,
    ) -> None:
        """``known`` may be shared by all intakes of a library, so that each need not read it."""
        self._store = store
        self._engine = engine
        self._kept = kept
        self._config = config
        self._known = known or KnownReferences()
        self._actor = actor or curator()
        self._recorder = Recorder(store, self._actor)

    def look(
        self, source: Path | bytes, creator_id: int | None, beside: Sequence[Embedding] = ()
    ) -> Intake:
        """The faces of a picture, left to right, with what may be wrong with each.

        Nothing is stored. A picture that cannot be read or shows no face has a ``fault``.
        ``beside`` are faces that are to be stored for the same creator before.

        Raises:
            PackMismatch: another pack made the library's embeddings.
        """
        claim_pack(self._store, self._engine)
        path = source if isinstance(source, Path) else None
        try:
            return self.examine(source, creator_id, beside)
        except MediaError as fault:
            return Intake(path, _name(path), fault=str(fault))

    def examine(
        self, source: Path | bytes, creator_id: int | None, beside: Sequence[Embedding] = ()
    ) -> Intake:
        """As :meth:`look`.

        Raises:
            MediaError: the picture cannot be read.
        """
        path = source if isinstance(source, Path) else None
        if path is not None:
            stored_path(path)  # the database must be able to keep its name
            _check_kind(path)
        pixels = load_image(source)
        checks = self._checks(creator_id, beside)
        found = self._engine.detect(pixels, thorough=True)
        faces = tuple(_face(one, pixels, checks) for one in sorted(found, key=lambda f: f.box.x))
        # what was pasted exists nowhere else: its preview becomes the copy
        preview = _reduced(pixels, COPY_SIDE if path is None else _PREVIEW_SIDE)
        what = path if path else "the pasted picture"
        fault = None if faces else f"No face was found in {what}: use a clearer picture."
        return Intake(path, _name(path), faces, preview, preview.shape[1] / pixels.shape[1], fault)

    def recording(self, act: str) -> AbstractContextManager[Recording]:
        """What belongs to storing references under this token, to be undone with it."""
        return self._recorder.act(Kind.ADD, act)

    def store(
        self,
        intake: Intake,
        face: int,
        creator: Creator,
        source: SourceType = SourceType.MANUAL,
        source_path: str | None = None,
        *,
        confirmed: Collection[Point] = (),
        act: str | None = None,
        judged: Judged | None = None,
    ) -> StoredReferences:
        """Store a face of a picture, counted from 0 from the left, with a copy of the picture.

        What may be wrong with it is asked once more, of the references as they are now: where
        one of its doubts is not ``confirmed``, nothing is stored and all are given back. Within
        a transaction give what :meth:`judge` said before it.

        ``source_path`` is what the reference names as its source, by default the file; a pasted
        picture's source is its copy. What is stored under one token ``act`` is undone as one.

        Raises:
            NotFound: the creator no longer exists, or there is no such face.
            MediaError: the copy cannot be written; nothing was stored.
            PackMismatch: another pack made the library's embeddings.
        """
        chosen, picture = _chosen(intake, face), self._picture(intake)
        path = source_path or (stored_path(intake.path) if intake.path else None)
        judged = judged or self.judge(chosen, creator.id)
        with self._recorder.act(Kind.ADD, act) as recording:
            claim_pack(self._store, self._engine)
            if self._store.creators.get(creator.id) is None:
                raise NotFound(f"{creator.name} no longer exists: choose another creator.")
            if judged.references != self._store.creators.revision():
                judged = self.judge(chosen, creator.id)
            if any(one.point not in confirmed for one in judged.cautions):
                return StoredReferences(creator, (), Changed(), judged.cautions)
            reference = self._add(creator, chosen, picture, source, path)
            recording.creator_id = creator.id
            recording.made(Subject.REFERENCE, [reference])
        return StoredReferences(creator, (reference,), Changed(added=(reference,)))

    def _add(
        self,
        creator: Creator,
        face: IntakeFace,
        picture: Pixels,
        source: SourceType,
        path: str | None,
    ) -> int:
        """The reference, with what is kept of its picture; without ``path`` that is its source."""
        reference = self._store.creators.add_reference(
            creator.id, face.embedding, source, path, face.quality
        )
        self._store.references.add_origin(reference, self._actor, picture=True)
        self._kept.copies.put(reference, picture)
        self._kept.faces.put(reference, face.crop)
        if path is None:
            copy = str(self._kept.copies.path(reference))
            self._store.references.set_source(reference, copy)
        return reference

    def _checks(self, creator_id: int | None, beside: Sequence[Embedding] = ()) -> Checks:
        live, sure = self._known.live(self._store), self._engine.pack.thresholds.sure
        return Checks(self._store, live, self._config, creator_id, sure=sure, beside=beside)

    def judge(self, face: IntakeFace, creator_id: int | None) -> Judged:
        """What its picture made doubtful when it was looked at, and its likeness does now."""
        references = self._store.creators.revision()
        of_picture = [one for one in face.cautions if one.doubt not in LIKENESS]
        likeness = self._checks(creator_id).likeness(face.embedding)
        return Judged((*of_picture, *likeness), references)

    def _picture(self, intake: Intake) -> Pixels:
        """What is kept of a picture; its preview where the file went away since."""
        if intake.preview is None:
            raise NotFound(f"{intake.name} was not looked at: add it again.")
        if intake.path is None:
            return intake.preview
        try:
            return load_image(intake.path, max_side=COPY_SIDE)
        except MediaError:
            return intake.preview


def _check_kind(path: Path) -> None:
    if path.suffix.lower() in _NOT_READ:
        raise MediaError(
            f"{shown(path)} is a picture of a kind that is not read: save it as JPEG or PNG."
        )


def _name(path: Path | None) -> str:
    return path.name if path else "pasted picture"


def _chosen(intake: Intake, face: int) -> IntakeFace:
    if 0 <= face < len(intake.faces):
        return intake.faces[face]
    raise NotFound(intake.fault or f"{intake.name} shows no face {face + 1}: choose another one.")


def _face(found: Found, pixels: Pixels, checks: Checks) -> IntakeFace:
    crop = cut_face(pixels, found.box)
    cautions = checks.of(found, cut_face(pixels, found.box, margin=0.0).pixels)
    return IntakeFace(found.box, crop, found.quality, found.embedding, cautions, checks.first)


def _reduced(pixels: Pixels, side: int) -> Pixels:
    """A copy whose longer side is at most ``side``."""
    if max(pixels.shape[:2]) <= side:
        return pixels
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.asarray(image)
