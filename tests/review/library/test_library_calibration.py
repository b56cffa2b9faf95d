"""A library's calibration is fitted again after decisions, and what was settled is judged anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from library_support import opened

from facereview.errors import Cancelled
from facereview.records import FaceState, RejectReason, SourceType, Status
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence import fitting
from facereview.review.evidence.track_update import TrackUpdater
from facereview.review.library.calibration import LibraryCalibration
from facereview.review.library.opening import OpenLibrary
from facereview.store.evidence import SettledFace
from facereview.store.log import Step
from facereview.store.store import Store
from support import detection, direction, near, video_info

ENOUGH = 40


@pytest.fixture
def library(
    tmp_path: Path, library_url: str, zoo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenLibrary]:
    monkeypatch.setattr(fitting, "ENOUGH", ENOUGH)
    made = opened(tmp_path / "home", library_url, zoo_pack)
    yield made
    made.close()


def add_faces(store: Store, count: int, axis: int, similarity: float) -> list[int]:
    """Videos with a face each."""
    known = sum(store.tracks.all_videos().values())
    made = []
    for seed in range(known, known + count):
        video = store.videos.add(video_info(f"/videos/{seed}.mp4"))
        made.append(store.videos.add_face(video, detection(near(axis, similarity, seed))))
    TrackUpdater(store, 0.36).up_to_date()
    return made


def reject_each(store: Store, faces: list[int]) -> None:
    decisions = Decisions(store, "me")
    for face in faces:
        now = store.faces.get([face])[face]
        seen = (Seen(face, now.video_id, now.state),)
        decisions.apply(Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER))


def settle(store: Store, face: int, creator: int) -> None:
    """As the machine does at 1 in 100, with a calibration that finds it sure."""
    log, now = store.log, store.faces.get([face])[face]
    batch = log.add_batch(uuid4().hex, "facereview", "automatic")
    assert batch is not None
    after = FaceState(Status.MATCHED, creator, 0.5)
    log.write(batch, [Step(face, now.video_id, now.state, after)])
    log.mark_automatic([(face, batch)])
    store.evidence.settle(batch, [SettledFace(face, creator, 0.008)], 1 / 100, None)


def refit(library: OpenLibrary) -> bool:
    calibration = LibraryCalibration(library)
    return calibration.refit(on_progress=lambda _: None, cancelled=lambda: False)


def test_what_a_new_fit_makes_doubtful_is_to_be_checked_first(library: OpenLibrary) -> None:
    """Strangers turn out to be as like Ann as a face that was settled as her."""
    with library.store() as store:
        ann, bob = (store.creators.find_or_add(name) for name in ("Ann", "Bob"))
        for axis, creator in enumerate((ann, bob)):
            store.creators.add_reference(creator.id, direction(axis), SourceType.MANUAL, None, 0.9)
        (face,) = add_faces(store, 1, 0, 0.5)
        settle(store, face, ann.id)
        strangers = add_faces(store, ENOUGH, 0, 0.55)
        reject_each(store, strangers[:-1])
        assert not refit(library)
        (group,) = store.checks.groups()
        assert group.doubtful == 0
        reject_each(store, strangers[-1:])
        assert refit(library)
        (group,) = store.checks.groups()
        assert (group.creator_id, group.size, group.doubtful) == (ann.id, 1, 1)
        assert store.faces.get([face])[face].state.status is Status.MATCHED
        assert not refit(library)


def test_a_fit_can_be_cancelled(library: OpenLibrary) -> None:
    with library.store() as store:
        store.creators.add_reference(
            store.creators.find_or_add("Ann").id, direction(0), SourceType.MANUAL, None, 0.9
        )
        reject_each(store, add_faces(store, ENOUGH, 0, 0.55))
        with pytest.raises(Cancelled):
            LibraryCalibration(library).refit(on_progress=lambda _: None, cancelled=lambda: True)
        assert store.calibrations.latest("zoo") is None
