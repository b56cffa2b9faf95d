"""A library's own calibration: which decisions it is fitted on, and when the pack's counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from facereview.errors import Cancelled
from facereview.faces import BUFFALO_L, ZOO
from facereview.records import Creator, Embedding, RejectReason, SourceType
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence import fitting
from facereview.review.evidence.certainty import Origin
from facereview.review.evidence.fitting import Fitter, calibrated, units_of
from facereview.review.evidence.gallery import BULK, Decided, Gallery
from facereview.review.evidence.records import Template, Track
from facereview.review.evidence.shipped import shipped
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.creators import ReferenceMatrix
from facereview.store.store import Store
from support import detection, direction, match_by_machine, near, pack, video_info

ANN, BOB = 1, 2
ENOUGH, ALONE = 8, 3.0


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fitting, "ENOUGH", ENOUGH)
    monkeypatch.setattr(fitting, "ALONE", ALONE)
    yield


# ------------------------------------------------------------------------------- what is a unit


def decided_faces(*rows: tuple[int, int, Embedding]) -> Decided:
    """(creator, video, embedding) of faces that were looked at."""
    count = len(rows)
    return Decided(
        np.asarray([row[0] for row in rows], np.int32),
        np.asarray([row[1] for row in rows], np.int32),
        np.asarray([row[2] for row in rows], np.float32).reshape(count, 512),
        np.full(count, 0.8, np.float32),
        np.zeros(count, bool),
    )


def gallery(*decided: tuple[int, int, Embedding]) -> Gallery:
    """Ann and Bob have a reference each; others are known by decided faces only."""
    vectors = np.stack([direction(0), direction(1)])
    return Gallery(ReferenceMatrix(np.arange(2), np.asarray([ANN, BOB], np.int32), vectors),
                   decided_faces(*decided))  # fmt: skip


def track(face: int, embedding: Embedding, video: int = 9, **said: object) -> Track:
    template = Template(embedding, 1.0, 90.0, 0.8)
    return Track(video, (face,), (1.0,), template, **said)  # type: ignore[arg-type]


def test_a_named_track_is_right_where_it_is_nearest_to_its_creator() -> None:
    near_ann = near(0, 0.6)
    units = units_of(
        [track(1, near_ann, creator_id=ANN), track(2, near_ann, creator_id=BOB)],
        gallery(), {1: True, 2: True},
    )  # fmt: skip
    assert units.right.tolist() == [True, False]
    assert units.similarity == pytest.approx(0.6, abs=1e-4)
    assert units.margin == pytest.approx(0.6, abs=1e-4)
    assert units.creators.tolist() == [2, 2]
    assert units.people.tolist() == [ANN, BOB]


def test_a_track_does_not_speak_for_itself() -> None:
    """What was decided in its own video is left out: of somebody not known elsewhere, nothing."""
    own = near(5, 0.9)
    known = gallery((ANN, 9, own), (3, 9, near(7, 0.9, 1)))
    units = units_of(
        [track(1, own, creator_id=ANN), track(2, near(7, 0.9, 1), creator_id=3)],
        known, {1: True, 2: True},
    )  # fmt: skip
    assert units.similarity[0] < 0.1
    assert units.right.tolist()[1] is False
    elsewhere = units_of([track(1, own, video=8, creator_id=ANN)], known, {1: True})
    assert elsewhere.similarity[0] > units.similarity[0] + 0.1


def test_strangers_and_denied_tracks_are_wrong_and_the_rest_is_unknown() -> None:
    near_ann = near(0, 0.6)
    units = units_of(
        [
            track(1, near_ann, stranger=True),
            track(2, near_ann, denied=frozenset({ANN})),
            track(3, near_ann, denied=frozenset({BOB})),
            track(4, near_ann),
            track(5, np.zeros(512, np.float32), stranger=True),
        ],
        gallery(), {1: True, 5: True},
    )  # fmt: skip
    assert units.right.tolist() == [False, False]
    assert len(set(units.people.tolist())) == 2


def test_what_was_decided_in_bulk_counts_less_and_unseen_faces_not_at_all() -> None:
    tracks = [track(face, near(0, 0.6), creator_id=ANN) for face in (1, 2, 3)]
    assert units_of(tracks, gallery(), {1: True, 2: False}).weight.tolist() == [1.0, BULK]


def test_without_creators_there_is_nothing_to_be_right_about() -> None:
    nobody = Gallery(
        ReferenceMatrix(np.zeros(0, int), np.zeros(0, np.int32), np.zeros((0, 512), np.float32)),
        decided_faces(),
    )
    assert len(units_of([track(1, near(0, 0.6), stranger=True)], nobody, {1: True})) == 0


# -------------------------------------------------------------------------------- in a library


@dataclass
class Videos:
    """A library of videos with one face each; Ann and Bob have a reference."""

    store: Store
    history: History
    people: list[Creator]
    faces: list[int] = field(default_factory=list)

    def add(self, count: int, axis: int, similarity: float) -> list[int]:
        """Videos with a face like somebody."""
        made = []
        for seed in range(len(self.faces), len(self.faces) + count):
            video = self.store.videos.add(video_info(f"/videos/{seed}.mp4"))
            made.append(self.store.videos.add_face(video, detection(near(axis, similarity, seed))))
            self.faces.append(made[-1])
        TrackUpdater(self.store, 0.4).up_to_date()
        return made

    def say(self, kind: Kind, faces: Sequence[int], **more: object) -> None:
        """Decide these faces together."""
        now = self.store.faces.get(faces)
        seen = tuple(Seen(i, now[i].video_id, now[i].state, 0.5) for i in faces)
        assert self.history.apply(Intent(kind, seen, **more)) is not None  # type: ignore[arg-type]

    def name(self, faces: Sequence[int], creator: int = 0) -> None:
        """Name each by a key of its own."""
        for face in faces:
            self.say(Kind.ASSIGN, [face], creator=self.people[creator])

    def reject(self, faces: Sequence[int]) -> None:
        """Reject each as a stranger."""
        for face in faces:
            self.say(Kind.REJECT, [face], reason=RejectReason.STRANGER)

    def undo(self, times: int = 1) -> None:
        for _ in range(times):
            assert self.history.apply(Intent(Kind.UNDO)) is not None

    def fit(self, pack: str = ZOO) -> tuple[Origin, int] | None:
        """Where the calibration then in force is from, and its units beyond the pack's."""
        found = Fitter(self.store, pack).fit()
        own = shipped(pack)
        if found is None:
            return None
        return found.origin, found.calibration.units - (own.units if own else 0)


@pytest.fixture
def library(store: Store) -> Videos:
    people = [store.creators.find_or_add(name) for name in ("Ann", "Bob")]
    for axis, creator in enumerate(people):
        store.creators.add_reference(creator.id, direction(axis), SourceType.MANUAL, None, 0.9)
    return Videos(store, History(store, "me", pack), people)


def test_too_few_decisions_leave_the_packs_calibration(library: Videos) -> None:
    library.name(library.add(ENOUGH - 1, 0, 0.7))
    assert library.fit() == (Origin.SHIPPED, 0)
    library.name(library.add(1, 0, 0.7))
    assert library.fit() == (Origin.LIBRARY, ENOUGH)


def test_an_undo_is_out_of_the_next_fit(library: Videos) -> None:
    library.name(library.add(5, 0, 0.7))
    library.reject(library.add(5, 9, 0.7))
    assert library.fit() == (Origin.LIBRARY, 10)
    before = calibrated(library.store, ZOO)
    library.undo(2)
    assert library.fit() == (Origin.LIBRARY, 8)
    assert before is not None
    library.undo(2)
    assert library.fit() == (Origin.SHIPPED, 0)
    for _ in range(4):
        library.history.apply(Intent(Kind.REDO))
    assert library.fit() == (Origin.LIBRARY, 10)
    again = calibrated(library.store, ZOO)
    assert again is not None
    assert again.calibration == before.calibration


def test_a_machines_matches_say_nothing_until_they_are_confirmed(library: Videos) -> None:
    faces = library.add(ENOUGH, 0, 0.7)
    match_by_machine(library.store, faces, library.people[0])
    assert library.fit() == (Origin.SHIPPED, 0)
    for face in faces:
        library.say(Kind.CONFIRM, [face])
    assert library.fit() == (Origin.LIBRARY, ENOUGH)


def test_faces_decided_by_one_key_count_half(library: Videos) -> None:
    faces = library.add(2 * ENOUGH, 0, 0.7)
    library.say(Kind.ASSIGN, faces, creator=library.people[0])
    assert library.fit() == (Origin.LIBRARY, ENOUGH)


def test_not_this_person_is_a_wrong_name(library: Videos) -> None:
    faces = library.add(ENOUGH, 0, 0.5)
    for face in faces:
        library.say(Kind.NOT_PERSON, [face], creator=library.people[0])
    assert library.fit() == (Origin.LIBRARY, ENOUGH)
    found, own = calibrated(library.store, ZOO), shipped(ZOO)
    assert found is not None
    assert own is not None
    probe = (0.45, 0.3, 1, 120, 2)
    assert found.calibration.risk(*probe)[0] > own.risk(*probe)[0]


def test_another_pack_needs_strangers_as_well(library: Videos) -> None:
    library.name(library.add(ENOUGH, 0, 0.7))
    assert library.fit(BUFFALO_L) is None
    library.reject(library.add(int(ALONE), 9, 0.7))
    assert library.fit(BUFFALO_L) == (Origin.LIBRARY, ENOUGH + int(ALONE))
    library.undo()
    assert library.fit(BUFFALO_L) is None


def test_it_is_fitted_again_after_enough_decisions(library: Videos) -> None:
    fitter = Fitter(library.store, ZOO)
    faces = library.add(ENOUGH + 1, 0, 0.7)
    library.name(faces[:-2])
    assert not fitter.due()
    library.name(faces[-2:-1])
    assert fitter.due()
    fitter.fit()
    assert not fitter.due()
    assert Fitter(library.store, BUFFALO_L).due()
    library.undo(ENOUGH)
    assert fitter.due()


def test_a_fit_that_is_stopped_changes_nothing(library: Videos) -> None:
    library.name(library.add(ENOUGH, 0, 0.7))
    fitter = Fitter(library.store, ZOO)
    with pytest.raises(Cancelled):
        fitter.fit(cancelled=lambda: True)
    assert fitter.due()
    assert calibrated(library.store, ZOO) == calibrated(library.store, ZOO)
    assert library.store.calibrations.latest(ZOO) is None


def test_a_calibration_of_another_version_does_not_count(store: Store) -> None:
    store.calibrations.add(ZOO, "library", {"units": 900, "people": 9, "trees": []})
    found = calibrated(store, ZOO)
    assert found is not None
    assert (found.origin, found.calibration) == (Origin.SHIPPED, shipped(ZOO))
