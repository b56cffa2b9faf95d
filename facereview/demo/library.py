"""Making the demo library; files of an earlier run are reused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from facereview.demo.films import films
from facereview.demo.pictures import PEOPLE, Person, load_pictures
from facereview.errors import NotFound
from facereview.faces import ZOO, packs
from facereview.faces.engine import InsightEngine
from facereview.faces.fetch import fetch
from facereview.home import Home, curator
from facereview.media.crops import cut_face
from facereview.media.images import save_image
from facereview.media.make import make_video
from facereview.records import Pixels, Progress
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.review.scanning.enrol import Candidate
from facereview.store.store import Store

OnProgress = Callable[[Progress], None]

PROMOTED = 3
"""References of each creator that are made of faces the scan matched and a curator checked."""

CHECKED = 6
"""Matches of each creator, the surest, that count as checked."""

_MAKING = "demo"
"""The workstation at which the demo itself works."""

SETTINGS = {"frames_per_video": "10", "min_face_size": "32"}
"""More and smaller faces than by default."""

_HIGH = "auto_tag_threshold"
_WHILE_SCANNED = "0.8"
"""``auto_tag_threshold`` for the first scan: by the error rate of the zoo pack, which counts from
then on, nearly every face of these few people would be settled, and none left to decide.
"""


@dataclass(frozen=True, slots=True)
class DemoLibrary:
    """A library in a folder of its own, with its own server."""

    home: Home

    @classmethod
    def below(cls, home: Home) -> DemoLibrary:
        """The demo of this home."""
        return cls(Home(home.root / "demo"))

    def make_videos(self, on_progress: OnProgress) -> None:
        """Make the films that are not there.

        Raises:
            NotFound: a dependency no longer contains its picture.
        """
        folder = self._folder("videos")
        wanted = films(load_pictures())
        for place, (name, film) in enumerate(wanted.items()):
            on_progress(Progress(place, len(wanted), name))
            if not (folder / name).exists():
                draft = folder / f".{name}"
                make_video(film, draft)
                draft.replace(folder / name)
        on_progress(Progress(len(wanted), len(wanted), ""))

    def get_pack(self, main: Home, on_progress: OnProgress) -> None:
        """Install the zoo pack, from the main home if it is there, and use it.

        Raises:
            PackError: it cannot be fetched.
        """
        here = packs.folder(ZOO, self.home)
        if here.exists() and packs.current(self.home) == packs.named(ZOO, self.home):
            return
        there = packs.named(ZOO, main)
        if there.installed and not here.exists():
            draft = self.home.packs / ".zoo-draft"
            shutil.copytree(there.directory, draft, dirs_exist_ok=True)
            here.parent.mkdir(parents=True, exist_ok=True)
            draft.rename(here)
        fetch(ZOO, self.home, confirm=lambda _: True, progress=on_progress)
        packs.use(self.home, ZOO)

    def fill(self, on_progress: OnProgress) -> None:
        """Enrol the known people and scan the films, unless that was done.

        Raises:
            ReviewError: the database or the pack cannot be used.
        """
        with closing(open_library(self.home, None)) as library:
            library.workstation = _MAKING  # not in the history of the user, who did not do it
            with library.store() as store:
                if not self._complete(store):
                    self._enrol_and_scan(library, store, on_progress)

    def _complete(self, store: Store) -> bool:
        known = [store.films.of_path(str(path.resolve())) for path in self._videos()]
        return all(video is not None and video.frames_per_video is not None for video in known)

    def _enrol_and_scan(self, library: OpenLibrary, store: Store, on_progress: OnProgress) -> None:
        settings = library.settings(store)
        for key, value in {**SETTINGS, _HIGH: _WHILE_SCANNED}.items():
            settings.save(key, value)
        references = self._references(library.engine())
        library.enroller(store).enrol_all(references, anyway=True, new=True)
        library.scanner(store).scan(self._videos(), on_progress=on_progress)
        settings.reset(_HIGH)
        _promote(library, store)
        library.track_updater(store).from_nothing()

    def _references(self, engine: InsightEngine) -> list[Candidate]:
        """One picture of each known person, with nobody else in it."""
        pictures = load_pictures()
        candidates = []
        for person in PEOPLE:
            path = self._folder("references") / f"{person.name}.jpg"
            save_image(alone(person, pictures[person.picture], engine), path, quality=95)
            candidates.append(Candidate(person.name, path))
        return candidates

    def _videos(self) -> Sequence[Path]:
        return sorted(self._folder("videos").glob("[!.]*.mp4"))

    def _folder(self, name: str) -> Path:
        folder = self.home.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _promote(library: OpenLibrary, store: Store) -> None:
    """Check the surest matches and make references of those suggested, as a curator would."""
    desk, decisions = library.references_desk(store), Decisions(store, curator())
    matched = store.faces.get(store.faces.queue("automatic").tolist())
    for creator in store.creators.all():
        own = [face for face in matched.values() if face.state.creator_id == creator.id]
        own.sort(key=lambda face: -(face.state.confidence or 0.0))
        seen = tuple(
            Seen(face.id, face.video_id, face.state, face.state.confidence)
            for face in own[:CHECKED]
        )
        if seen:
            decisions.apply(Intent(Kind.ACCEPT, seen, creator))
        suggested = desk.suggest_references(creator.id, PROMOTED)
        desk.promotion.promote([one.face.id for one in suggested.faces])


def alone(person: Person, picture: Pixels, engine: InsightEngine) -> Pixels:
    """A picture that shows only this person: the whole one, or the face with what is around it.

    Raises:
        NotFound: the detector does not see the face.
    """
    faces = sorted(engine.detect(picture, thorough=True), key=lambda face: face.box.x)
    if len(faces) <= person.face:
        raise NotFound(
            f"The face of {person.name} was not found in its picture: choose another pack."
        )
    if len(faces) == 1:
        return picture
    return cut_face(picture, faces[person.face].box, size=320).pixels
