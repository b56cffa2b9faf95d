"""Whatever keys are pressed, no face gets a name but the one that was shown, and all goes back."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from key_judge import Sql
from library_support import opened as opened_library
from pytestqt.qtbot import QtBot
from random_keys import CAST_KEYS, GRID_KEYS, Monkey
from whole_window import add, fill, show_page, whole_window

from support import go_by_rate, near

SEARCH = re.fullmatch(r"(\d+)-(\d+):(\d+)", os.environ.get("RANDOM_KEYS", ""))
"""``first-last:acts``: these seeds, so many acts each, and once more with quick keys: what those
meet hangs on the moment, so that they are for a search only."""
SEEDS = range(int(SEARCH[1]), int(SEARCH[2]) + 1) if SEARCH else (1, 2, 6)
ACTS = int(SEARCH[3]) if SEARCH else 30

ROWS = {
    "creators": "SELECT id, name FROM creators",
    "faces": "SELECT id, match_status, CASE WHEN match_status <> 'pending' THEN matched_creator_id "
    "END FROM video_face_detections",
    "machine": "SELECT detection_id FROM facereview.automatic",
    "verdicts": "SELECT detection_id, creator_id FROM facereview.verdict",
    "skips": "SELECT detection_id FROM facereview.skip",
    "references": "SELECT id, creator_id FROM creator_face_embeddings",
    "retired": "SELECT id, creator_id FROM facereview.retired",
    "later": "SELECT id FROM facereview.cluster WHERE postponed_at IS NOT NULL",
    "tags": "SELECT video_id, creator_id FROM video_creators",
}
OF_FACES = ("faces", "machine", "verdicts", "skips")


@pytest.fixture
def folder(tmp_path: Path, library_url: str) -> Path:
    """The home of a library with pending, decided, rejected and matched faces of several people."""
    library = opened_library(tmp_path, library_url, None)
    fill(library)
    with library.store() as store:
        for number in range(2):  # exactly as a reference of Bob: the machine matches them
            add(library, store, 1 + number, near(1, 0.9, 10), 100.0)
        for name in ("Annabel Lee", "Bo Derek", "Coralie"):
            store.creators.find_or_add(name)
        library.settings(store).save("auto_tag_threshold", "0.99")
        library.rematcher(store).rematch()
    library.close()
    return tmp_path


@pytest.fixture
def casts(tmp_path: Path, library_url: str) -> Path:
    """The home of a library whose cast sheets have rows that are sure, likely and open."""
    library = opened_library(tmp_path, library_url, None)
    fill(library)
    with library.store() as store:
        for video in (1, 2, 3):
            for axis, like in ((0, 0.97), (1, 0.97), (4, 0.8)):
                for n in range(3):
                    vector = near(axis, like, 500 + 100 * video + 10 * axis + n)
                    add(library, store, video, vector, 200.0 + 10 * axis + n)
        go_by_rate(store, library.thresholds.pack)
        library.settings(store).save("automatic", "off")
        library.track_updater(store).from_nothing()
        library.rematcher(store).rematch()
        library.settings(store).save("automatic", "on")
    library.close()
    return tmp_path


def rows(sql: Sql) -> dict[str, set[Any]]:
    """What curators do to a library, as it stands."""
    return {name: set(sql.execute(query).fetchall()) for name, query in ROWS.items()}


def unlike(before: dict[str, set[Any]], after: dict[str, set[Any]], of: Collection[int]) -> object:
    """What is not as it was, but for what somebody else decided."""
    parts = {name: before[name] ^ after[name] for name in before if name != "tags" or not of}
    for name in OF_FACES:
        parts[name] = {row for row in parts[name] if row[0] not in of}
    return {name: sorted(part) for name, part in parts.items() if part}


@pytest.mark.parametrize("pauses", (1.0, 0.4) if SEARCH else (1.0,))
@pytest.mark.parametrize("seed", SEEDS)
def test_each_key_does_what_its_label_says_and_ctrl_z_takes_all_of_it_back(
    seed: int, pauses: float, folder: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "clusters")
        show_page(opened, "review")
        before = rows(sql)
        monkey = Monkey(opened, sql, seed, pauses)
        monkey.go(ACTS)
        monkey.undo_all()
        assert not monkey.faults, monkey.faults[0]
        assert not unlike(before, rows(sql), monkey.judge.others)
        assert monkey.keys >= ACTS


@pytest.mark.parametrize("pauses", (1.0, 0.4) if SEARCH else (1.0,))
@pytest.mark.parametrize("seed", SEEDS if SEARCH else (1,))
def test_so_does_each_key_of_the_cast_sheet(
    seed: int, pauses: float, casts: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    with whole_window(casts, library_url, filled=False) as (opened, _theme):
        show_page(opened, "review")
        opened.pages.review.commands.cast_requested.emit(1, opened.pages.review.controller.current)
        before = rows(sql)
        monkey = Monkey(opened, sql, seed, pauses, more=CAST_KEYS)
        monkey.go(ACTS)
        monkey.undo_all()
        assert not monkey.faults, monkey.faults[0]
        assert not unlike(before, rows(sql), monkey.judge.others)
        assert monkey.keys >= ACTS


@pytest.mark.parametrize("pauses", (1.0, 0.4) if SEARCH else (1.0,))
@pytest.mark.parametrize("seed", SEEDS if SEARCH else (1,))
def test_so_does_each_key_of_the_grid(
    seed: int, pauses: float, folder: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "clusters")
        show_page(opened, "review")
        opened.pages.review.views.show_grid(on=True)
        before = rows(sql)
        monkey = Monkey(opened, sql, seed, pauses, more=GRID_KEYS)
        monkey.go(ACTS)
        monkey.undo_all()
        assert not monkey.faults, monkey.faults[0]
        assert not unlike(before, rows(sql), monkey.judge.others)
        assert monkey.keys >= ACTS
