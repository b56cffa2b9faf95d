"""What a row of the cast sheet says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facereview.records import Box, Chance, Creator, Face, FaceState, Status, Sureness
from facereview.review.cast.records import CastRow, Company, RowKind
from facereview.ui.cast import wording
from facereview.ui.cast.cursor import strip

RAJ, HOWARD = Creator(1, "Raj"), Creator(2, "Howard")
FACES = tuple(
    Face(n, 1, 10.0 * n, Box(1, 1, 9, 9), 0.8, FaceState(Status.PENDING)) for n in (1, 2, 3)
)
UNKNOWN = CastRow(RowKind.OPEN, FACES, (3, 1))
SURE = replace(
    UNKNOWN,
    kind=RowKind.SURE,
    creator=RAJ,
    agree=3,
    undecided=3,
    chance=Chance(Sureness.SURE, 0.0025, 1200),
)
LIKELY = replace(
    SURE,
    kind=RowKind.LIKELY,
    chance=Chance(Sureness.LIKELY, 1 / 14, 1200),
    rival=HOWARD,
    rival_similarity=0.31,
)
NOBODY: frozenset[int] = frozenset()


def said(row: CastRow, tags: frozenset[int] = NOBODY) -> tuple[str, str, str]:
    return wording.certain(row), wording.risk(row), wording.reason(row, tags)


def test_a_sure_row_says_how_many_agree_and_no_more_than_the_data_carry() -> None:
    assert said(SURE) == (
        "sure",
        "wrong in under 1 of 400",
        "3 of 3 agree; fewer than 1 in 400 such were wrong",
    )
    counted = replace(SURE, chance=Chance(Sureness.SURE, 0.005, 3000))
    assert said(counted) == ("sure", "wrong in 1 of 200", "3 of 3 agree")
    newer = replace(counted, agree=0)
    assert said(newer) == ("sure", "wrong in 1 of 200", "")
    assert said(replace(SURE, chance=None)) == ("sure", "matched automatically", "3 of 3 agree")


def test_a_likely_row_names_the_rival_and_the_frame_that_shows_both() -> None:
    assert said(LIKELY) == ("likely", "wrong in 1 of 14", "3 of 3 agree; or Howard .31")
    both = replace(LIKELY, both_at=1018.0)
    assert wording.reason(both, NOBODY) == ("3 of 3 agree; or Howard .31, both are in frame 16:58")
    assert wording.risk(replace(LIKELY, chance=None, similarity=0.6)) == "similarity .60"


def test_somebody_unknown_is_told_by_where_else_they_are_and_how_clear() -> None:
    assert said(UNKNOWN) == ("open", "nobody known", "")
    assert wording.reason(replace(UNKNOWN, elsewhere=3), NOBODY) == "also in 3 other videos"
    blurred = tuple(replace(face, quality=0.2) for face in FACES)
    poor = replace(UNKNOWN, faces=blurred, elsewhere=1)
    assert wording.reason(poor, NOBODY) == ("also in 1 other video; small, blurred or turned away")
    doubtful = replace(UNKNOWN, creator=RAJ, undecided=3)
    assert said(doubtful) == ("open", "not known how sure", "the machine's match is doubtful")


def test_the_librarys_tags_are_compared_where_it_has_some() -> None:
    assert wording.reason(LIKELY, frozenset({1})).endswith("; tagged by the library")
    assert wording.reason(LIKELY, frozenset({9})).endswith("; new among the tags")
    assert wording.reason(UNKNOWN, frozenset({9})) == ""


def test_rows_are_named_by_creators_or_numbered() -> None:
    decided = replace(SURE, kind=RowKind.DECIDED, faces=(replace(FACES[0], id=10),))
    others = [replace(UNKNOWN, faces=(replace(FACES[0], id=number),)) for number in (20, 30)]
    likely = replace(LIKELY, faces=(replace(FACES[0], id=40),))
    rejected = replace(UNKNOWN, kind=RowKind.REJECTED, faces=(replace(FACES[0], id=25),))
    rows = [decided, others[0], rejected, likely, others[1]]
    assert wording.names(rows) == {
        10: "Raj",
        20: "Person 1",
        25: "Rejected",
        40: "Raj ?",
        30: "Person 2",
    }
    assert said(decided)[:2] == ("decided", "by a person")
    assert said(rejected)[:2] == ("rejected", "by a person")


def test_a_row_is_read_aloud_as_a_whole_and_by_its_faces() -> None:
    assert wording.spoken(LIKELY, "Raj ?", 2, NOBODY) == (
        "Raj ?, likely, wrong in 1 of 14, 3 of 3 agree; or Howard .31, 3 faces, 1 unticked"
    )
    assert wording.spoken_face(LIKELY, FACES[0], 2, ticked=False) == (
        "face 2 of 3 at 0:10, not ticked"
    )


def test_the_clearest_faces_stand_first() -> None:
    assert [face.id for face in strip(UNKNOWN)] == [3, 1, 2]


@pytest.mark.parametrize(
    ("together", "text"), [((9, 7), "Raj (9 videos), Howard (7)"), ((1,), "Raj (1 video)")]
)
def test_company_is_counted_in_videos(together: tuple[int, ...], text: str) -> None:
    people = zip((RAJ, HOWARD), together, strict=False)
    assert wording.company([Company(one, times) for one, times in people]) == text


def test_a_very_long_name_leaves_room_for_the_others() -> None:
    long = Creator(3, "Wolfeschlegel " * 20)
    text = wording.company([Company(long, 4), Company(RAJ, 2)])
    assert text.startswith("Wolfeschlegel Wolfeschlegel Wolfeschlege")
    assert text.endswith("… (4 videos), Raj (2)") and len(text) < 80
