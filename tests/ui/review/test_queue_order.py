"""The order of the pending faces on Review, and that it never jumps under the curator's hands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from review_support import FACES, NotedDesk, Press, idle, review_page

from facereview.filters import SortBy
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.loader import FACES_AHEAD
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab
from facereview.ui.review.queue_cursor import QueueCursor

Key = Qt.Key
BACKWARDS = np.arange(FACES, 0, -1, dtype=np.int32)


@given(
    st.integers(1, 40),
    st.integers(0, 39),
    st.sets(st.integers(1, 40)),
    st.permutations(range(1, 46)),
    st.integers(0, 6),
)
def test_another_order_leaves_what_is_near_and_arranges_the_rest(
    count: int, steps: int, settled: set[int], order: list[int], near: int
) -> None:
    cursor = QueueCursor(np.arange(1, count + 1, dtype=np.int32))
    for _ in range(steps):
        cursor.advance()
    cursor.settle(settled)
    skipped = [face for face in (3, 1) if cursor.is_open(face)]
    cursor.to_end(skipped)
    current, ahead, left = cursor.current, cursor.ahead(near), cursor.open_count
    start = cursor.behind(near)
    before = set(cursor.ahead(100)) | {current}
    arranged = cursor.standing().arranged(
        np.asarray(order[:30], np.int32), np.asarray(skipped, np.int32), start
    )
    assert cursor.arrange(arranged, near)
    assert (cursor.current, cursor.ahead(near), cursor.open_count) == (current, ahead, left)
    assert set(cursor.ahead(100)) | {current} == before
    behind = [int(face) for face in cursor.standing().ids[start:]]
    ranks = {face: place for place, face in enumerate(order[:30])}
    ranks |= {face: 100 + place for place, face in enumerate(skipped)}
    placed = [ranks.get(face, 50) for face in behind]
    assert placed == sorted(placed)


def test_an_order_that_comes_too_late_changes_nothing() -> None:
    cursor = QueueCursor(np.arange(1, 11, dtype=np.int32))
    standing, start = cursor.standing(), cursor.behind(2)
    arranged = standing.arranged(np.arange(10, 0, -1, dtype=np.int32), np.empty(0, np.int32), start)
    cursor.advance()
    assert not cursor.arrange(arranged, 2), "a face that is loaded would be another one"
    assert cursor.arrange(arranged, 1)
    assert cursor.ahead(3) == (3, 10, 9)
    cursor.reopen([77])
    assert not cursor.arrange(arranged, 0), "a face came in since"


def test_the_first_face_is_there_before_the_whole_queue_was_read(
    desk: NotedDesk, lanes: Lanes, messages: Messages, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facereview.review.desk._NEAR", 3)
    first, far, new = FACES, 2, 1
    desk.outside.faces.set_order("payoff", np.arange(FACES, new, -1, dtype=np.int32))
    desk.sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected' WHERE id = ANY(%s)",
        [[first, far]],
    )
    page = review_page(desk, lanes, messages, qtbot)
    queue, shown = page.controller.queue, []
    queue.loaded.connect(lambda: shown.append((queue.cursor.current, queue.cursor.is_open(far))))
    with qtbot.waitSignal(queue.followed):
        page.start((Tab.PENDING, first, 0))
    assert shown == [(first - 1, True)], "what is far was looked up before the first face was shown"
    order = [*range(first - 1, far, -1), new]
    assert queue.cursor.current == order[0]
    assert list(queue.cursor.ahead(FACES)) == order[1:]
    assert len(queue.cursor) == len(order), "who was decided before is no face of this queue"
    qtbot.waitUntil(lambda: page.controller.tally.pending == len(order))


def test_keys_choose_the_order_and_the_current_face_stays(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.outside.faces.set_order("payoff", BACKWARDS)
    at = page.controller
    here = at.current
    chosen: list[SortBy] = []
    page.order.changed.connect(chosen.append)
    with qtbot.waitSignal(at.queue.loaded):
        press(Key.Key_2, shift=True)
    assert (at.current, at.queue.sort) == (here, SortBy.VIDEO)
    assert at.queue.cursor.ahead(2) == (2, 3)
    assert page.header.order.text() == "by video and time"
    with qtbot.waitSignal(at.queue.loaded):
        press(Key.Key_1, shift=True)
    assert at.current == here
    assert at.queue.cursor.first() == FACES
    assert page.header.order.text() == "by payoff"
    press(Key.Key_1, shift=True)
    assert chosen == [SortBy.VIDEO, SortBy.PAYOFF], "what is chosen already is not read again"
    with qtbot.waitSignal(at.queue.loaded):
        page.header.orders.actions()[list(SortBy).index(SortBy.BEST_QUALITY)].trigger()
    assert at.queue.sort is SortBy.BEST_QUALITY
    assert page.header.order.text() == "best quality first"
    assert at.current == FACES


def test_a_newer_order_does_not_move_what_is_ahead(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facereview.ui.review.queue._NEAR", FACES_AHEAD + 2)
    at = page.controller
    before = at.queue.cursor.ahead(FACES_AHEAD + 2)
    at.queue.arrange(BACKWARDS)
    press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    qtbot.waitUntil(lambda: at.queue.cursor.standing().ids[-1] != FACES)
    assert at.current == before[0]
    assert at.queue.cursor.ahead(FACES_AHEAD + 1) == before[1:]
    behind = at.queue.cursor.ahead(FACES)[FACES_AHEAD + 1 :]
    assert behind == tuple(range(FACES, FACES - len(behind), -1))


def test_other_queues_and_the_order_by_time_follow_no_payoff(
    page: ReviewPage, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    with qtbot.waitSignal(at.queue.loaded):
        press(Key.Key_2, shift=True)
    before = at.queue.cursor.standing().ids
    at.queue.arrange(BACKWARDS)
    with qtbot.waitSignal(at.queue.loaded):
        page.open_tab(Tab.DECIDED)
    with qtbot.waitSignal(at.queue.loaded):
        page.open_tab(Tab.SKIPPED)
    assert page.header.order.isHidden()
    with qtbot.waitSignal(at.queue.loaded):
        page.open_tab(Tab.PENDING)
    assert not page.header.order.isHidden()
    assert at.queue.cursor.standing().ids.tolist() == before.tolist()
