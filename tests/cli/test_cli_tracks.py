"""``facereview tracks``: linking from the command line."""

from __future__ import annotations

import pytest
from cli_support import Facereview, sentence

from facereview.records import Progress
from facereview.review.evidence import track_update
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.store import Store
from support import detection, make_faces, near, video_info


@pytest.fixture
def library(store: Store) -> int:
    """Five faces of Ann, and another in each of two videos."""
    make_faces(store)
    for name in ("two", "three"):
        video = store.videos.add(video_info(f"/videos/{name}.mp4"))
        store.videos.add_face(video, detection(near(1, 0.8)))
    return 7


def test_everything_is_linked_once(facereview: Facereview, library: int) -> None:
    said = facereview.json("tracks")
    assert (said["videos"], said["faces"], said["changed"]) == (3, library, 3)
    assert (said["tracks_of_library"], said["faces_in_tracks"]) == (3, library)
    assert facereview.json("tracks")["videos"] == 0
    assert facereview.json("tracks", "--from-nothing")["videos"] == 3
    assert "tracks of library" in facereview("tracks").stdout
    status = facereview.json("status")
    assert (status["tracks"], status["faces_in_tracks"]) == (3, library)


def test_what_is_interrupted_is_kept_and_gone_on_with(
    facereview: Facereview, library: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(track_update, "BATCH_VIDEOS", 1)
    told: list[Progress] = []

    def stop(updater: TrackUpdater, **how: object) -> object:
        """As after Ctrl+C, once a video was linked."""
        how["on_progress"] = told.append
        how["cancelled"] = lambda: len(told) == 1
        return whole(updater, **how)  # type: ignore[arg-type]

    whole = TrackUpdater.from_nothing
    monkeypatch.setattr(TrackUpdater, "from_nothing", stop)
    result = facereview("tracks", "--from-nothing")
    assert result.exit_code == 130
    assert "goes on" in sentence(result.stderr)
    assert store.tracks.counts() == (1, 5)
    assert facereview.json("tracks")["videos"] == 2
    assert store.tracks.counts() == (3, library)
