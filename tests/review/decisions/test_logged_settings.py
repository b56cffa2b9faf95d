"""Settings are acts as any other: logged, named, undone, also out of order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.review.decisions.intents import Intent, Kind
from facereview.review.desk import Desk
from facereview.review.evidence.certainty import Mode
from facereview.review.library.config import Settings
from facereview.store.store import Store
from support import desk_at, go_by_rate, make_faces, pack


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    with closing(desk_at(store, tmp_path / "journal.sqlite")) as desk:
        yield desk


@pytest.fixture
def settings(store: Store, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("facereview.review.library.config.curator", lambda: "me")
    return Settings(store, pack)


def undo(desk: Desk, token: str) -> tuple[object, ...]:
    outcome = desk.undo(Intent(Kind.UNDO, target=token))
    assert outcome is not None
    return outcome.undone, outcome.overtaken, str(outcome.why or "")


def latest(store: Store) -> str:
    return store.log.standing("me", 1)[0].token


def test_a_setting_is_undone_and_redone_as_any_act(
    desk: Desk, settings: Settings, store: Store
) -> None:
    before = settings.config()
    settings.save("min_face_size", "90")
    outcome = desk.undo(Intent(Kind.UNDO, target=latest(store)))
    assert outcome is not None
    assert outcome.about is not None
    assert outcome.about.settings == (("min_face_size", None, "90"),)
    assert settings.config() == before  # nobody has set it again
    redone = desk.redo()
    assert redone is not None
    assert settings.config().min_face_size == 90
    assert "min_face_size" in settings.config().user_set


def test_ctrl_z_passes_over_settings(desk: Desk, settings: Settings, store: Store) -> None:
    faces = make_faces(store)
    desk.decide(faces.accept(0))
    settings.save("min_face_size", "90")
    undo(desk, latest(store))
    desk.redo()
    act = desk.undoable()
    assert act is not None
    assert act.words.kind is Kind.ACCEPT


def test_a_setting_without_a_row_has_its_default_again(
    desk: Desk, settings: Settings, store: Store
) -> None:
    settings.save("confirm_twice_above", "50")
    undo(desk, latest(store))
    assert settings.config().confirm_twice_above == 200
    assert "confirm_twice_above" not in settings.config().user_set


@pytest.mark.parametrize(("key", "value"), [("confirm_twice_above", "50"), ("automatic", "off")])
def test_what_had_no_row_is_set_again(
    desk: Desk, settings: Settings, store: Store, key: str, value: str
) -> None:
    before = settings.config()
    settings.save(key, value)
    after = settings.config()
    assert before != after
    for _ in range(2):
        undone = Intent(Kind.UNDO, target=latest(store))
        desk.undo(undone)
        assert settings.config() == before
        redone = desk.undo(Intent(Kind.REDO, target=undone.token))
        assert redone is not None
        assert (redone.overtaken, redone.beside.kept) == (False, 0)
        assert settings.config() == after


def test_the_switch_of_recognition_whose_row_was_removed_is_on_again(
    desk: Desk, settings: Settings, store: Store, sql: psycopg.Connection[Any]
) -> None:
    sql.execute("DELETE FROM face_recognition_config WHERE key = 'enabled'")
    settings.save("enabled", "off")
    assert undo(desk, latest(store)) == (Kind.SETTING, False, "")
    config = settings.config()
    assert config.enabled
    assert "enabled" not in config.user_set


def test_switches_and_the_error_rate_go_back(desk: Desk, settings: Settings, store: Store) -> None:
    go_by_rate(store, pack().pack)
    settings.save("automatic", "off")
    settings.save("error_rate", "0.05")
    settings.save("match_threshold", "0.3")
    assert settings.certainty().mode is Mode.THRESHOLDS
    undo(desk, latest(store))
    assert settings.certainty().error_rate == 0.05
    undo(desk, latest(store))
    assert settings.certainty().error_rate == 0.01
    undo(desk, latest(store))
    assert settings.config().automatic


def test_what_was_set_again_since_stays(desk: Desk, settings: Settings, store: Store) -> None:
    settings.save("min_face_size", "90")
    first = latest(store)
    settings.save("min_face_size", "70")
    assert undo(desk, first)[:2] == (Kind.SETTING, True)
    assert settings.config().min_face_size == 70


def test_thresholds_never_come_to_be_the_wrong_way_round(
    desk: Desk, settings: Settings, store: Store
) -> None:
    settings.save_thresholds("0.5", "0.8")
    settings.save("match_threshold", "0.2")
    first = latest(store)
    settings.save("auto_tag_threshold", "0.3")
    kind, overtaken, why = undo(desk, first)
    assert (kind, overtaken) == (Kind.SETTING, True)
    assert "must not exceed" in str(why)
    assert settings.config().match_threshold == 0.2
    undo(desk, latest(store))
    assert undo(desk, first) == (Kind.SETTING, False, "")
    assert settings.config().match_threshold == 0.5


def test_what_is_noted_keeps_no_redo_from_being_done(
    desk: Desk, store: Store, settings: Settings
) -> None:
    faces = make_faces(store)
    desk.decide(faces.accept(0))
    desk.undo()
    store.log.note("me", Kind.SCAN.value, {"videos": 1})
    redone = desk.redo()
    assert redone is not None
    assert redone.undone is Kind.ACCEPT


def test_saving_the_same_again_is_no_act(settings: Settings, store: Store) -> None:
    settings.save("automatic", "off")
    act = latest(store)
    settings.save("automatic", "off")
    assert latest(store) == act


def test_the_undo_of_a_threshold_is_checked_against_the_pack_in_use(
    desk: Desk, settings: Settings, store: Store
) -> None:
    """No pack made the library yet, and that in use names from 0.55 on by itself."""
    assert store.library.pack() is None
    settings.save("auto_tag_threshold", "0.75")
    raised = latest(store)
    settings.save("match_threshold", "0.6")
    before = settings.config()
    _, overtaken, why = undo(desk, raised)
    assert overtaken
    assert "match_threshold" in str(why)
    assert settings.config() == before
