"""The shared made videos as a library: their faces pending, who each is known from the truth."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from truth import STRANGER, Truth

from facereview.faces import packs
from facereview.home import Home
from facereview.records import Status
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.review.scanning.enrol import Candidate
from facereview.store.store import Store
from support import all_videos

FRAMES = 20


@dataclass(frozen=True)
class Score:
    """Faces of known people, how many of them carry their name, and faces with a wrong one."""

    known: int
    settled: int
    wrong: int

    @property
    def share(self) -> float:
        """Of the faces of known people those that carry their name."""
        return self.settled / self.known


@dataclass(frozen=True)
class MadeLibrary:
    """A library at ``url`` and its ``home``; ``people`` is whom the truth sees in each face.

    That is a creator's name, :data:`truth.STRANGER`, or None where the truth is silent.
    """

    url: str
    home: Path
    people: dict[int, str | None]

    def score(self, store: Store) -> Score:
        """What stands in it now; what only the machine said does not count as settled."""
        known = settled = wrong = 0
        for face in store.faces.get(list(self.people)).values():
            who = self.people[face.id]
            named = face.state.status in (Status.MATCHED, Status.MANUAL)
            right = named and face.creator_name == who
            known += who not in (None, STRANGER)
            settled += right and not face.by_machine
            wrong += named and not right
        return Score(known, settled, wrong)


def made_library(
    url: str,
    home: Path,
    data: Path,
    pack: Path,
    videos: Collection[str] | None = None,
    frames: int = FRAMES,
) -> MadeLibrary:
    """Enrol whom the truth names and scan the videos (None: all), automatic matching off.

    With some of the videos only those who are in them are enrolled. ``frames`` of each video are
    looked at.
    """
    truth = Truth.read(data)
    names = sorted(truth.videos if videos is None else videos)
    packs.use(Home(home).create(), str(pack))
    with closing(open_library(Home(home), url)) as library, library.store() as store:
        library.settings(store).save("frames_per_video", str(frames))
        library.settings(store).save("automatic", "off")
        people = {who for name in names for who in truth.cast(name)}
        _enrol(library, store, truth, people)
        report = library.scanner(store).scan([truth.folder / name for name in names])
        if report.faults or report.matched:
            raise RuntimeError(report)
        return MadeLibrary(url, home, _people(store, truth))


def _enrol(library: OpenLibrary, store: Store, truth: Truth, people: Collection[str]) -> None:
    wanted: Sequence[Candidate] = [
        Candidate(who, image)
        for who, images in truth.references.items()
        if who in people
        for image in images
    ]
    for done in library.enroller(store).enrol_all(wanted, anyway=True, new=True):
        if done.fault:
            raise RuntimeError(done.fault)


def _people(store: Store, truth: Truth) -> dict[int, str | None]:
    videos = {one.video.id: one.video.path for one in all_videos(store)}
    return {
        face.id: truth.who(Path(videos[video]).name, face.timestamp, face.box)
        for video, faces in store.faces.of_videos(list(videos)).items()
        for face in faces
    }
