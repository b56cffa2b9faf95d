from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from ui_support import CheckModel, suggestion

from facereview.records import Chance, Creator, FaceTrack, Sureness
from facereview.ui.widgets.rows_model import ROW
from facereview.ui.widgets.suggestions import SuggestionModel, is_likely


def notes(model: SuggestionModel) -> list[str]:
    return [model.index(row).data(ROW).note for row in range(model.rowCount())]


def offer(*rows: tuple[str, float, float | None]) -> SuggestionModel:
    model = SuggestionModel()
    made = [suggestion(Creator(n, name), s, m) for n, (name, s, m) in enumerate(rows)]
    model.offer(made, 0.4)
    return model


def test_the_model_keeps_qts_rules(check_model: CheckModel) -> None:
    model = offer(("Howard", 0.81, 0.29), ("Raj", 0.52, 0.2))
    check_model(model)
    model.offer([], 0.4)
    check_model(model)


def test_each_row_says_what_the_eye_should_know() -> None:
    model = offer(("Howard", 0.81, 0.29), ("Raj", 0.52, 0.21), ("Stuart", 0.31, None))
    assert notes(model) == ["margin .29", ".29 behind the first", "below the threshold .40"]
    assert [model.index(row).data(ROW).likely for row in range(3)] == [True, True, False]


def test_a_small_lead_calls_for_a_second_look() -> None:
    assert notes(offer(("Howard", 0.61, 0.02), ("Raj", 0.59, 0.3))) == [
        "margin .02: look twice",
        "close to the first: look twice",
    ]


def test_a_creator_without_a_rival_has_no_margin() -> None:
    assert notes(offer(("Howard", 0.61, None))) == ["no other creator is close"]


def alike(rival: str, *, offered: bool = True) -> SuggestionModel:
    first, second = Creator(1, "Howard"), Creator(2, rival)
    rows = [replace(suggestion(first, 0.61, 0.12), lookalike=second)]
    rows += [suggestion(second, 0.49)] if offered else []
    model = SuggestionModel()
    model.offer([*rows, suggestion(Creator(3, "Stuart"), 0.3)], 0.4)
    return model


def test_creators_that_look_alike_are_shown_as_a_pair() -> None:
    model = alike("Raj\nK.")
    assert [model.index(row).data(ROW).care for row in range(3)] == [
        "looks like Raj K.: compare both",
        "looks like Howard",
        "",
    ]
    assert notes(model) == ["margin .12", ".12 behind the first", "below the threshold .40"]
    assert [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)] == [
        "1: Howard, .61, looks like Raj K.: compare both, margin .12",
        "2: Raj K., .49, looks like Howard, .12 behind the first",
    ]


def test_one_who_is_no_longer_offered_is_nobodys_lookalike() -> None:
    assert alike("Raj", offered=False).index(0).data(ROW).care == ""


def test_names_from_outside_become_one_line() -> None:
    model = offer(("A\n B" + "x" * 400, 0.9, None))
    assert model.index(0).data().startswith("A Bxxx")
    assert len(model.index(0).data()) == 300
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole).startswith("1: A Bx")


def test_no_more_than_nine_have_a_key() -> None:
    assert offer(*[(f"N{n}", 0.9 - n / 100, 0.01) for n in range(12)]).rowCount() == 9


def judged(word: Sureness, risk: float | None, track: FaceTrack | None = None) -> SuggestionModel:
    """Howard, nearest by .31 only, where the library goes by an error rate."""
    first = suggestion(Creator(1, "Howard"), 0.31, 0.29)
    second = suggestion(Creator(2, "Raj"), 0.52, 0.21)
    model = SuggestionModel()
    rows = [
        replace(first, chance=Chance(word, risk, 1200)),
        replace(second, chance=Chance(Sureness.OPEN, None, 1200)),
    ]
    model.offer(rows, 0.4, track=track)
    return model


def test_where_an_error_rate_counts_the_first_shows_how_sure_it_is() -> None:
    model = judged(Sureness.LIKELY, 0.07, FaceTrack(5, 7, 1000.0, 1045.0))
    first, second = (model.index(row).data(ROW) for row in range(2))
    assert (first.word, first.note) == ("likely", "wrong in 1 of 14")
    assert first.track == "its track: 7 faces, 16:40–17:25"
    assert (second.word, second.track) == ("", "")
    assert [first.likely, second.likely] == [True, False]
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "1: Howard, likely, .31, wrong in 1 of 14, its track: 7 faces, 16:40–17:25"
    )


def test_whom_the_track_names_since_is_marked_in_its_place() -> None:
    first = replace(suggestion(Creator(1, "Howard"), 0.5), chance=Chance(Sureness.OPEN, None, 9))
    second = replace(suggestion(Creator(2, "Raj"), 0.4), chance=Chance(Sureness.SURE, 0.005, 900))
    model = SuggestionModel()
    model.offer([first, second], 0.4)
    rows = [model.index(row).data(ROW) for row in range(2)]
    assert [(row.word, row.note, row.likely) for row in rows] == [
        ("open", "not known how sure", False),
        ("sure", "wrong in 1 of 200", True),
    ]


def test_a_similarity_above_the_threshold_is_not_suggested_where_its_chance_is_open() -> None:
    high = replace(suggestion(Creator(1, "Howard"), 0.9), chance=Chance(Sureness.OPEN, None, 9))
    assert not is_likely(high, 0.4)
    assert is_likely(replace(high, chance=None), 0.4)
    assert not is_likely(replace(high, similarity=0.39, chance=None), 0.4)
    assert is_likely(replace(high, similarity=0.1, chance=Chance(Sureness.SURE, 0.01, 900)), 0.4)
    assert judged(Sureness.OPEN, None).index(0).data(ROW).note == "not known how sure"
