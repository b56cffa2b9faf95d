"""Ctrl+Z takes back what the status bar names, on every page, and again after a restart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cluster_support import until
from library_support import opened as opened_library
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from whole_window import fill, part, show_page, whole_window

from facereview.app import Opened
from facereview.records import RejectReason
from facereview.review.creators.records import Profile
from facereview.ui.clusters.controller import Zone
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.panel import FACES
from facereview.ui.review.controller import Stage
from facereview.ui.review.queue import Tab
from facereview.ui.shots import settle

Sql = psycopg.Connection[Any]
Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

SEEN = {
    "creators": "SELECT id, name, profile_picture_path FROM creators",
    "faces": "SELECT id, match_status, CASE WHEN match_status <> 'pending' THEN matched_creator_id "
    "END FROM video_face_detections",
    "references": "SELECT id, creator_id FROM creator_face_embeddings",
    "retired": "SELECT id, creator_id FROM facereview.retired",
    "clusters": "SELECT detection_id, cluster_id, fixed FROM facereview.membership",
    "apart": "SELECT detection_id, cluster_id FROM facereview.apart",
    "later": "SELECT id FROM facereview.cluster WHERE postponed_at IS NOT NULL",
    "skips": "SELECT detection_id FROM facereview.skip",
}


@pytest.fixture
def folder(tmp_path: Path, library_url: str) -> Path:
    """The home of a library whose faces carry what the references say of them."""
    library = opened_library(tmp_path, library_url, None)
    fill(library)
    with library.store() as store:
        library.settings(store).save("auto_tag_threshold", "0.99")
        library.rematcher(store).rematch()
    library.close()
    return tmp_path


def seen(sql: Sql) -> dict[str, list[Any]]:
    """What curators did to the library, as it stands."""
    return {name: sorted(sql.execute(query).fetchall(), key=str) for name, query in SEEN.items()}


def press(opened: Opened, *keys: Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press keys in the window, where the focus is."""
    opened.window.activateWindow()  # off screen nobody does so after a dialog
    assert QTest.qWaitForWindowActive(opened.window)
    for key in keys:
        target = opened.window.focusWidget() or opened.window
        QTest.keyClick(target, key, modifiers)


def at_rest(opened: Opened) -> None:
    settle(opened.lanes, opened.window)


def label(opened: Opened) -> str:
    return opened.window.status.last.text()


# ------------------------------------------------------------------------------------------- acts


def at_clusters(opened: Opened) -> ClusterPage:
    show_page(opened, "clusters")
    page = part(opened, ClusterPage)
    if page.controller.zone is Zone.FACES:
        press(opened, Key.Key_Escape)
    assert page.controller.zone is Zone.WALL
    assert page.controller.entries.rowCount() > 2
    return page


def join(opened: Opened) -> str:
    page = at_clusters(opened)
    press(opened, Key.Key_Home)
    press(opened, Key.Key_Space, modifiers=CTRL)
    press(opened, Key.Key_Right)
    at_rest(opened)
    press(opened, Key.Key_J)
    at_rest(opened)
    assert not page.controller.entries.marked
    return "undo: joined 2 clusters"


def split(opened: Opened) -> str:
    page = at_clusters(opened)
    press(opened, Key.Key_Home, Key.Key_Space, Key.Key_Space)
    assert len(page.controller.members.unticked()) == 1
    press(opened, Key.Key_K)
    at_rest(opened)
    return "undo: split 1 face off a cluster"


def later(opened: Opened) -> str:
    at_clusters(opened)
    press(opened, Key.Key_Home, Key.Key_S)
    return "undo: postponed a cluster"


def skip(opened: Opened) -> str:
    show_page(opened, "review")
    press(opened, Key.Key_S)
    return "undo: skipped a face"


def at_ann(opened: Opened) -> CreatorsPage:
    show_page(opened, "creators")
    page = part(opened, CreatorsPage)
    ann = next(one for one in page.view.model.everybody.values() if one.creator.name == "Ann")
    page.controller.show(ann.creator.id)
    at_rest(opened)
    return page


def promote(opened: Opened) -> str:
    page = at_ann(opened)
    press(opened, Key.Key_G)
    at_rest(opened)
    made = len(page.view.panel.faces.ticked())
    assert made > 0
    press(opened, Key.Key_T)
    at_rest(opened)
    press(opened, Key.Key_T)  # what is doubtful wants a second press
    at_rest(opened)
    return label(opened)


def retire(opened: Opened) -> str:
    page = at_ann(opened)
    page.view.panel.focus_references()
    press(opened, Key.Key_R)
    return "undo: retired 1 reference of Ann"


def rename(opened: Opened) -> str:
    page = at_ann(opened)
    person = page.controller.person
    assert person is not None
    known = Profile(person.creator.name, person.aliases, person.creator.description or "")
    page.changes.change(person.creator.id, known, Profile("Anna", known.aliases, known.description))
    return "undo: renamed Ann to Anna"


def reject(opened: Opened) -> str:
    """Many at once: the words must not read like a name."""
    at_ann(opened).view.panel.show_part(FACES)
    page = part(opened, CreatorsPage)
    page.view.panel.focus_part()
    at_rest(opened)
    press(opened, Key.Key_Space)
    press(opened, Key.Key_Right, modifiers=SHIFT)
    page.commands.reject(RejectReason.STRANGER)
    return "undo: 2 faces rejected: stranger"


@pytest.mark.parametrize("act", [join, split, later, skip, promote, retire, rename, reject])
def test_ctrl_z_takes_back_what_the_status_bar_names(
    act: Callable[[Opened], str], folder: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "clusters")
        before = seen(sql)
        named = act(opened)
        until(qtbot, lambda: label(opened) == named)
        at_rest(opened)
        assert named.startswith("undo: ")
        after = seen(sql)
        assert after != before
        press(opened, Key.Key_Z, modifiers=CTRL)
        until(qtbot, lambda: label(opened) == "")
        at_rest(opened)
        assert seen(sql) == before
        press(opened, Key.Key_Z, modifiers=CTRL | SHIFT)
        until(qtbot, lambda: label(opened) == named)
        at_rest(opened)
        assert seen(sql) == after
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        until(qtbot, lambda: label(opened) == named)
        at_rest(opened)
        for page in ("settings", "videos"):
            show_page(opened, page)
        press(opened, Key.Key_Z, modifiers=CTRL)
        until(qtbot, lambda: label(opened) == "")
        at_rest(opened)
        assert seen(sql) == before


def test_ctrl_z_goes_back_in_order_over_the_pages(
    folder: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "clusters")
        states, named = [seen(sql)], []
        for act in (skip, split, retire, later, rename):
            named.append(act(opened))
            until(qtbot, lambda: label(opened) == named[-1])
            at_rest(opened)
            states.append(seen(sql))
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        for step, page in zip(range(5, 0, -1), ("clusters", "review", "videos") * 2, strict=False):
            show_page(opened, page)
            until(qtbot, lambda: label(opened) == named[step - 1])  # noqa: B023
            press(opened, Key.Key_Z, modifiers=CTRL)
            rest = named[step - 2] if step > 1 else ""
            until(qtbot, lambda: label(opened) == rest)  # noqa: B023
            at_rest(opened)
            assert seen(sql) == states[step - 1]


def test_a_skipped_face_is_last_after_a_restart_and_first_after_undo(
    folder: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "review")
        first = opened.pages.review.controller.current
        assert skip(opened)
        at_rest(opened)
        assert opened.pages.review.controller.current != first
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "review")
        at = opened.pages.review.controller
        assert at.queue.skipped == (first,)
        press(opened, Key.Key_End)
        assert at.current == first
        press(opened, Key.Key_Home)
        assert at.current != first
        press(opened, Key.Key_Z, modifiers=CTRL)
        until(qtbot, lambda: at.current == first)
        assert not at.queue.skipped


def test_references_go_with_the_naming_they_were_made_of_and_faces_are_matched_again(
    folder: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "review")
        new = sql.execute(
            "SELECT id FROM video_face_detections WHERE frame_timestamp = 50 ORDER BY id"
        ).fetchone()
        assert new is not None
        opened.pages.review.commands.go_to(new[0])
        at_rest(opened)
        opened.pages.review.commands.begin_name()
        opened.pages.review.commands.assign_new("Nobody Known")
        until(qtbot, lambda: label(opened) == "undo: assigned Nobody Known")
        page = part(opened, CreatorsPage)
        decided = sql.execute(
            "SELECT d.id FROM video_face_detections d JOIN creators c "
            "ON c.id = d.matched_creator_id WHERE c.name = 'Nobody Known'"
        ).fetchone()
        assert decided is not None
        desk = opened.library.references_desk(opened.library.store())
        with qtbot.waitSignal(page.rematch.done, timeout=20_000):
            made = desk.promotion.promote([decided[0]], anyway=True)  # by somebody else, elsewhere
            sql.execute("UPDATE facereview.batch SET actor = 'other' WHERE kind = 'promote'")
            page.rematch.match(made.changed)
        suggest = (
            "SELECT count(*) FROM video_face_detections d JOIN creators c "
            "ON c.id = d.matched_creator_id WHERE c.name = 'Nobody Known'"
        )
        assert sql.execute(suggest).fetchone() != (1,)
        with qtbot.waitSignal(page.rematch.done, timeout=20_000):
            press(opened, Key.Key_Z, modifiers=CTRL)
        at_rest(opened)
        assert sql.execute(suggest).fetchone() == (0,)
        gone = "SELECT count(*) FROM creator_face_embeddings WHERE id = ANY(%s)"
        assert sql.execute(gone, (list(made.references),)).fetchone() == (0,)
        with qtbot.waitSignal(page.rematch.done, timeout=20_000):
            press(opened, Key.Key_Z, modifiers=CTRL | SHIFT)
        assert sql.execute(gone, (list(made.references),)).fetchone() == (1,)


def test_the_rejected_tab_shows_no_face_whose_rejection_was_undone_elsewhere(
    folder: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        show_page(opened, "review")
        at = opened.pages.review.controller
        face = at.current
        assert face is not None
        press(opened, Key.Key_X)
        until(qtbot, lambda: label(opened) == "undo: rejected: stranger")
        at.open_tab(Tab.REJECTED)
        at_rest(opened)
        assert at.queue.cursor.is_open(face)
        at.go_to(face)
        at_rest(opened)
        show_page(opened, "clusters")
        press(opened, Key.Key_Z, modifiers=CTRL)
        until(qtbot, lambda: label(opened) == "")
        at_rest(opened)
        assert not at.queue.cursor.is_open(face)
        assert at.current not in (face, None)
        assert len(at.queue.cursor) == 4
        show_page(opened, "review")
        assert at.stage is Stage.FACE


def test_undo_is_named_beside_its_key(folder: Path, library_url: str, qtbot: QtBot) -> None:
    with whole_window(folder, library_url, filled=False) as (opened, _theme):
        named = rename(opened)
        until(qtbot, lambda: label(opened) == named)
        caps = [w for w in opened.window.status.findChildren(QWidget) if w.accessibleName()]
        assert "Ctrl Z" in [cap.accessibleName() for cap in caps if cap.isVisible()]
