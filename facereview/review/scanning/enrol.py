"""Making references: embeddings of a creator from pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from facereview.errors import Invalid, NotFound, ReviewError, SeveralFaces
from facereview.faces.engine import InsightEngine
from facereview.files import stored_path
from facereview.media.finding import fitting
from facereview.mounts import NOWHERE, Mounts
from facereview.numbers import counted
from facereview.records import Box, Creator, Progress, SourceType
from facereview.review.creators.intake import PictureIntake, pictures_of
from facereview.review.creators.names import NameIndex
from facereview.review.creators.reference_records import (
    Caution,
    Intake,
    IntakeFace,
    StoredReferences,
)
from facereview.review.decisions.decide import clean_name
from facereview.review.decisions.recorder import Recording
from facereview.review.library.packs import claim_pack
from facereview.store.row_changes import Subject
from facereview.store.store import Store


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
    cautions: tuple[Caution, ...] = ()
    """What may be wrong with it."""
    left_out: bool = False
    """Nothing was added for what may be wrong with it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image to enrol; ``face`` picks one of several faces, counted from 1, left to right."""

    name: str
    path: Path
    source: SourceType = SourceType.MANUAL
    face: int | None = None
    stored_path: str | None = None
    """What ``source_path`` says where the library spells the path its own way."""
    creator: Creator | None = None
    """Whose picture it is, where that is known by more than the name."""

    @property
    def source_path(self) -> str:
        """What the reference names as its source."""
        return self.stored_path or stored_path(self.path)


def folder_candidates(folder: Path) -> Iterator[Candidate]:
    """One folder per creator, its name the creator's, its pictures the references.

    Raises:
        NotFound: no such folder, or none with pictures in it.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}: name one that holds a folder per creator.")
    found = False
    for creator in sorted(p for p in folder.iterdir() if p.is_dir() and not fitting(p.name)):
        for picture in pictures_of(creator):
            found = True
            yield Candidate(creator.name, picture)
    if not found:
        raise NotFound(f"{folder} holds no folder with pictures: make one folder per creator.")


class Enroller:
    """Stores references, each with a copy of its picture."""

    def __init__(
        self,
        store: Store,
        engine: InsightEngine,
        intake: PictureIntake,
        min_face_size: int,
        mounts: Mounts = NOWHERE,
    ) -> None:
        self._mounts = mounts
        self._store = store
        self._engine = engine
        self._intake = intake
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
                    creator=creator,
                )

    def enrol_all(
        self,
        candidates: Sequence[Candidate],
        *,
        anyway: bool = False,
        new: bool = False,
        on_progress: Callable[[Progress], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> list[Enrolled]:
        """Enrol each image; a bad one is reported and does not stop the others.

        ``anyway`` stores also what may be wrong; ``new`` makes creators whose names are nearly
        those of others.
        """
        claim_pack(self._store, self._engine)
        act = uuid4().hex
        done: list[Enrolled] = []
        for place, candidate in enumerate(candidates):
            if cancelled():
                break
            on_progress(Progress(place, len(candidates), candidate.path.name))
            try:
                done.append(self.enrol(candidate, anyway=anyway, new=new, act=act))
            except ReviewError as fault:
                done.append(Enrolled(candidate.name, str(candidate.path), None, fault=str(fault)))
        on_progress(Progress(len(done), len(candidates), ""))
        return done

    def enrol(
        self,
        candidate: Candidate,
        *,
        anyway: bool = False,
        new: bool = False,
        act: str | None = None,
    ) -> Enrolled:
        """Store the face of one image as a reference, the creator made if new.

        What may be wrong with it is told; it is stored then only ``anyway``. What is enrolled
        under one token ``act`` is undone as one.

        Raises:
            Invalid: no creator has this name, some have nearly the same, and it is not said to be
                ``new``.
            MediaError: the image cannot be read, or its copy not be written.
            NotFound: it shows no face.
            SeveralFaces: it shows several and none was chosen.
            PackMismatch: another pack made the library's embeddings.
        """
        name = clean_name(candidate.name)
        source = candidate.source_path
        known = candidate.creator or self._store.creators.spelt(name)
        if known is None and not new:
            self._refuse_near(name)
        there = known and self._store.creators.has_reference_from(known.id, source)
        if there and candidate.face is None:
            return Enrolled(name, source, None, known=True)
        intake = self._intake.examine(candidate.path, known.id if known else None)
        place = choose(intake.faces, candidate, self._min_face_size)
        face = intake.faces[place]
        if there:
            return Enrolled(name, source, None, face.quality, known=True)
        if face.cautions and not anyway:
            cautions = face.cautions
            return Enrolled(name, source, None, face.quality, cautions=cautions, left_out=True)
        stored = self._keep(candidate, intake, place, known, act or uuid4().hex)
        made = stored.references[0] if stored.references else None
        cautions = stored.refused or face.cautions
        return Enrolled(name, source, made, face.quality, cautions=cautions, left_out=made is None)

    def _refuse_near(self, name: str) -> None:
        """Refuse a new name that may mean a creator that is there: case, accents, one letter."""
        names = NameIndex(self._store.creators.all(), self._store.people.aliases())
        near = [row.creator.name for row in names.near(name) if row.creator is not None]
        if near:
            raise Invalid(
                f"No creator is called {name}, but {' or '.join(near)} may be meant: use that "
                f"name, or add --new if {name} is somebody else."
            )

    def _keep(
        self, candidate: Candidate, intake: Intake, place: int, known: Creator | None, act: str
    ) -> StoredReferences:
        """Store a face with all that was found to be wrong with it, for whom is made if new."""
        face = intake.faces[place]
        judged = self._intake.judge(face, known.id if known else None)
        with self._intake.recording(act) as recording:
            claim_pack(self._store, self._engine)
            return self._intake.store(
                intake,
                place,
                candidate.creator or self._made(clean_name(candidate.name), recording),
                candidate.source,
                candidate.source_path,
                confirmed={one.point for one in face.cautions},
                act=act,
                judged=judged,
            )

    def _made(self, name: str, recording: Recording) -> Creator:
        """The creator of this name, made if there is none."""
        creators = self._store.creators
        made = None if creators.spelt(name) else creators.add(name)
        if made is None:
            return creators.find_or_add(name)
        recording.made(Subject.CREATOR, [made.id])
        return made


def choose(faces: Sequence[IntakeFace], candidate: Candidate, min_size: int) -> int:
    """The place of the face of an image that is meant; ``faces`` lie left to right.

    Faces under ``min_size`` pixels, passers-by in the background, count only where there are no
    others.

    Raises:
        NotFound: no face at all, or fewer than the one chosen.
        SeveralFaces: several and no choice; the message names each with its place.
    """
    large = [i for i, f in enumerate(faces) if min(f.box.width, f.box.height) >= min_size]
    places = large or list(range(len(faces)))
    if not places:
        raise NotFound(f"No face was found in {candidate.path}: use a clearer picture.")
    if candidate.face is not None:
        if not 1 <= candidate.face <= len(places):
            raise NotFound(
                f"{candidate.path} shows {counted(len(places), 'face')}, so there is no face "
                f"{candidate.face}: choose {' or '.join(map(str, range(1, len(places) + 1)))}."
            )
        return places[candidate.face - 1]
    if len(places) > 1:
        raise SeveralFaces(
            f"{candidate.path} shows {len(places)} faces, left to right: "
            f"{_listed([faces[place].box for place in places])}; choose one with --face NUMBER."
        )
    return places[0]


def _listed(boxes: Sequence[Box]) -> str:
    return ", ".join(
        f"{n} at {b.x + b.width / 2:.0f},{b.y + b.height / 2:.0f} ({b.width:.0f} px)"
        for n, b in enumerate(boxes, 1)
    )
