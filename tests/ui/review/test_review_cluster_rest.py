"""The rest of a cluster offered on the Review page, and the two pages beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_support import Both, NoClustering, Sql, both_pages, clustered_faces, rows, until
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from support import Faces

Key = Qt.Key


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    return clustered_faces(store, sql)


@pytest.fixture
def both(
    faces: Faces,
    database: Database,
    tmp_path: Path,
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[Both]:
    with both_pages(database, NoClustering(), lanes, messages, tmp_path, qtbot) as made:
        yield made


def test_g_settles_the_rest_of_the_cluster_as_one_decision(
    both: Both, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[1], qtbot)
    both.strike(Key.Key_Return)
    until(qtbot, lambda: both.offer is not None)
    card = both.review.panel.rest
    assert card.isVisible()
    assert card.text.text() == "3 more faces of the same cluster, in 1 video"
    assert card.button.text() == "Settle 3 as Ann"
    both.strike(Key.Key_G)
    assert both.review.controller.current not in faces.ids[:4]
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)
    assert not card.isVisible()
    both.strike(Key.Key_Z, ctrl=True)
    pending, ann = ("pending", None), ("matched", faces.ann.id)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [pending, ann, pending, pending])
    until(qtbot, lambda: both.review.controller.current in faces.ids[:4])


def test_a_name_given_by_hand_is_offered_for_the_rest_too(
    both: Both, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[4], qtbot)
    both.review.commands.begin_name()
    both.review.commands.assign_new("Zoe")
    until(qtbot, lambda: both.offer is not None)
    assert both.review.panel.rest.button.text() == "Settle 2 as Zoe"
    both.strike(Key.Key_G)
    until(qtbot, lambda: {status for status, _ in rows(sql, faces.ids[4:7])} == {"manual"})


def test_above_the_limit_g_is_pressed_twice(
    both: Both, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute("INSERT INTO face_recognition_config VALUES ('confirm_twice_above', '2')")
    both.go_to(faces.ids[0], qtbot)
    both.strike(Key.Key_Return)
    until(qtbot, lambda: both.offer is not None)
    both.strike(Key.Key_G)
    assert both.review.panel.rest.button.text() == "Press again to settle 3 faces"
    assert both.review.panel.rest.text.text() == "3 faces at once: press G again to confirm."
    assert both.review.panel.rest.text.isVisible()
    assert rows(sql, faces.ids[1:4]) == [("pending", None)] * 3
    both.strike(Key.Key_P, Key.Key_Escape, Key.Key_G)  # another key came between
    assert both.review.panel.rest.button.text() == "Press again to settle 3 faces"
    assert rows(sql, faces.ids[1:4]) == [("pending", None)] * 3
    both.strike(Key.Key_G)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)


def test_g_asks_where_the_rest_is_unlike_the_creator(
    both: Both, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[0], qtbot)
    both.review.commands.begin_name()
    both.review.commands.assign(faces.bob)  # a slip: all four are Ann
    until(qtbot, lambda: both.offer is not None)
    both.strike(Key.Key_G)
    why = both.review.panel.rest.text.text()
    assert why.startswith("3 faces have a similarity of only ")
    assert why.endswith(" to Bob: press G again to name them anyway.")
    assert rows(sql, faces.ids[1:4]) == [("pending", None)] * 3
    both.strike(Key.Key_G)
    until(qtbot, lambda: rows(sql, faces.ids[1:4]) == [("manual", faces.bob.id)] * 3)


def test_another_decision_and_an_undo_drop_the_offer(
    both: Both, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    for key, ctrl in ((Key.Key_X, False), (Key.Key_Z, True)):
        both.go_to(faces.ids[0], qtbot)
        both.strike(Key.Key_Return)
        until(qtbot, lambda: both.offer is not None)
        both.strike(key, ctrl=ctrl)
        until(qtbot, lambda: both.offer is None)
        assert not both.review.panel.rest.isVisible()
        both.strike(*[Key.Key_Z] * (1 if ctrl else 2), ctrl=True)
        until(qtbot, lambda: not both.review.controller.decider.reverting)
        until(qtbot, lambda: rows(sql, faces.ids) == [("pending", None)] * len(faces.ids))
    before = sql.execute("SELECT count(*) FROM facereview.batch").fetchone()
    both.strike(Key.Key_G)
    assert said[-1].text == "No other faces of a cluster are offered to be settled."
    assert sql.execute("SELECT count(*) FROM facereview.batch").fetchone() == before


def test_what_is_decided_on_one_page_is_gone_from_the_other(
    both: Both, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    review, clusters = both.review.controller, both.clusters.controller
    both.go_to(faces.ids[2], qtbot)
    both.stack.setCurrentWidget(both.clusters)
    until(qtbot, lambda: clusters.view is not None and clusters.entries.current == 1)
    both.strike(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)
    until(qtbot, lambda: review.current in faces.ids[4:])
    assert not any(map(review.queue.cursor.is_open, faces.ids[:4]))

    both.stack.setCurrentWidget(both.review)
    both.go_to(faces.ids[4], qtbot)
    both.strike(Key.Key_X)
    until(qtbot, lambda: rows(sql, faces.ids[4:5]) == [("rejected", None)])
    both.stack.setCurrentWidget(both.clusters)

    def size() -> int:
        row = clusters.entries.row_of(2)
        found = None if row is None else clusters.entries.row(row)
        return found.size if found else 0

    until(qtbot, lambda: size() == 2)
