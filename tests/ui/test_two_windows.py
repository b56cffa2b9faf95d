"""Two windows on one library, each of a curator of its own: what one does, the other follows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cluster_support import Sql, until
from clustered_library import Library
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from whole_window import newest, part, show_page, whole_window

from facereview.app import Opened
from facereview.home import Home, curator
from facereview.records import FaceState, RejectReason, SourceType, Status
from facereview.review import colleagues
from facereview.review.creators.records import Profile
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.review.controller import ReviewController, Stage
from facereview.ui.review.overruled import OverruledDialog
from facereview.ui.settings.appearance import CuratorCard
from facereview.ui.settings.page import SettingsPage
from facereview.ui.shots import settle
from support import Faces, detection, make_faces, near, pack, video_info

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done in one window is told to the other, which would find it only much later."""
    monkeypatch.setattr(colleagues, "LOOK_SECONDS", 3600.0)


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 6)


@pytest.fixture
def windows(
    faces: Faces, tmp_path: Path, library_url: str, qtbot: QtBot
) -> Iterator[tuple[Opened, Opened]]:
    """Alice's and Bob's, at workstations of their own."""
    with ExitStack() as stack:
        made = []
        for name in ("Alice", "Bob"):
            home = Home(tmp_path / name).create()
            home.call_curator(name)
            window = stack.enter_context(whole_window(home.root, library_url, filled=False))[0]
            show_page(window, "review")
            until(qtbot, lambda at=window.pages.review.controller: at.view is not None)  # type: ignore[misc]
            until(qtbot, lambda at=window.pages.review.controller: at.tally.counts is not None)  # type: ignore[misc]
            made.append(window)
        until(qtbot, lambda: "Alice has" in hint(made[1]) and "Bob has" in hint(made[0]))
        yield made[0], made[1]


def at(opened: Opened) -> ReviewController:
    return opened.pages.review.controller


def press(opened: Opened, key: Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    opened.window.activateWindow()
    assert QTest.qWaitForWindowActive(opened.window)
    QTest.keyClick(opened.window.focusWidget() or opened.window, key, modifiers)


def hint(opened: Opened) -> str:
    return opened.pages.review.panel.hint.care.text()


def test_what_one_decides_is_counted_marked_and_passed_by_in_the_other(
    windows: tuple[Opened, Opened], faces: Faces, qtbot: QtBot
) -> None:
    alice, bob = windows
    first, second, third = faces.ids[:3]
    assert at(alice).current == at(bob).current == first
    press(bob, Key.Key_Return)
    until(qtbot, lambda: hint(alice) == "Bob has matched this face to Ann.")
    until(qtbot, lambda: at(alice).tally.pending == 5 and at(alice).tally.decided == 1)
    assert at(alice).current == first  # never swapped under the key
    assert alice.pages.review.panel.state.text() == "decided: Ann"
    press(bob, Key.Key_X)
    until(qtbot, lambda: at(alice).tally.rejected == 1)
    press(alice, Key.Key_Return)  # acts as on a decided face: it confirms
    until(qtbot, lambda: not at(alice).decider.under_way.holds(first))
    assert faces.state(0) == FaceState(Status.MATCHED, faces.ann.id, faces.state(0).confidence)
    assert faces.state(1).status is Status.REJECTED
    assert at(alice).current == third  # what Bob rejected is passed by
    assert second not in at(alice).queue.cursor.ahead(9)


def test_an_undo_brings_the_face_back_in_both(
    windows: tuple[Opened, Opened], faces: Faces, qtbot: QtBot
) -> None:
    alice, bob = windows
    press(bob, Key.Key_Return)
    until(qtbot, lambda: "matched this face to Ann" in hint(alice))
    press(alice, Key.Key_Z, CTRL)  # there is nothing of hers
    until(qtbot, lambda: not at(alice).decider.reverting)
    assert faces.state(0).status is Status.MATCHED
    press(bob, Key.Key_Z, CTRL)
    until(qtbot, lambda: hint(alice) == "Bob has undone this decision.")
    assert faces.state(0).status is Status.PENDING
    until(qtbot, lambda: at(alice).tally.pending == 6)
    assert at(alice).queue.cursor.is_open(faces.ids[0])


def test_the_name_set_in_settings_is_what_others_see_of_new_acts(
    windows: tuple[Opened, Opened], faces: Faces, tmp_path: Path, qtbot: QtBot
) -> None:
    alice, bob = windows
    press(bob, Key.Key_Return)
    until(qtbot, lambda: hint(alice) == "Bob has matched this face to Ann.")
    show_page(bob, "settings")
    (card,) = bob.window.findChildren(CuratorCard)
    assert card.name.text() == "Bob"
    card.name.setText(" Robert ")
    QTest.keyClick(card.name, Key.Key_Return)
    until(qtbot, lambda: card.name.text() == "Robert")
    assert Home(tmp_path / "Bob").curator() == "Robert"
    press(bob, Key.Key_Z, CTRL)
    until(qtbot, lambda: hint(alice) == "Robert has undone this decision.")
    workstations = {bob.library.workstation, Home(tmp_path / "Bob").workstation()}
    assert len(workstations) == 1
    card.name.setText("")
    QTest.keyClick(card.name, Key.Key_Return)
    until(qtbot, lambda: card.name.text() == curator())


def test_a_face_that_a_colleague_has_open_is_marked(
    windows: tuple[Opened, Opened], faces: Faces, qtbot: QtBot
) -> None:
    alice, bob = windows
    assert hint(alice) == "Bob has this face open."
    press(bob, Key.Key_Right)
    until(qtbot, lambda: hint(alice) == "")
    press(alice, Key.Key_Right)
    until(qtbot, lambda: hint(bob) == "Alice has this face open.")
    until(qtbot, lambda: hint(alice) == "Bob has this face open.")
    bob.window.close()
    bob.lanes.listening.shutdown()
    until(qtbot, lambda: hint(alice) == "")


def test_names_suggestions_and_new_faces_follow(
    windows: tuple[Opened, Opened], faces: Faces, qtbot: QtBot
) -> None:
    alice, bob = windows
    assert [one.creator.id for one in at(alice).suggestions] == [faces.ann.id, faces.bob.id]
    store, first = faces.store, faces.ids[0]
    likest = store.faces.vectors([first])[first]  # anew, Bob would come first
    store.creators.add_reference(faces.bob.id, likest, SourceType.MANUAL, None, 0.9)
    known = Profile("Ann", (), "")
    page = part(bob, CreatorsPage)
    page.changes.change(faces.ann.id, known, Profile("Zoe", (), ""))
    until(qtbot, lambda: at(alice).suggestions[0].creator.name == "Zoe")
    assert [one.creator.id for one in at(alice).suggestions] == [faces.ann.id, faces.bob.id]
    assert at(alice).suggestions[1].similarity > 0.99
    with store.transaction():
        video = store.videos.add(video_info("/videos/two.mp4"))
        new = store.videos.add_face(video, detection(near(0, 0.8, 99)))
        store.videos.record_scan(ScanRow(video, 1.0, 30, 40, frames=1, faces=1))
    for here in map(at, windows):
        until(qtbot, lambda here=here: here.queue.cursor.is_open(new))  # type: ignore[misc]
        until(qtbot, lambda here=here: here.tally.pending == 7)  # type: ignore[misc]
        assert here.current == faces.ids[0]


def test_a_threshold_that_one_sets_counts_in_the_other(
    windows: tuple[Opened, Opened], faces: Faces, qtbot: QtBot
) -> None:
    alice, bob = windows
    show_page(alice, "settings")
    with bob.library.store() as store:
        bob.library.settings(store).save("match_threshold", "0.66")

    def threshold() -> float:
        config = at(alice).queue.config
        return config.match_threshold if config else 0.0

    until(qtbot, lambda: threshold() == 0.66)
    row = part(alice, SettingsPage).recognition.rows["match_threshold"]
    until(qtbot, lambda: "66" in row.spin.text())
    assert at(alice).current == faces.ids[0]


def test_a_queue_that_was_done_goes_on_with_what_a_scan_brings(
    windows: tuple[Opened, Opened], faces: Faces, qtbot: QtBot
) -> None:
    alice, bob = windows
    for _ in faces.ids:
        press(bob, Key.Key_X)
    until(qtbot, lambda: at(bob).stage is Stage.DONE)
    until(qtbot, lambda: at(alice).tally.pending == 0)
    store = faces.store
    with store.transaction():
        video = store.videos.add(video_info("/videos/two.mp4"))
        new = store.videos.add_face(video, detection(near(0, 0.8, 99)))
        store.videos.record_scan(ScanRow(video, 1.0, 30, 40, frames=1, faces=1))
    until(qtbot, lambda: at(bob).current == new and at(bob).stage is Stage.FACE)
    assert at(alice).current == faces.ids[0]


def test_what_did_not_stand_is_told_until_it_is_looked_at_also_after_a_restart(
    faces: Faces, tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    first, second = faces.ids[:2]
    alice = Home(tmp_path / "Alice").create()
    with whole_window(alice.root, library_url, filled=False) as (opened, _theme):
        show_page(opened, "review")
        review = at(opened)
        until(qtbot, lambda: review.view is not None)
        decide = Decisions(Store(faces.store.database, "elsewhere", lambda: "Bob"), "bob")
        seen = faces.seen(0, 1)
        decide.apply(Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER))
        for face in (first, second):  # before the news are there
            review.decider.decide(Intent(Kind.ACCEPT, (seen[face != first],), faces.ann))
        button = opened.pages.review.header.overruled
        until(qtbot, lambda: button.text().startswith("2 of your decisions overruled"))
        opened.pages.review.controller.messages.info(
            "The database is available again, and everything is saved."
        )
        assert button.isVisible()
    with whole_window(alice.root, library_url, filled=False) as (opened, _theme):
        show_page(opened, "review")
        button = opened.pages.review.header.overruled
        until(qtbot, button.isVisible)
        assert button.text() == "2 of your decisions overruled by another curator"
        press(opened, Key.Key_O)
        dialog = newest(OverruledDialog)
        words = [dialog.list.item(row).text() for row in range(dialog.list.count())]
        assert words[0] == "one.mp4 at 0:10: you chose Ann; Bob chose rejected"
        QTest.keyClick(dialog.list, Key.Key_Down)
        QTest.keyClick(dialog.list, Key.Key_Return)
        until(qtbot, lambda: at(opened).current == second)
        until(qtbot, lambda: button.text().startswith("1 of your decisions overruled"))
        press(opened, Key.Key_O)
        newest(OverruledDialog).other.click()
        until(qtbot, lambda: not button.isVisible())


def test_clusters_follow_and_the_one_at_hand_stays_at_hand(
    store: Store, tmp_path: Path, library_url: str, sql: Sql, qtbot: QtBot
) -> None:
    library = Library(store)
    library.updater.from_nothing()
    named = "SELECT count(*) FROM video_face_detections WHERE match_status = 'matched'"
    home = Home(tmp_path / "Alice").create()
    with whole_window(home.root, library_url, filled=False) as (alice, _theme):
        show_page(alice, "clusters")
        page = part(alice, ClusterPage)
        wall = page.controller.entries
        mine, other = (library.cluster_of(people[0]) for people in library.people[:2])
        page.moves.go_to(mine)
        until(qtbot, lambda: page.controller.view is not None)
        assert wall.current == mine
        bob = History(Store(store.database, "elsewhere"), "bob", pack)
        bob.apply(Intent(Kind.ACCEPT, library.seen(*library.people[1]), library.bob))
        until(qtbot, lambda: wall.row_of(other) is None)
        assert wall.current == mine
        bob.apply(Intent(Kind.ACCEPT, library.seen(*library.people[0]), library.ann))
        line = alice.window.message_line
        until(qtbot, lambda: line.text.text() == "Somebody else has decided this cluster.")
        assert wall.current == mine
        assert page.controller.view is not None
        press(alice, Key.Key_Return)
        until(qtbot, lambda: wall.row_of(mine) is None)
        settle(alice.lanes, alice.window)
        assert sql.execute(named).fetchone() == (12,)
        kinds = sql.execute("SELECT kind FROM facereview.batch ORDER BY id").fetchall()
        assert kinds == [("accept",), ("accept",)]
