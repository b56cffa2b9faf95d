"""Past decisions replayed at other thresholds and error rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from replayed import Decided, decided, like

from facereview.errors import Cancelled
from facereview.records import SourceType
from facereview.review.decisions.intents import Kind
from facereview.review.insight.replay import replay
from facereview.review.insight.thresholds import RIGHT, WRONG, ByRate, ByThresholds, NamedError
from facereview.store.store import Store
from support import by_rate, detection, match_by_machine


@pytest.fixture
def library(store: Store) -> Decided:
    """Ann is in one video, somebody like Bob in another, and a face that nobody decided."""
    made = decided(store)
    made.act(Kind.ASSIGN, made.add("ann", like(0, 0.75, 4)), made.ann)
    made.act(Kind.REJECT, made.add("stranger", like(1, 0.6, seed=1)))
    made.add("open", like(0, 0.8, seed=2))
    return made


def test_right_and_wrong_names_are_counted_from_a_threshold_on(library: Decided) -> None:
    shown = library.replay()
    strict = shown.at(ByThresholds(0.5, 0.7))
    assert (strict.decisions, len(strict.settled), len(strict.wrong)) == (5, 4, 0)
    assert (strict.precision.right, strict.precision.count) == (4, 4)
    assert (strict.suggestion.right, strict.suggestion.count) == (4, 5)
    loose = shown.at(ByThresholds(0.5, 0.6))
    assert (len(loose.settled), len(loose.wrong)) == (5, 1)
    assert len(shown.at(ByThresholds(0.76, 0.76)).suggested) == 0


def test_an_error_says_who_it_is_and_for_whom_it_would_be_taken(library: Decided) -> None:
    shown = library.replay()
    [error] = shown.errors(shown.at(ByThresholds(0.5, 0.6)))
    bobs = library.store.creators.matrix().ids[1]
    [face] = library.store.faces.queue("rejected")
    video = library.videos["stranger"]
    assert error.similarity == pytest.approx(0.6, abs=1e-4)
    expected = NamedError(face, video, None, True, "Bob", error.similarity, bobs, None)
    assert error == expected


def test_what_was_undone_or_matched_by_the_machine_is_not_replayed(library: Decided) -> None:
    library.act(Kind.ASSIGN, library.add("undone", like(1, 0.9, seed=3)), library.bob)
    library.undo()
    match_by_machine(library.store, library.add("auto", like(1, 0.9, seed=4)), library.bob)
    assert library.replay().at(ByThresholds(0, 0)).decisions == 5


def test_a_denied_name_is_wrong_and_of_another_nobody_knows(library: Decided) -> None:
    [face] = library.add("denied", like(1, 0.9, seed=3))
    library.act(Kind.NOT_PERSON, [face], library.bob)
    shown = library.replay()
    outcome = shown.at(ByThresholds(0.5, 0.7))
    [error] = shown.errors(outcome)
    assert (error.face, error.truth, error.stranger, error.taken_for) == (face, None, False, "Bob")
    [other] = library.add("other", like(0, 0.9, seed=4))
    library.act(Kind.NOT_PERSON, [other], library.bob)
    assert library.replay().at(ByThresholds(0.5, 0.7)).decisions == outcome.decisions


def test_a_reference_of_the_same_video_has_no_part_in_it(library: Decided) -> None:
    [vector] = like(2, 1.0)
    faces = library.add("carol", [vector])
    carol = library.store.creators.find_or_add("Carol")
    library.act(Kind.ASSIGN, faces, carol)
    own = library.store.creators.add_reference(carol.id, vector, SourceType.VIDEO_FRAME, None, 0.9)
    library.store.references.add_origin(own, "me", detection=faces[0], picture=False)
    shown = library.replay()
    [place] = np.flatnonzero(shown.decisions.faces == faces[0])
    for guesses in (shown.by_face, shown.by_track):
        assert guesses is not None
        assert guesses.creators[place] != carol.id
    [elsewhere] = library.add("carol again", like(2, 0.9, seed=9))
    library.act(Kind.ASSIGN, [elsewhere], carol)
    again = library.replay()
    [place] = np.flatnonzero(again.decisions.faces == elsewhere)
    assert again.by_face.creators[place] == carol.id
    assert again.by_face.similarities[place] == pytest.approx(0.9, abs=1e-4)


def test_of_a_frame_only_the_most_similar_face_is_matched(library: Decided) -> None:
    video = library.videos["ann"]
    before = len(library.replay().at(ByThresholds(0.5, 0.6)).settled)
    twin = library.store.videos.add_face(video, detection(like(0, 0.65, seed=5)[0], at=10.0))
    library.act(Kind.REJECT, [twin])
    after = library.replay().at(ByThresholds(0.5, 0.6))
    assert (len(after.settled), after.decisions) == (before, 6)


def test_an_error_rate_settles_tracks_without_what_they_taught(library: Decided) -> None:
    shown = library.replay()
    assert shown.by_track is not None
    sure = shown.at(ByRate(0.02))
    assert (len(sure.settled), len(sure.wrong)) == (4, 0)
    assert len(set(shown.decisions.tracks[sure.settled].tolist())) == 1
    none = shown.at(ByRate(1e-6))
    assert len(none.settled) == 0
    assert none.precision.value is None
    all_of_them = shown.at(ByRate(0.5))
    assert [e.taken_for for e in shown.errors(all_of_them)] == ["Bob"]
    [error] = shown.errors(all_of_them)
    assert error.risk == pytest.approx(float(shown.by_track.risks[all_of_them.wrong[0]]))


def test_only_the_own_video_of_a_creator_is_nothing_to_go_by(library: Decided) -> None:
    carol = library.store.creators.find_or_add("Carol")
    faces = library.add("carol", like(2, 0.9, 3, seed=6))
    library.act(Kind.ASSIGN, faces, carol)
    shown = library.replay()
    assert shown.by_track is not None
    places = np.isin(shown.decisions.faces, faces)
    assert carol.id not in shown.by_track.creators[places].tolist()
    library.act(Kind.ASSIGN, library.add("carol again", like(2, 0.9, 3, seed=7)), carol)
    again = library.replay()
    assert again.by_track is not None
    places = np.isin(again.decisions.faces, faces)
    assert again.by_track.creators[places].tolist() == [carol.id] * 3


def test_without_a_calibration_only_thresholds_are_replayed(library: Decided) -> None:
    shown = library.replay(replace(by_rate(), known=None))
    assert len(shown.at(ByThresholds(0.5, 0.7)).settled) == 4
    with pytest.raises(ValueError, match="calibration"):
        shown.at(ByRate(0.01))


def test_the_histogram_holds_every_decision_once(library: Decided) -> None:
    shown = library.replay()
    bars = shown.histogram()
    assert (bars.right.sum(), bars.wrong.sum()) == (4, 1)
    assert bars.wrong[30] + bars.wrong[29] == 1
    every = [
        face
        for low, high in zip(bars.edges[:-1], bars.edges[1:], strict=True)
        for verdict in (RIGHT, WRONG)
        for face in shown.faces(shown.between(low, high, verdict))
    ]
    assert sorted(every) == sorted(shown.decisions.faces.tolist())


def test_nothing_decided_is_no_error(store: Store) -> None:
    shown = replay(store, by_rate())
    outcome = shown.at(ByThresholds(0.5, 0.7))
    assert (outcome.decisions, outcome.precision.value) == (0, None)
    assert (outcome.precision.low, outcome.precision.high) == (0.0, 1.0)
    assert shown.histogram().right.sum() == 0


def test_a_replay_tells_how_far_it_is_and_stops(library: Decided) -> None:
    told: list[int] = []
    replay(library.store, by_rate(), on_progress=lambda p: told.append(p.done))
    assert told == [0, 2]
    with pytest.raises(Cancelled):
        replay(library.store, by_rate(), cancelled=lambda: True)
