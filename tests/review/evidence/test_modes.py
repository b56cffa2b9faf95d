"""The two modes: which is in force, whatever was chosen, written by others, or calibrated."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.errors import Invalid
from facereview.faces import BUFFALO_L, ZOO
from facereview.records import Chance, Sureness, Thresholds
from facereview.review.evidence.certainty import (
    Calibrated,
    Certainty,
    Choice,
    Mode,
    Origin,
    Reason,
    in_force,
    parse_rate,
)
from facereview.review.evidence.fitting import calibrated, recorded
from facereview.review.evidence.shipped import shipped
from facereview.review.library.config import Settings
from facereview.store.store import Store

Sql = psycopg.Connection[Any]

made = shipped(ZOO)
assert made is not None
MANY = replace(made, units=5000)
KNOWN = {
    "none": None,
    "zoo": Calibrated(made, Origin.SHIPPED, ZOO),
    "zoo, own": Calibrated(MANY, Origin.LIBRARY, ZOO),
    "other, own": Calibrated(MANY, Origin.LIBRARY, BUFFALO_L),
    "other, too few": Calibrated(replace(made, units=40), Origin.LIBRARY, BUFFALO_L),
}
CHOSEN = {
    "": None,
    "thresholds": Choice(Mode.THRESHOLDS),
    "1/1000": Choice(Mode.ERROR_RATE, 1 / 1000),
}
ROWS: list[frozenset[str]] = [
    frozenset(),
    frozenset({"match_threshold"}),
    frozenset({"auto_tag_threshold"}),
    frozenset({"match_threshold", "auto_tag_threshold", "frames_per_video"}),
    frozenset({"frames_per_video"}),
]
THRESHOLDS, RATE = Mode.THRESHOLDS, Mode.ERROR_RATE
WITHOUT_ROWS = {
    ("none", ""): (THRESHOLDS, Reason.UNCALIBRATED, None),
    ("none", "thresholds"): (THRESHOLDS, Reason.UNCALIBRATED, None),
    ("none", "1/1000"): (THRESHOLDS, Reason.UNCALIBRATED, None),
    ("zoo", ""): (RATE, Reason.MEASURED, 1 / 100),
    ("zoo", "thresholds"): (THRESHOLDS, Reason.CHOSEN, None),
    ("zoo", "1/1000"): (RATE, Reason.CHOSEN, 1 / 1000),
    ("zoo, own", ""): (RATE, Reason.MEASURED, 1 / 100),
    ("zoo, own", "thresholds"): (THRESHOLDS, Reason.CHOSEN, None),
    ("zoo, own", "1/1000"): (RATE, Reason.CHOSEN, 1 / 1000),
    ("other, own", ""): (THRESHOLDS, Reason.OFFERED, None),
    ("other, own", "thresholds"): (THRESHOLDS, Reason.CHOSEN, None),
    ("other, own", "1/1000"): (RATE, Reason.CHOSEN, 1 / 1000),
    ("other, too few", ""): (THRESHOLDS, Reason.UNCALIBRATED, None),
    ("other, too few", "thresholds"): (THRESHOLDS, Reason.UNCALIBRATED, None),
    ("other, too few", "1/1000"): (THRESHOLDS, Reason.UNCALIBRATED, None),
}


@pytest.mark.parametrize(("rows", "pack", "chosen"), list(product(ROWS, KNOWN, CHOSEN)))
def test_the_mode_in_force(rows: frozenset[str], pack: str, chosen: str) -> None:
    found = in_force(CHOSEN[chosen], rows, KNOWN[pack])
    wanted = WITHOUT_ROWS[pack, chosen]
    if wanted[1] in {Reason.MEASURED, Reason.OFFERED} and rows - {"frames_per_video"}:
        wanted = (THRESHOLDS, Reason.ROWS, None)
    assert (found.mode, found.reason, found.error_rate) == wanted
    assert found.settles(1e-9) == (found.mode is RATE)
    assert (found.chance(0.01) is None) == (found.mode is THRESHOLDS)


def test_words_follow_the_error_rate() -> None:
    certainty = in_force(None, (), KNOWN["zoo"])
    words = [certainty.sureness(risk) for risk in (0.009, 0.01, 0.011, 0.25, 0.26, 0.99, None)]
    sure, likely, open_ = Sureness.SURE, Sureness.LIKELY, Sureness.OPEN
    assert words == [sure, sure, likely, likely, open_, open_, open_]
    assert certainty.settles(float(np.float32(1 / 100)))
    chance = certainty.chance(0.2)
    assert chance is not None
    assert (chance.word, chance.risk, chance.seen) == (likely, 0.2, made.units if made else 0)


def test_a_risk_kept_from_more_units_says_no_more_than_those_in_force_carry() -> None:
    """As of a track judged before the decisions that a fit was made on were undone."""
    earlier = in_force(CHOSEN["1/1000"], (), KNOWN["zoo, own"]).chance(MANY.floor)
    now = in_force(CHOSEN["1/1000"], (), KNOWN["zoo"]).chance(MANY.floor)
    assert earlier == Chance(Sureness.SURE, MANY.floor, 5000)
    assert made is not None
    assert now == Chance(Sureness.LIKELY, made.floor, made.units)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1/1000", 1 / 1000),
        ("1 in 1000", 1 / 1000),
        ("0.001", 1 / 1000),
        ("0,1 %", 1 / 1000),
        ("1/50", 1 / 50),
        ("5%", 1 / 20),
        ("off", None),
        ("OFF", None),
    ],
)
def test_an_error_rate_as_people_write_it(text: str, rate: float | None) -> None:
    found = parse_rate(text, in_force(None, (), KNOWN["zoo, own"]))
    assert found == (None if rate is None else pytest.approx(rate))


@pytest.mark.parametrize("text", ["", "1/0", "0", "-1/50", "1/2", "1", "nan", "1/1/1", "often"])
def test_what_is_no_error_rate_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="error_rate cannot be"):
        parse_rate(text, in_force(None, (), KNOWN["zoo, own"]))


@pytest.mark.parametrize(
    ("pack", "why"),
    [
        ("zoo", r"cannot be 1/1000: \d+ tracks .* carry no less than 1/100"),
        ("none", "no calibration for this library's pack"),
        ("other, too few", "carry no less than none yet"),
    ],
)
def test_a_rate_that_the_calibration_does_not_carry_is_refused(pack: str, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        parse_rate("1/1000", in_force(None, (), KNOWN[pack]))


@pytest.mark.parametrize(
    "held", [None, 3, "x", {}, {"mode": "often"}, {"mode": "error_rate"},
             {"mode": "error_rate", "error_rate": 2.0}, {"mode": "error_rate", "error_rate": "1"}],
)  # fmt: skip
def test_what_is_no_choice_counts_as_none(held: object) -> None:
    assert Choice.from_json(held) is None


# ------------------------------------------------------------------------------ in a library


@pytest.fixture
def library_settings(store: Store) -> Settings:
    return Settings(store, lambda: Thresholds(0.4, 0.55, pack=ZOO))


def stand(settings: Settings) -> tuple[Mode, Reason]:
    found: Certainty = settings.certainty()
    return found.mode, found.reason


def rows(sql: Sql) -> list[Any]:
    return sql.execute("SELECT * FROM face_recognition_config ORDER BY key").fetchall()


def test_saving_an_error_rate_leaves_the_rows_alone(library_settings: Settings, sql: Sql) -> None:
    before = rows(sql)
    assert stand(library_settings) == (RATE, Reason.MEASURED)
    library_settings.save("error_rate", "1/20")
    assert stand(library_settings) == (RATE, Reason.CHOSEN)
    assert library_settings.certainty().error_rate == 1 / 20
    library_settings.save("error_rate", "off")
    assert stand(library_settings) == (THRESHOLDS, Reason.CHOSEN)
    library_settings.reset("error_rate")
    assert stand(library_settings) == (RATE, Reason.MEASURED)
    assert rows(sql) == before


def test_a_saved_threshold_counts_until_an_error_rate_is_saved(library_settings: Settings) -> None:
    library_settings.save("error_rate", "1/50")
    library_settings.save("match_threshold", "0.45")
    assert stand(library_settings) == (THRESHOLDS, Reason.ROWS)
    library_settings.save("error_rate", "1/50")
    assert stand(library_settings) == (RATE, Reason.CHOSEN)
    library_settings.save("auto_tag_threshold", "0.6")
    library_settings.reset("auto_tag_threshold")
    library_settings.reset("match_threshold")
    assert stand(library_settings) == (RATE, Reason.MEASURED)


def test_a_threshold_does_not_undo_that_the_error_rate_is_off(library_settings: Settings) -> None:
    library_settings.save("error_rate", "off")
    library_settings.save("match_threshold", "0.45")
    library_settings.reset("match_threshold")
    assert stand(library_settings) == (THRESHOLDS, Reason.CHOSEN)


def test_rows_of_other_programs_count_unless_a_mode_was_chosen(
    library_settings: Settings, sql: Sql
) -> None:
    written = "UPDATE face_recognition_config SET value = '0.6' WHERE key = 'match_threshold'"
    library_settings.save("error_rate", "1/50")
    sql.execute(written)
    assert stand(library_settings) == (RATE, Reason.CHOSEN)
    library_settings.reset("error_rate")
    assert stand(library_settings) == (THRESHOLDS, Reason.ROWS)


def test_a_refused_error_rate_changes_nothing(library_settings: Settings) -> None:
    with pytest.raises(Invalid):
        library_settings.save("error_rate", "1/1000")
    assert stand(library_settings) == (RATE, Reason.MEASURED)


def test_a_recorded_calibration_is_the_one_in_force(store: Store) -> None:
    assert calibrated(store, BUFFALO_L) is None
    first = calibrated(store, ZOO)
    assert first is not None
    assert first.id is None
    kept = recorded(store, first)
    assert calibrated(store, ZOO) == kept == recorded(store, kept)
    assert kept.id is not None
    own = recorded(store, Calibrated(MANY, Origin.LIBRARY, ZOO))
    assert calibrated(store, ZOO) == own
    store.calibrations.withdraw(ZOO)
    assert calibrated(store, ZOO) == kept


def test_who_began_with_the_packs_calibration_leaves_the_librarys_own_in_force(
    store: Store,
) -> None:
    """As a scan during which another window fits one."""
    begun = calibrated(store, ZOO)
    assert begun is not None
    kept = recorded(store, begun)
    own = recorded(store, Calibrated(MANY, Origin.LIBRARY, ZOO))
    assert recorded(store, begun) == kept
    assert calibrated(store, ZOO) == own
