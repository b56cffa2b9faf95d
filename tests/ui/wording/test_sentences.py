from __future__ import annotations

import math

import pytest

from facereview.records import Creator, FaceState, RejectReason, Status
from facereview.review.decisions.intents import (
    Change,
    Conflict,
    Intent,
    Kind,
    Outcome,
    Seen,
    Undoable,
)
from facereview.ui.wording import decisions as sentences

RAJ = Creator(2, "Raj")
PENDING = FaceState(Status.PENDING)


def seen(count: int) -> tuple[Seen, ...]:
    return tuple(Seen(n, 1, PENDING) for n in range(count))


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        (Intent(Kind.ACCEPT, seen(1), creator=RAJ), "undo: accepted Raj"),
        (Intent(Kind.ACCEPT, seen(7), creator=RAJ), "undo: 7 faces accepted as Raj"),
        (Intent(Kind.ASSIGN, seen(1), creator=RAJ), "undo: assigned Raj"),
        (Intent(Kind.NOT_PERSON, seen(1), creator=RAJ), "undo: not Raj"),
        (Intent(Kind.REJECT, seen(1), reason=RejectReason.STRANGER), "undo: rejected: stranger"),
        (
            Intent(Kind.REJECT, seen(2), reason=RejectReason.NOT_A_FACE),
            "undo: 2 faces rejected: not a face",
        ),
        (Intent(Kind.REJECT, seen(1), reason=RejectReason.UNUSABLE), "undo: rejected"),
    ],
)
def test_the_last_decision_in_few_words(intent: Intent, text: str) -> None:
    assert sentences.outcome_label(Outcome(intent, True)) == text


def test_what_could_be_undone_after_a_restart() -> None:
    assert sentences.undoable_label(None) == ""
    for act, text in (
        (Undoable(Kind.ACCEPT, RAJ), "accepted Raj"),
        (Undoable(Kind.ASSIGN, RAJ, 20), "20 faces assigned to Raj"),
        (Undoable(Kind.NOT_PERSON, RAJ, 2), "2 faces are not Raj"),
        (Undoable(Kind.REJECT, None, reason=RejectReason.STRANGER), "rejected: stranger"),
        (Undoable(Kind.SKIP, None), "skipped a face"),
        (Undoable(Kind.SKIP, None, 3), "skipped 3 faces"),
        (Undoable(Kind.JOIN, None, 2), "joined 2 clusters"),
        (Undoable(Kind.SPLIT, None, 1), "split 1 face off a cluster"),
        (Undoable(Kind.LATER, None), "postponed a cluster"),
        (Undoable(Kind.DIFFERENT, None, 2), "told 2 clusters apart"),
        (Undoable(Kind.PROMOTE, RAJ, 3), "made 3 references from faces of Raj"),
        (Undoable(Kind.RETIRE, RAJ, 1), "retired 1 reference of Raj"),
        (Undoable(Kind.RENAME, RAJ, names=("Katie", "Kate")), "renamed Katie to Kate"),
        (Undoable(Kind.MERGE, RAJ, names=("Amy", "Raj")), "merged Amy into Raj"),
        (Undoable(Kind.CREATE, None, names=("Kate",)), "created Kate"),
    ):
        assert sentences.undoable_label(act) == f"undo: {text}"


@pytest.mark.parametrize(
    ("now", "name", "text"),
    [
        (
            FaceState(Status.MANUAL, 2),
            "Raj",
            "Somebody else has already decided this face: it is Raj. Their decision stands.",
        ),
        (
            FaceState(Status.REJECTED),
            None,
            "Somebody else has already rejected this face. Their decision stands.",
        ),
        (
            PENDING,
            None,
            "Somebody else has changed this face: it stays pending and comes back at the end.",
        ),
        (None, None, "A face is no longer in the library: nothing was changed."),
    ],
)
def test_whose_decision_stands(now: FaceState | None, name: str | None, text: str) -> None:
    one = Conflict(1, now, name)
    assert sentences.conflict(Outcome(Intent(Kind.REJECT), True, conflicts=(one,))) == text
    three = Outcome(Intent(Kind.REJECT), True, conflicts=(one, one, one))
    assert sentences.conflict(three) == f"{text} (and 2 more)"


def test_undo_and_redo_say_what_they_did() -> None:
    changes = tuple(Change(n, 1, PENDING, PENDING) for n in range(3))
    act = Undoable(Kind.ACCEPT, RAJ, 3)
    undo = Outcome(Intent(Kind.UNDO), True, changes, undone=Kind.ACCEPT, about=act)
    assert sentences.reverted(undo) == "Undone: 3 faces accepted as Raj"
    one = Undoable(Kind.ASSIGN, RAJ)
    redo = Outcome(Intent(Kind.REDO), True, changes[:1], undone=Kind.ASSIGN, about=one)
    assert sentences.reverted(redo) == "Redone: assigned Raj"
    waits = Outcome(Intent(Kind.UNDO), False, changes, about=act, later=True)
    assert sentences.reverted(waits) == (
        "Will be undone when the database is available: 3 faces accepted as Raj"
    )
    nothing = Outcome(Intent(Kind.UNDO), True, about=one, overtaken=True)
    assert sentences.reverted(nothing) == (
        "Nothing was undone: “assigned Raj” has been changed since and was kept."
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.814, ".81"), (1.0, "1.00"), (0.0, ".00"), (-0.05, "−.05"), (-0.001, ".00")],
)
def test_similarities_are_short(value: float, text: str) -> None:
    assert sentences.score(value) == text


@pytest.mark.parametrize(
    ("seconds", "short", "long"),
    [
        (0, "0:00", "00:00:00"),
        (192.9, "3:12", "00:03:12"),
        (3727, "1:02:07", "01:02:07"),
        (36000, "10:00:00", "10:00:00"),
        (-5, "0:00", "00:00:00"),
        (math.nan, "0:00", "00:00:00"),
        (math.inf, "99:59:59", "99:59:59"),
    ],
)
def test_times_as_a_player_shows_them(seconds: float, short: str, long: str) -> None:
    assert (sentences.clock(seconds), sentences.long_clock(seconds)) == (short, long)
