"""Review where an error rate counts: the track's name comes first, and Enter goes by its risk."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from review_support import CREATORS, NotedDesk, Press, idle, status, vector

from facereview.records import Status
from facereview.ui.jobs.messages import Message
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.rows_model import ROW
from support import go_by_rate, judge, unit

Key = Qt.Key
HOWARD, RAJ = CREATORS[1], CREATORS[2]


def blur(desk: NotedDesk, number: int) -> None:
    """Nobody is near this face any longer: the cosines to the creators are .16, .12 and less."""
    other = np.zeros(512, np.float32)
    other[40 + number] = 1
    blurred = unit(np.float32(0.2) * vector(number) + np.float32(0.98) * other)
    desk.sql.execute(
        "UPDATE video_face_detections SET embedding = %s::real[]::vector WHERE id = %s",
        (blurred.tolist(), number),
    )


@pytest.fixture
def desk(desk: NotedDesk) -> NotedDesk:
    """Two tracks of blurred faces are surely Raj and likely Howard, one of clear ones is open."""
    go_by_rate(desk.outside)
    for number in (1, 2, 3, 4, 5):
        blur(desk, number)
    judge(desk.outside, [1, 3, 5], RAJ, 0.005)
    judge(desk.outside, [2, 4], HOWARD, 0.1)
    judge(desk.outside, [7, 9], HOWARD, 0.4)
    return desk


def accept(page: ReviewPage) -> tuple[str, bool]:
    button = page.panel.buttons["accept"]
    return button.text(), button.isEnabled()


def test_enter_accepts_whom_the_track_names_however_far(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    first = page.panel.list.offered.index(0).data(ROW)
    assert (first.name, first.word, first.note) == ("Raj", "sure", "wrong in 1 of 200")
    assert first.track == "its track: 3 faces, 0:00–0:02"
    assert accept(page) == ("Accept Raj", True)
    assert page.accessibleDescription().endswith("first suggestion: Raj, sure · wrong in 1 of 200")
    press(Key.Key_Return, Key.Key_Return)
    idle(page, desk, qtbot, 2)
    assert [desk.face(n).creator_name for n in (1, 2)] == ["Raj", "Howard"]
    assert desk.face(1).state.confidence == pytest.approx(0.12, abs=0.01)  # the cosine, always


def test_enter_refuses_what_is_open_however_similar_and_a_digit_names(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    page.commands.go_to(7)
    qtbot.waitUntil(lambda: page.controller.view is not None and page.controller.current == 7)
    assert page.controller.suggestions[0].similarity == pytest.approx(0.81)
    assert accept(page) == ("Howard is uncertain: 1 accepts", False)
    press(Key.Key_Return, Key.Key_Return)
    assert [message.text for message in said] == [
        "Howard is uncertain (right in 60 of 100), so Enter does not accept it: press 1 to accept "
        "it anyway."
    ] * 2
    assert desk.intents == []
    press(Key.Key_1)
    idle(page, desk, qtbot, 1)
    assert desk.face(7).creator_name == "Howard"


def test_after_not_this_person_enter_waits_until_the_track_is_judged_again(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_N, Key.Key_Return)
    qtbot.waitUntil(lambda: len(said) == 1)
    assert said[0].text.startswith("Howard is uncertain (not known how sure)")
    qtbot.waitUntil(lambda: desk.denied(1) == {RAJ.id})
    assert (status(desk, 1), page.controller.current) == (Status.PENDING, 1)
    judge(desk.outside, [1, 3, 5], HOWARD, 0.01)
    page.refresh()
    qtbot.waitUntil(lambda: accept(page) == ("Accept Howard", True))


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_2])
def test_a_key_that_waits_for_new_suggestions_means_those_it_was_pressed_at(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot, said: list[Message], key: Qt.Key
) -> None:
    desk.gate.clear()
    page.controller.views.reload([1])
    judge(desk.outside, [1, 3, 5], HOWARD, 0.005)
    press(key)
    desk.gate.set()
    if key == Key.Key_2:
        idle(page, desk, qtbot, 1)
        assert desk.face(1).creator_name == "Howard"
    else:
        qtbot.waitUntil(lambda: bool(said))
        assert page.controller.suggestions[0].creator == HOWARD
        assert said[0].text.startswith("Raj is uncertain (not known how sure)")
        assert status(desk, 1) is Status.PENDING


def test_selected_faces_whose_tracks_name_somebody_else_wait_for_a_second_press(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    page.controller.selection.add([3, 4])
    qtbot.waitUntil(lambda: not page.controller.selection_loader.awaits())
    press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert [seen.face_id for seen in desk.intents[0].faces] == [1, 3]
    assert status(desk, 4) is Status.PENDING
    assert page.controller.current == 4
    assert page.controller.twice.said == (
        "Press Enter again for Raj: includes 1 face with another suggestion"
    )


def test_thresholds_count_as_soon_as_they_are_chosen_and_no_key_changes_its_meaning(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    desk.outside.library.choose_certainty({"mode": "thresholds"})
    page.refresh()
    qtbot.waitUntil(lambda: accept(page) == ("Raj is below .40: 1 accepts", False))
    page.controller.views.reload([1])
    qtbot.waitUntil(lambda: accept(page) == ("Howard is below .40: 1 accepts", False))
    first = page.panel.list.offered.index(0).data(ROW)
    assert (first.word, first.note, first.track) == ("", "below the threshold .40", "")
    press(Key.Key_1)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).creator_name == "Howard"


def test_what_a_decision_says_of_the_next_faces_is_read_again(
    page: ReviewPage, desk: NotedDesk, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    qtbot.waitUntil(lambda: at.views.get(2) is not None)
    judge(desk.outside, [1, 2, 4], RAJ, 0.005)
    page.follow.judged([1, 2, 4])
    qtbot.waitUntil(lambda: at.views.get(2) is not None)
    press(Key.Key_Right)
    qtbot.waitUntil(lambda: at.view is not None and at.current == 2)
    first = page.panel.list.offered.index(0).data(ROW)
    assert (first.name, first.word) == ("Raj", "sure")
    page.follow.judged([])
    assert at.views.get(4) is not None
