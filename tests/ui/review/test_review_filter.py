"""The filter of the Review page: said by keys, shown as chips, and followed by all the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from review_support import FACES, NotedDesk, Press, face, idle, vector

from facereview.errors import DatabaseUnreachable
from facereview.filters import Between, CreatorRole, FaceFilter, FaceKind, SortBy
from facereview.records import Detection, FaceState, Status
from facereview.ui.filters.faces import FaceFilterDialog
from facereview.ui.review import filtering, queue
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab
from facereview.ui.review.selection import Selection
from support import judge

Key = Qt.Key
SECOND = list(range(11, 21))
"""The faces of the second video."""

Choose = Callable[[FaceFilter], None]


@pytest.fixture
def choose(page: ReviewPage, qtbot: QtBot) -> Choose:
    """Filter, and wait until the whole queue, its first face and its counts are there."""

    def chosen(wanted: FaceFilter) -> None:
        with qtbot.waitSignal(page.controller.queue.loaded):
            page.filter.bar.choose(wanted)
        at = page.controller
        qtbot.waitUntil(lambda: Tab.ALL in page.filter.counts.shown() and not at.queue.partial)
        qtbot.waitUntil(lambda: at.stage is not Stage.LOADING)

    return chosen


@pytest.fixture
def care(page: ReviewPage) -> list[str]:
    """What the curator is told to take care of."""
    told: list[str] = []
    page.controller.messages.said.connect(lambda message: told.append(message.text))
    return told


def opened(page: ReviewPage, qtbot: QtBot) -> FaceFilterDialog:
    """The dialog, opened by its key, once it knows what there is to choose from."""
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    QTest.keyClick(page, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    [dialog] = [one for one in page.window().findChildren(FaceFilterDialog) if one.isVisible()]
    assert isinstance(dialog, FaceFilterDialog)
    qtbot.waitUntil(lambda: dialog.folder.completer() is not None)
    return dialog


def ids(page: ReviewPage) -> list[int]:
    """The faces of the queue."""
    found: list[int] = page.controller.queue.cursor.standing().ids.tolist()
    return found


def test_a_filter_is_said_with_keys_and_everything_follows_it(
    page: ReviewPage, qtbot: QtBot
) -> None:
    dialog = opened(page, qtbot)
    assert dialog.text.hasFocus()
    QTest.keyClicks(dialog.text, "VIDEO 2")
    with qtbot.waitSignal(page.controller.queue.loaded):
        QTest.keyClick(dialog.text, Key.Key_Return)
    assert sorted(ids(page)) == SECOND
    assert [chip.text() for chip in page.filter.bar.chips] == ["“VIDEO 2”  ×"]
    qtbot.waitUntil(lambda: page.filter.bar.count.text() == "10 faces")
    assert page.header.pills._buttons[Tab.PENDING].text() == "Pending 10"
    assert page.header.pills._buttons[Tab.ALL].text() == "All 10"
    assert page.window().focusWidget() is page


def test_a_chip_is_taken_away_by_itself(page: ReviewPage, choose: Choose, qtbot: QtBot) -> None:
    choose(FaceFilter(text="Video", videos=(2,), quality=Between(0.5, None)))
    assert len(page.filter.bar.chips) == 3
    qtbot.waitUntil(lambda: "Video 2" in page.filter.bar.chips[1].text())
    with qtbot.waitSignal(page.controller.queue.loaded):
        QTest.keyClick(page.filter.bar.chips[1], Key.Key_Delete)
    assert page.filter.bar.wanted == FaceFilter(text="Video", quality=Between(0.5, None))
    assert len(ids(page)) == FACES
    with qtbot.waitSignal(page.controller.queue.loaded):
        QTest.keyClick(
            page,
            Key.Key_F,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )
    assert page.filter.bar.isHidden()
    assert page.filter.bar.wanted == FaceFilter()


def test_counts_follow_decisions_and_the_other_queues_are_filtered_too(
    page: ReviewPage, desk: NotedDesk, choose: Choose, press: Press, qtbot: QtBot
) -> None:
    choose(FaceFilter(videos=(2,)))
    press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert page.filter.counts.shown()[Tab.PENDING] == len(SECOND) - 1
    assert page.filter.counts.shown()[Tab.DECIDED] == 1
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.open_tab(Tab.DECIDED)
    assert len(ids(page)) == 1
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.open_tab(Tab.ALL)
    assert sorted(ids(page)) == SECOND


def test_nothing_found_leaves_a_way_out(page: ReviewPage, choose: Choose, qtbot: QtBot) -> None:
    choose(FaceFilter(text="nowhere"))
    qtbot.waitUntil(lambda: page.controller.stage is Stage.DONE)
    said = [label.text() for label in page.notice.findChildren(QLabel)]
    assert "No face fits this filter" in said
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.notice.chosen.emit("clear filter")
    assert len(ids(page)) == FACES
    qtbot.waitUntil(lambda: page.controller.stage is Stage.FACE)


def test_the_first_faces_are_shown_before_all_are_read(
    page: ReviewPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_FIRST", 3)
    seen: list[int] = []
    at = page.controller
    at.queue.loaded.connect(lambda: seen.append(len(ids(page))))
    with qtbot.waitSignal(at.queue.followed):
        page.filter.bar.choose(FaceFilter(videos=(2,)))
    assert seen == [3]
    assert at.queue.partial is False
    assert sorted(ids(page)) == SECOND


def test_a_filter_is_kept_with_its_queue_and_opens_though_the_creator_is_gone(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot, care: list[str]
) -> None:
    extra = desk.outside.creators.find_or_add("Penny")
    wanted = FaceFilter(
        creators=(extra.id,), roles=(CreatorRole.DENIED,), folder="/gone", similarity=Between(0, 1)
    )
    desk.outside.log.deny([(13, extra.id)])
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.open_tab(Tab.ALL)
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.filter.bar.choose(FaceFilter(kinds=(FaceKind.REJECTED,), text="x"))
    assert page.controller.queue.tab is Tab.REJECTED
    dialog = opened(page, qtbot)
    dialog.name.setText("who it is not")
    dialog.keep.click()
    qtbot.waitUntil(lambda: dialog.named.count() == 1)
    assert desk.outside.kept_filters.of("review") == [
        ("who it is not", {"kinds": ["rejected"], "text": "x"})
    ]
    desk.outside.kept_filters.keep("review", "gone", wanted.to_json(), "me")
    desk.outside.session.run("remove_creator", creator=extra.id)
    dialog.reject()
    dialog = opened(page, qtbot)
    dialog.named.setCurrentIndex(dialog.named.findData("gone"))
    with qtbot.waitSignal(page.controller.queue.loaded):
        dialog.open_named.click()
    qtbot.waitUntil(lambda: bool(care))
    assert "no longer in the library" in care[-1]
    texts = [chip.text() for chip in page.filter.bar.chips]
    assert "creator no longer in the library: denied  ×" in texts
    assert "folder without videos: /gone  ×" in texts


def test_a_kind_that_chose_its_queue_narrows_no_other(
    page: ReviewPage, choose: Choose, qtbot: QtBot
) -> None:
    choose(FaceFilter(kinds=(FaceKind.DECIDED,), videos=(2,), text="video"))
    assert page.filter.bar._kinds() == (FaceKind.DECIDED,)
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.open_tab(Tab.ALL)
    assert sorted(ids(page)) == SECOND
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.filter.bar.chips[0].click()
    assert page.filter.bar._kinds() == (), "All is still shown"
    assert sorted(ids(page)) == SECOND
    with qtbot.waitSignal(page.controller.queue.loaded):
        page.filter.bar.choose(FaceFilter(kinds=(FaceKind.DECIDED,), videos=(2,)))
    assert page.filter.bar._kinds() == (FaceKind.DECIDED,), "opened once more"


def test_choices_that_come_late_leave_what_was_entered(
    page: ReviewPage, desk: NotedDesk, choose: Choose, qtbot: QtBot
) -> None:
    raj = desk.outside.creators.several([2])[2]
    choose(FaceFilter(creators=(1,), text="video", decided_by="somebody"))
    desk.gate.clear()
    page.filter.open()
    [dialog] = page.window().findChildren(FaceFilterDialog)
    dialog.text.setText("typed")
    dialog.creator.picker.chosen.emit(raj)
    wanted = FaceFilter(creators=(2,), text="typed", decided_by="somebody")
    assert dialog.wanted() == wanted
    desk.gate.set()
    qtbot.waitUntil(lambda: dialog.folder.completer() is not None)
    assert dialog.wanted() == wanted
    assert dialog.creator.picker.field.text() == "Raj"
    dialog.clear.click()
    assert dialog.wanted() == FaceFilter()
    dialog.reject()


def test_a_number_that_is_none_is_refused_with_what_to_do(page: ReviewPage, qtbot: QtBot) -> None:
    dialog = opened(page, qtbot)
    dialog.probability.low.setText("35")
    dialog.show_found.click()
    assert "Probability: enter a number from 0 to 1" in dialog.fault.text()
    dialog.probability.show_ends(".45", ".35")
    dialog.show_found.click()
    assert "greater than the second" in dialog.fault.text()
    dialog.probability.show_ends("", "")
    dialog.decided.low.setText("yesterday")
    dialog.show_found.click()
    assert "Decided: enter a day" in dialog.fault.text()
    assert page.filter.bar.wanted == FaceFilter()
    dialog.reject()


def test_every_part_of_a_filter_comes_back_from_the_dialog(
    page: ReviewPage, choose: Choose, qtbot: QtBot
) -> None:
    everything = FaceFilter(
        kinds=(FaceKind.PENDING, FaceKind.REJECTED),
        creators=(2,),
        roles=(CreatorRole.SUGGESTED,),
        videos=(1,),
        folder="/v",
        similarity=Between(0.1, 0.9),
        probability=Between(None, 0.5),
        quality=Between(0.25, None),
        size=Between(10, 500),
        unscanned=True,
        decided_by="nobody known",
        by_machine=True,
        run=7,
        missing=True,
        text="x",
    )
    choose(everything)
    assert page.controller.queue.tab is Tab.ALL
    qtbot.waitUntil(lambda: page.filter.bar.facts is not None)
    dialog = opened(page, qtbot)
    assert dialog.creator.picker.field.text() == "Raj"
    assert dialog.wanted() == everything
    dialog.clear.click()
    assert dialog.wanted() == FaceFilter()
    dialog.reject()


def test_what_a_colleague_finds_comes_up_only_where_it_is_wanted(
    page: ReviewPage, desk: NotedDesk, choose: Choose, qtbot: QtBot
) -> None:
    choose(FaceFilter(videos=(2,), kinds=(FaceKind.DECIDED,)))
    page.controller.queue.tab = Tab.PENDING
    page.controller.queue.admit((1, 12, 14), (14,))
    qtbot.waitUntil(lambda: 12 in ids(page))
    assert sorted(ids(page)) == [12, 14]
    assert FaceState(Status.PENDING) == desk.outside.faces.get([12])[12].state
    assert page.controller.queue.sort is SortBy.PAYOFF


def test_all_of_a_filter_are_named_at_once_and_taken_back_at_once(
    page: ReviewPage, desk: NotedDesk, choose: Choose, press: Press, qtbot: QtBot
) -> None:
    choose(FaceFilter(videos=(2,)))
    select_all(page, qtbot)
    selection = page.controller.selection
    assert sorted(selection.ids) == SECOND
    assert not page.controller.selection_loader.lacks(), "they are known from the press on"
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: "decides 10 faces" in page.controller.twice.said)
    assert desk.intents == [], "most of them were not shown"
    press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    named = desk.outside.faces.get(list(range(1, FACES + 1)))
    assert [one for one, face in named.items() if face.state.status is Status.MATCHED] == SECOND
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: desk.outside.library.counts().pending == FACES)
    qtbot.waitUntil(lambda: page.controller.queue.cursor.open_count == len(SECOND))


def select_all(page: ReviewPage, qtbot: QtBot) -> None:
    """Press the key, and wait for what is selected."""
    with qtbot.waitSignal(page.controller.selection.changed):
        QTest.keyClick(page, Key.Key_A, Qt.KeyboardModifier.ControlModifier)


def test_what_comes_later_is_not_among_all_that_were_selected(
    page: ReviewPage, desk: NotedDesk, choose: Choose, press: Press, qtbot: QtBot
) -> None:
    choose(FaceFilter(videos=(2,)))
    select_all(page, qtbot)
    late = desk.outside.videos.add_faces(2, [Detection(99.0, face(1).box, 0.7, vector(21))])
    press(Key.Key_X)
    qtbot.waitUntil(lambda: "decides 10 faces" in page.controller.twice.said)
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    states = desk.outside.faces.get([*SECOND, *late])
    kinds = {one: state.state.status for one, state in states.items()}
    assert {kinds[one] for one in SECOND} == {Status.REJECTED}
    assert kinds[late[0]] is Status.PENDING


def test_so_many_faces_take_a_second_press_and_too_many_are_refused(
    page: ReviewPage,
    desk: NotedDesk,
    choose: Choose,
    press: Press,
    qtbot: QtBot,
    care: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.outside.library.set_config("confirm_twice_above", "9")
    choose(FaceFilter(videos=(2,)))
    select_all(page, qtbot)
    press(Key.Key_X)
    qtbot.waitUntil(lambda: "decides 10 faces" in page.controller.twice.said)
    assert desk.outside.library.counts().rejected == 0
    press(Key.Key_X)
    idle(page, desk, qtbot, 1)
    assert desk.outside.library.counts().rejected == len(SECOND)
    monkeypatch.setattr(filtering, "MOST_AT_ONCE", 9)
    choose(FaceFilter(videos=(1,)))
    page.filter.select_all()
    qtbot.waitUntil(lambda: "10 faces: at most 9 are selected at once" in care[-1])
    assert len(page.controller.selection) == 0


@pytest.mark.parametrize(
    ("key", "decided"), [(Key.Key_Escape, 0), (Key.Key_Right, 0), (Key.Key_X, 1)]
)
def test_a_key_acts_on_what_is_seen_while_all_faces_are_still_asked_for(
    page: ReviewPage,
    desk: NotedDesk,
    choose: Choose,
    press: Press,
    qtbot: QtBot,
    care: list[str],
    key: Key,
    decided: int,
) -> None:
    choose(FaceFilter(videos=(2,)))
    desk.gate.clear()
    press(Key.Key_A, ctrl=True)
    press(key)
    assert "were not selected" in care[-1]
    desk.gate.set()
    _lane_done(page, qtbot)
    idle(page, desk, qtbot, decided)
    assert len(page.controller.selection) == 0
    assert desk.outside.library.counts().rejected == decided


def _lane_done(page: ReviewPage, qtbot: QtBot) -> None:
    """What was asked of the database until now has been answered."""
    done: list[bool] = []
    page.filter._lane.run(page, lambda: True, done.append)
    qtbot.waitUntil(lambda: bool(done))


def test_what_is_undone_comes_up_only_where_it_is_wanted(
    page: ReviewPage, desk: NotedDesk, choose: Choose, press: Press, qtbot: QtBot
) -> None:
    for number in (1, 11):
        page.commands.go_to(number)
        qtbot.waitUntil(lambda: page.controller.view is not None)
        press(Key.Key_X)
    idle(page, desk, qtbot, 2)
    choose(FaceFilter(videos=(2,)))
    assert 11 not in ids(page)
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: 11 in ids(page))
    press(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: desk.outside.library.counts().pending == FACES)
    qtbot.waitUntil(lambda: not page.controller.decider.reverting)
    _lane_done(page, qtbot)
    assert sorted(ids(page)) == SECOND


def test_what_cannot_be_read_of_a_filter_is_said(
    page: ReviewPage,
    desk: NotedDesk,
    choose: Choose,
    qtbot: QtBot,
    care: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def lost(*_given: object) -> None:
        raise DatabaseUnreachable("the read was lost")

    monkeypatch.setattr(queue, "_FIRST", 3)
    monkeypatch.setattr(desk, "filtered", lost)
    page.filter.bar.choose(FaceFilter(videos=(2,)))
    qtbot.waitUntil(lambda: any("the read was lost" in text for text in care))
    assert page.controller.stage is not Stage.FAULT, "the first faces are there"
    care.clear()
    monkeypatch.setattr(desk.filters, "kinds", lost)
    page.filter.counts.read()
    qtbot.waitUntil(lambda: any("the read was lost" in text for text in care))


def test_a_key_that_waits_decides_what_was_selected_when_it_was_pressed(
    page: ReviewPage,
    desk: NotedDesk,
    choose: Choose,
    press: Press,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose(FaceFilter(videos=(2,)))
    with monkeypatch.context() as patch:
        patch.setattr(Selection, "asking", True)
        press(Key.Key_X)
        press(Key.Key_A, ctrl=True)
        _lane_done(page, qtbot)
    page.controller.line.go_on()
    qtbot.waitUntil(lambda: len(page.controller.selection) == len(SECOND) - 1)
    idle(page, desk, qtbot, 1)
    assert len(desk.intents[0].faces) == 1


def test_matches_that_were_not_seen_are_confirmed_at_the_second_press_only(
    page: ReviewPage, desk: NotedDesk, choose: Choose, press: Press, qtbot: QtBot
) -> None:
    howard = desk.outside.creators.several([1])[1]
    for number in SECOND:
        desk.match(number, howard)
    choose(FaceFilter(kinds=(FaceKind.AUTOMATIC,), videos=(2,)))
    qtbot.waitUntil(lambda: page.controller.view is not None)
    select_all(page, qtbot)
    press(Key.Key_Return)
    qtbot.waitUntil(lambda: "for Howard: decides 10 faces" in page.controller.twice.said)
    assert desk.intents == []
    press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert sorted(seen.face_id for seen in desk.intents[0].faces) == SECOND


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_keys_alone_find_faces_of_a_folder_by_probability_and_name_them_all(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    howard = desk.outside.creators.several([1])[1]
    judge(desk.outside, SECOND[:4], howard, 0.6)
    judge(desk.outside, SECOND[4:], howard, 0.3)
    desk.outside.session.run("move_video", video=2, path="/films/2.mp4", title="", old_title="")
    dialog = opened(page, qtbot)
    for field, text in (
        (dialog.folder, "/films"),
        (dialog.probability.low, ".35"),
        (dialog.probability.high, ".45"),
    ):
        while dialog.focusWidget() is not field:
            QTest.keyClick(dialog.focusWidget(), Key.Key_Tab)
        QTest.keyClicks(field, text)
    with qtbot.waitSignal(page.controller.queue.loaded):
        QTest.keyClick(dialog.focusWidget(), Key.Key_Return)
    qtbot.waitUntil(lambda: page.filter.bar.count.text() == "4 faces")
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    select_all(page, qtbot)
    QTest.keyClick(page, Key.Key_M)
    QTest.keyClicks(page.picker.field, "Howard")
    QTest.keyClick(page.picker.field, Key.Key_Return)
    qtbot.waitUntil(lambda: "decides 4 faces" in page.controller.twice.said)
    QTest.keyClick(page, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    named = desk.outside.faces.get(SECOND)
    assert [one for one, face in named.items() if face.state.creator_id == 1] == SECOND[:4]
    assert {face.state.status for one, face in named.items() if one in SECOND[4:]} == {
        Status.PENDING
    }
