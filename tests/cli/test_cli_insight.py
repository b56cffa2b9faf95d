"""facereview insight."""

from __future__ import annotations

from cli_support import Facereview

from facereview.review.decisions.decide import Decisions
from facereview.store.store import Store
from support import judge, make_faces, match_by_machine


def test_progress_says_what_was_done_and_what_is_unknown(
    facereview: Facereview, store: Store
) -> None:
    faces = make_faces(store)
    assert Decisions(store, "me").apply(faces.accept(0))
    match_by_machine(store, faces.ids[1:3], faces.ann)
    found = facereview.json("insight", "progress")
    assert (found["pending"], found["faces"], found["minutes_left"]) == (2, 5, 2.0)
    assert found["videos"] == {"videos": 1, "tagged": 1, "by_others": 0}
    assert found["wrong"] == {
        "unchecked": 2, "known": 0, "together": 0, "expected": 0.0, "standard_deviation": 0.0
    }  # fmt: skip
    assert [day["pending"] for day in found["days"]] == [2]
    assert [(c["curator"], c["faces"]) for c in found["curators"]] == [("me", 1)]
    shown = facereview("insight", "progress").stdout
    assert "wrong names expected        unknown" in shown


def test_progress_of_an_empty_library(facereview: Facereview, store: Store) -> None:
    found = facereview.json("insight", "progress")
    assert (found["pending"], found["days"], found["curators"]) == (0, [], [])
    assert "facereview scan" in facereview("insight", "progress").stdout


def test_thresholds_replays_decisions_and_says_what_would_change(
    facereview: Facereview, store: Store
) -> None:
    faces = make_faces(store)
    assert Decisions(store, "me").apply(faces.accept(0, 1))
    assert Decisions(store, "me").apply(faces.accept(2, creator=faces.bob))
    found = facereview.json("insight", "thresholds", "--suggest", "0.4", "--match", "0.7")
    assert (found["decisions"], found["settled"], found["wrong"]) == (3, 3, 1)
    [error] = found["errors"]
    assert (error["face"], error["truth"], error["taken_for"]) == (faces.ids[2], "Bob", "Ann")
    assert (sum(bar["right"] for bar in found["histogram"]), found["change"]) == (2, None)
    now = facereview.json("insight", "thresholds", "--match", "0.7", "--dry-run")["change"]
    assert now == {"settled": faces.ids[3:], "taken_back": [], "renamed": []}
    shown = facereview("insight", "thresholds", "--match", "0.7", "--dry-run").stdout
    assert "right names, 95 % interval  66.67 % (" in shown
    assert "Now 2 more would be settled, 0 taken back to pending." in shown
    assert store.library.counts().pending == 2


def test_thresholds_of_another_kind_are_refused(facereview: Facereview, store: Store) -> None:
    assert store.library.counts().faces == 0
    assert "must not exceed" in facereview.fails(
        "insight", "thresholds", "--suggest", "0.8", "--match", "0.7"
    )
    assert "no calibration" in facereview.fails("insight", "thresholds", "--error-rate", "1/100")
    both = facereview("insight", "thresholds", "--error-rate", "1/100", "--match", "0.7")
    assert both.exit_code == 2
    assert facereview.json("insight", "thresholds")["precision"] == {
        "share": None, "low": 0.0, "high": 1.0
    }  # fmt: skip


def test_creators_names_who_is_like_whom_and_who_is_least_certain(
    facereview: Facereview, store: Store
) -> None:
    faces = make_faces(store)
    match_by_machine(store, faces.ids[:2], faces.ann)
    judge(store, faces.ids[:2], faces.ann, 0.25)
    found = facereview.json("insight", "creators")
    assert [(c["creator"], c["references"], c["unchecked"]) for c in found["creators"]] == [
        ("Ann", 1, 2),
        ("Bob", 1, 0),
    ]
    assert found["creators"][0]["nearest"] == "Bob" and found["unnamed"] == 3
    assert [(p["first"], p["second"]) for p in found["pairs"]] == [("Ann", "Bob")]
    shown = facereview("insight", "creators").stdout
    assert "25.00 %" in shown and "with a reference" in shown


def test_creators_of_an_empty_library(facereview: Facereview, store: Store) -> None:
    assert facereview.json("insight", "creators") == {"creators": [], "pairs": [], "unnamed": 0}
