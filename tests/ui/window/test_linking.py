"""Linking the faces of a library beside the window: by itself, on request, cancelled, gone on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cluster_support import until
from pytestqt.qtbot import QtBot
from whole_window import whole_window

from facereview.errors import DatabaseBusy
from facereview.records import Progress
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence import track_update
from facereview.review.evidence.track_update import TrackStep, TrackUpdater
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.tracks import LibraryTracks
from facereview.ui.jobs import tracks
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.tracks import TrackUpdates
from facereview.ui.window.linking import LinkingNotice
from support import detection, make_faces, near, video_info


@pytest.fixture
def updates(library: OpenLibrary, lanes: Lanes) -> Iterator[TrackUpdates]:
    """What links a library of seven faces in three videos, none of which is linked."""
    with library.store() as store:
        make_faces(store)
        for name in ("two", "three"):
            video = store.videos.add(video_info(f"/videos/{name}.mp4"))
            store.videos.add_face(video, detection(near(1, 0.8)))
    yield TrackUpdates(LibraryTracks(library), lanes)
    lanes.shutdown()


@pytest.fixture
def notice(updates: TrackUpdates, qtbot: QtBot) -> LinkingNotice:
    made = LinkingNotice(updates)
    qtbot.addWidget(made)
    return made


def unlinked(library: OpenLibrary) -> int:
    with library.store() as store:
        return library.track_updater(store).scope().faces


def test_a_library_without_tracks_is_linked_by_itself(
    updates: TrackUpdates, notice: LinkingNotice, library: OpenLibrary, qtbot: QtBot
) -> None:
    assert (unlinked(library), notice.isHidden()) == (7, True)
    with qtbot.waitSignal(updates.linked):
        updates._start.start(0)
    assert unlinked(library) == 0 and not updates.running
    assert notice.isHidden()


def test_what_takes_long_is_offered_with_its_time(
    updates: TrackUpdates,
    notice: LinkingNotice,
    library: OpenLibrary,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tracks, "UNASKED_SECONDS", 200.0)
    monkeypatch.setattr(track_update, "FACES_A_SECOND", 7 / 240)
    updates.look()
    until(qtbot, lambda: not notice.isHidden())
    assert unlinked(library) == 7
    assert notice.start.text() == "Link 7 faces (about 4 minutes)"
    assert notice.cancel.isHidden() and notice.text.isHidden()
    notice.start.click()
    until(qtbot, notice.isHidden)
    assert unlinked(library) == 0


def test_it_is_cancelled_and_goes_on_when_asked(
    updates: TrackUpdates,
    notice: LinkingNotice,
    library: OpenLibrary,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(track_update, "BATCH_VIDEOS", 1)
    going_on, linked = threading.Event(), TrackUpdater._link

    def link(updater: TrackUpdater, *args: Any, **how: Any) -> None:
        linked(updater, *args, **how)
        assert going_on.wait(20)

    monkeypatch.setattr(TrackUpdater, "_link", link)
    updates.look()
    until(qtbot, lambda: not notice.cancel.isHidden() and unlinked(library) == 2)
    assert notice.text.text().startswith("linking faces")
    notice.cancel.click()
    assert notice.text.text() == "linking faces: stopping …"
    assert not notice.cancel.isEnabled()
    going_on.set()
    until(qtbot, lambda: not notice.start.isHidden())
    assert notice.start.text().startswith("Link 2 faces")
    with qtbot.waitSignal(updates.changed):
        updates.look()
    assert not updates.running and unlinked(library) == 2
    notice.start.click()
    until(qtbot, notice.isHidden)
    assert unlinked(library) == 0


def test_what_is_too_much_to_follow_is_looked_up(
    updates: TrackUpdates, library: OpenLibrary, qtbot: QtBot
) -> None:
    heard: list[tuple[int, ...]] = []
    updates.followed.connect(heard.append)
    updates._followed((3, 4))
    assert (heard, unlinked(library)) == ([(3, 4)], 7)
    with qtbot.waitSignal(updates.linked):
        updates._followed(None)
    assert (len(heard), unlinked(library)) == (1, 0)


def test_how_far_it_is_and_how_long_it_takes_still_is_shown(
    updates: TrackUpdates, notice: LinkingNotice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updates.throughput, "seconds_left", lambda _total: None)
    updates._went_on(Progress(0, 0, TrackStep.WAITING))
    assert notice.text.text() == "linking faces …"
    updates._went_on(Progress(30, 120, TrackStep.LINKING))
    assert notice.text.text() == "linking faces: 25 %"
    monkeypatch.setattr(updates.throughput, "seconds_left", lambda _total: 180.0)
    updates._went_on(Progress(60, 120, TrackStep.LINKING))
    assert notice.text.text() == "linking faces: 50 % · about 3 minutes left"


def test_a_fault_is_told_only_to_who_asked(
    updates: TrackUpdates, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> None:
        raise DatabaseBusy("The database is busy: try again later.")

    monkeypatch.setattr(TrackUpdater, "up_to_date", busy)
    told: list[Exception] = []
    updates.failed.connect(told.append)
    with qtbot.waitSignal(updates._job.failed):
        updates.look()
    assert told == []
    with qtbot.waitSignal(updates.failed):
        updates.run()
    assert len(told) == 1


def test_the_window_follows_decisions_and_their_undo_at_once(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(tmp_path, library_url) as (opened, _theme):
        opened.tracks._start.stop()
        with opened.library.store() as store:
            opened.library.track_updater(store).from_nothing()
            face = int(store.faces.queue("pending")[0])
            now = store.faces.get([face])[face]
            ann = store.creators.find_or_add("Ann")
            before = store.tracks.linked_to()
        decider = opened.pages.review.controller.decider
        decider.decide(Intent(Kind.ACCEPT, (Seen(face, now.video_id, now.state),), ann))
        with opened.library.store() as store:
            until(qtbot, lambda: store.tracks.linked_to() != before)
            state = store.tracks.linked_to()
            assert state is not None and state.batch == store.clusters.last_batch()
            assert store.faces.get([face])[face].state.creator_id == ann.id
            assert dict(store.tracks.facts([face]))[face].named == ann.id
            decider.undo()
            until(qtbot, lambda: store.tracks.linked_to() != state)
            undone = store.tracks.linked_to()
            assert undone is not None and undone.batch == store.clusters.last_batch()
            assert dict(store.tracks.facts([face]))[face].named is None
        assert opened.window.status.findChild(LinkingNotice) is not None
