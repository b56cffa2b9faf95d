"""How sure a name is, in words: never 0 or 100 of 100, never more than was seen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from facereview.numbers import one_in
from facereview.records import Chance, FaceTrack, Sureness
from facereview.ui.wording import certainty as texts


@pytest.fixture(autouse=True, scope="module")
def _english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("word", "risk", "seen", "said"),
    [
        (Sureness.SURE, 1 / 1300, 90_000, "sure · wrong in 1 of 1,300"),
        (Sureness.LIKELY, 0.07, 1200, "likely · wrong in 1 of 14"),
        (Sureness.LIKELY, float(np.float32(0.1)), 1200, "likely · wrong in 1 of 10"),
        (Sureness.LIKELY, 0.2, 1200, "likely · right in 80 of 100"),
        (Sureness.OPEN, 0.5, 1200, "open · right in 50 of 100"),
        (Sureness.OPEN, 0.9999, 1200, "open · right in fewer than 1 of 100"),
        (Sureness.SURE, 0.0025, 1200, "sure · fewer than 1 in 400, 1,200 seen"),
        (Sureness.OPEN, None, 1200, "open · not known how sure"),
        (Sureness.LIKELY, None, 9, "likely · a person named its track so"),
    ],
)
def test_a_word_and_a_figure(word: Sureness, risk: float | None, seen: int, said: str) -> None:
    assert texts.certainty(Chance(word, risk, seen)) == said


@given(st.floats(1e-7, 1, exclude_max=True))
def test_no_figure_is_better_than_the_risk(risk: float) -> None:
    assert 1 / one_in(risk) >= risk * (1 - 1e-5)
    said = texts.figure(Chance(Sureness.OPEN, risk, 10**9))
    assert "100 of 100" not in said
    assert " 0 " not in said
    if said.startswith("right in ") and "fewer" not in said:
        right = int(said.split()[2])
        assert right / 100 - 1e-6 <= 1 - risk < (right + 1) / 100 + 1e-6


def test_what_the_database_rounds_is_still_beyond_the_data() -> None:
    for seen in (4, 57, 1200, 987_654):
        assert Chance(Sureness.SURE, float(np.float32(3 / seen)), seen).beyond
        assert not Chance(Sureness.SURE, 3.1 / seen, seen).beyond


def test_the_track_of_a_face() -> None:
    assert texts.track_of(FaceTrack(1, 7, 1000.0, 1045.0)) == "its track: 7 faces, 16:40–17:25"
    assert texts.track_of(FaceTrack(1, 2, 60.2, 60.8)) == "its track: 2 faces, 1:00"
    assert texts.track_of(FaceTrack(1, 1, 60.2, 60.2)) == "its track: this face only"
