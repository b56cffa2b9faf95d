"""The Creators page on a real library: people, references, faces and videos, by keyboard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from creators_support import creator_parts
from PySide6.QtCore import QEventLoop, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from ui_support import CheckModel, MemoryPixels, known_names

from facereview.errors import DatabaseUnreachable
from facereview.records import Creator, SourceType, Status
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.actions.spec import EVERYWHERE
from facereview.ui.actions.table import ACTIONS
from facereview.ui.creators import view
from facereview.ui.creators.appearances import groove, moments, place
from facereview.ui.creators.dialogs import (
    MergeDialog,
    MergesDialog,
    NewPersonDialog,
    PersonDialog,
    SureDialog,
    WhoDialog,
)
from facereview.ui.creators.header import HEALTH, NEEDS
from facereview.ui.creators.list import CreatorsDelegate
from facereview.ui.creators.loader import CreatorParts
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.panel import APPEARS, FACES, RETIRED
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes, Rank
from facereview.ui.jobs.messages import Message, Messages
from support import detection, near, video_info

Sql = psycopg.Connection[Any]
Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
DECIDED = 6


class NeverOnTheWindow:
    """A desk that must not be asked on the GUI thread, nor its parts, and may lose its database."""

    def __init__(self, desk: Any, whole: NeverOnTheWindow | None = None) -> None:
        self._desk, self._whole = desk, whole or self
        self.lost = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._desk, name)
        if not callable(found):
            return NeverOnTheWindow(found, self._whole)

        def asked(*args: Any, **kwargs: Any) -> Any:
            assert threading.current_thread() is not threading.main_thread(), name
            if self._whole.lost:
                raise DatabaseUnreachable("The database is out of reach: start its server.")
            return found(*args, **kwargs)

        return asked


@pytest.fixture
def people(store: Store) -> dict[str, Creator]:
    """Ann with six decided faces and a wrong reference, Bob, Cora and nobody's Dan."""
    made = {name: store.creators.find_or_add(name) for name in ("Ann", "Bob", "Cora", "Dan")}
    for axis, name in enumerate(("Ann", "Bob", "Cora")):
        for seed in range(3):
            vector = near(axis, 0.9, 10 * axis + seed)
            store.creators.add_reference(made[name].id, vector, SourceType.MANUAL, None, 0.9)
    wrong = near(1, 0.95, 77)
    store.creators.add_reference(made["Ann"].id, wrong, SourceType.MANUAL, None, 0.9)
    video = store.videos.add(video_info())
    ids = [
        store.videos.add_face(video, detection(near(0, 0.7 + 0.03 * n, n), at=5.0 * (n + 1)))
        for n in range(DECIDED + 2)
    ]
    from facereview.review.decisions.decide import Decisions  # noqa: PLC0415

    now = store.faces.get(ids)
    seen = tuple(Seen(i, video, now[i].state, 0.8) for i in ids[:DECIDED])
    Decisions(store, "tester").apply(Intent(Kind.ACCEPT, seen, made["Ann"]))
    return made


@pytest.fixture
def parts(library: OpenLibrary) -> CreatorParts:
    return creator_parts(library)


@pytest.fixture
def desks(parts: CreatorParts) -> list[Any]:
    """The desks of the page, as it is given them."""
    made = (parts.creators, parts.references, parts.listing, parts.health)
    return [NeverOnTheWindow(desk) for desk in made]


@pytest.fixture
def page(
    library: OpenLibrary,
    parts: CreatorParts,
    desks: list[Any],
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[CreatorsPage]:
    review = library.desk(library.store())
    names = known_names(parts.listing, lanes)
    creators, references, listing, health = desks
    parts = CreatorParts(creators, references, listing, health, parts.pictures)
    decider = Decider(review, lanes.database, lanes.journal)
    made = CreatorsPage(parts, lanes, MemoryPixels(), messages, names=names, decider=decider)
    made.library_changed.connect(names.look)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    yield made
    lanes.shutdown()


@pytest.fixture
def shown(
    people: dict[str, Creator], page: CreatorsPage, qtbot: QtBot
) -> Callable[[str], CreatorsPage]:
    """Show the page with somebody at hand, everything loaded."""

    def show(name: str) -> CreatorsPage:
        page.show()
        page.activateWindow()
        qtbot.waitUntil(lambda: page.view.model.rowCount() == len(people))
        go_to(page, people[name], qtbot)
        return page

    return show


def go_to(page: CreatorsPage, creator: Creator, qtbot: QtBot) -> None:
    page.controller.show(creator.id)
    qtbot.waitUntil(lambda: page.view.panel.head.name.text() == creator.name)
    settled(page, qtbot)


def settled(page: CreatorsPage, qtbot: QtBot) -> None:
    """What was asked before on the database lane has been answered."""
    lanes = page.lanes
    for lane in (lanes.listing, lanes.database, lanes.survey, lanes.pictures, lanes.matching):
        loop = QEventLoop()
        lane.run(loop, lambda: 0, loop.exit)
        loop.exec()


def names(page: CreatorsPage) -> list[str]:
    return [page.view.model.index(row).data() for row in range(page.view.model.rowCount())]


def words(widget: QWidget) -> str:
    """Everything that can be read on a part of the page."""
    return " | ".join(
        label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)
    )


NONE = Qt.KeyboardModifier.NoModifier


def press(widget: QWidget, key: Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    widget.window().activateWindow()  # off screen nobody does so after a dialog
    assert QTest.qWaitForWindowActive(widget.window())
    QTest.keyClick(widget, key, modifiers)


def done(page: CreatorsPage, qtbot: QtBot, act: Callable[[], object]) -> None:
    """Do something that changes the library, and wait for what follows."""
    with qtbot.waitSignal(page.runner.done, timeout=20_000):
        act()
    settled(page, qtbot)
    settled(page, qtbot)


def test_creators_are_listed_with_counts_and_what_needs_care(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot, check_model: CheckModel
) -> None:
    page = shown("Ann")
    assert names(page) == ["Ann", "Bob", "Cora", "Dan"]
    qtbot.waitUntil(
        lambda: "Closer to Bob" in page.view.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    )
    aloud = [
        page.view.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(4)
    ]
    assert aloud[0].startswith("Ann, 4 references · 6 faces · 1 video, Closer to Bob")
    assert aloud[3] == "Dan, no references · no faces yet, needs references"
    check_model(page.view.model)
    check_model(page.view.panel.references.references)
    check_model(page.view.panel.faces.faces)
    check_model(page.view.panel.appears.videos)
    check_model(page.view.care.health.rows)


def test_every_key_press_searches(shown: Callable[[str], CreatorsPage], qtbot: QtBot) -> None:
    page = shown("Ann")
    press(page, Key.Key_Slash)
    QTest.keyClicks(page.view.header.search, "co")
    qtbot.waitUntil(lambda: names(page)[:1] == ["Cora"])
    qtbot.waitUntil(lambda: page.view.panel.head.name.text() == "Cora")
    press(page.view.header.search, Key.Key_Escape)
    qtbot.waitUntil(lambda: len(names(page)) == 4)
    QTest.keyClicks(page.view.header.search, "zzzzqqq")
    qtbot.waitUntil(page.view.notice.isVisible)
    assert "No creator has a name like “zzzzqqq”" in words(page.view.notice)
    page.view.notice.chosen.emit(view.CLEAR)
    qtbot.waitUntil(page.view.list.isVisible)


def test_the_pill_lists_those_without_references(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot
) -> None:
    page = shown("Ann")
    page.view.show_view(NEEDS)
    assert names(page) == ["Dan"]


def test_a_contaminated_reference_is_named_retired_and_restored(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot, sql: Sql, said: list[Message]
) -> None:
    page = shown("Ann")
    assert page.view.panel.banner.isVisible()
    assert "One reference is closer to Bob (" in words(page.view.panel.banner)
    done(page, qtbot, page.view.panel.banner.retire.click)
    assert sql.execute("SELECT count(*) FROM facereview.retired").fetchone() == (1,)
    assert not page.view.panel.banner.isVisible()
    assert said[0].text == "The reference was retired."
    page.view.panel.show_part(RETIRED)
    page.view.panel.focus_part()
    done(page, qtbot, lambda: press(page, Key.Key_R))
    assert sql.execute("SELECT count(*) FROM facereview.retired").fetchone() == (0,)
    done(page, qtbot, lambda: press(page, Key.Key_Z, CTRL))
    assert sql.execute("SELECT count(*) FROM facereview.retired").fetchone() == (1,)


def test_a_contaminated_reference_moves_to_whom_it_shows(
    shown: Callable[[str], CreatorsPage], people: dict[str, Creator], qtbot: QtBot, sql: Sql
) -> None:
    page = shown("Ann")
    assert page.view.panel.banner.move_it.text() == "Move to Bob"
    count = "SELECT count(*) FROM creator_face_embeddings WHERE creator_id = %s"
    done(page, qtbot, page.view.panel.banner.move_it.click)
    assert sql.execute(count, (people["Bob"].id,)).fetchone() == (4,)
    done(page, qtbot, lambda: press(page, Key.Key_Z, CTRL))
    assert sql.execute(count, (people["Ann"].id,)).fetchone() == (4,)


@pytest.mark.parametrize("act", ["retire", "move", "restore"])
def test_what_somebody_else_did_to_a_reference_before_is_not_claimed(
    shown: Callable[[str], CreatorsPage],
    store: Store,
    lanes: Lanes,
    said: list[Message],
    qtbot: QtBot,
    act: str,
) -> None:
    page = shown("Ann")
    if act == "restore":
        done(page, qtbot, page.view.panel.banner.retire.click)
        page.view.panel.show_part(RETIRED)
        page.view.panel.focus_part()
    culprit = page.view.panel.reference() if act == "restore" else page.view.panel.banner.culprit
    assert culprit is not None
    gate = threading.Event()
    lanes.database.run(page, lambda: gate.wait(20), rank=Rank.URGENT)
    if act == "restore":
        store.references.restore([culprit.reference.id])
        press(page, Key.Key_R)
    else:
        store.references.retire([culprit.reference.id], "somebody else")
        (
            page.view.panel.banner.retire if act == "retire" else page.view.panel.banner.move_it
        ).click()
    done(page, qtbot, gate.set)
    assert said[-1].text == (
        "Nothing was changed: somebody else retired, restored or moved the reference meanwhile."
    )


def test_the_health_list_opens_the_reference(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot
) -> None:
    page = shown("Cora")
    press(page, Key.Key_H)
    assert page.view.header.pills.current() == HEALTH
    qtbot.waitUntil(lambda: page.view.care.health.rows.rowCount() > 0)
    page.view.care.health.begin()
    assert page.view.care.health.currentIndex().data() == "Ann"
    press(page.view.care.health, Key.Key_Return)
    qtbot.waitUntil(lambda: page.view.panel.head.name.text() == "Ann")
    qtbot.waitUntil(page.view.panel.references.hasFocus)
    current = page.view.panel.references.current
    assert current is not None
    assert current.flags


def test_faces_worst_first_are_selected_by_keys_and_rejected(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot, sql: Sql
) -> None:
    page = shown("Ann")
    page.view.panel.show_part(FACES)
    page.view.panel.focus_part()
    wall = page.view.panel.faces
    qtbot.waitUntil(lambda: wall.faces.rowCount() == DECIDED)
    shown_ = [wall.faces.row(row) for row in range(DECIDED)]
    likeness = [one.similarity for one in shown_ if one and one.similarity is not None]
    assert likeness == sorted(likeness)
    press(wall, Key.Key_Space)
    press(wall, Key.Key_Right, SHIFT)
    assert len(wall.ticked()) == 2
    assert "2 faces selected" in page.view.panel.selection.text()
    ids = [one.face.id for one in wall.ticked()]
    done(page, qtbot, lambda: press(page, Key.Key_X))
    status = "SELECT match_status FROM video_face_detections WHERE id = ANY(%s)"
    assert sql.execute(status, (ids,)).fetchall() == [("rejected",)] * 2
    with qtbot.waitSignal(page.runner.faces_changed, timeout=20_000):
        press(page, Key.Key_Z, CTRL)
    assert {row[0] for row in sql.execute(status, (ids,))} == {Status.MATCHED}


def test_selected_faces_become_references(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot, sql: Sql
) -> None:
    page = shown("Ann")
    press(page, Key.Key_G)
    qtbot.waitUntil(lambda: len(page.view.panel.faces.ticked()) > 0)
    count = len(page.view.panel.faces.ticked())
    done(page, qtbot, lambda: press(page, Key.Key_T))
    made = "SELECT count(*) FROM creator_face_embeddings WHERE source_type = 'video_frame'"
    assert sql.execute(made).fetchone() == (count,)
    done(page, qtbot, lambda: press(page, Key.Key_Z, CTRL))
    assert sql.execute(made).fetchone() == (0,)


def test_selected_faces_are_split_off_and_come_back(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot, sql: Sql
) -> None:
    page = shown("Ann")
    page.view.panel.show_part(FACES)
    page.view.panel.focus_part()
    qtbot.waitUntil(lambda: page.view.panel.faces.faces.rowCount() == DECIDED)
    press(page.view.panel.faces, Key.Key_Space)
    press(page, Key.Key_M)
    dialog = page.dialogs.open
    assert isinstance(dialog, WhoDialog)
    done(page, qtbot, lambda: dialog.named.emit("Eve"))
    count = (
        "SELECT count(*) FROM video_face_detections d JOIN creators c "
        "ON c.id = d.matched_creator_id WHERE c.name = 'Eve' AND match_status <> 'pending'"
    )
    assert sql.execute(count).fetchone() == (1,)
    done(page, qtbot, lambda: press(page, Key.Key_Z, CTRL))
    assert sql.execute(count).fetchone() == (0,)


def test_a_click_on_a_mark_opens_the_face_and_on_the_title_the_video(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot
) -> None:
    page = shown("Ann")
    page.view.panel.show_part(APPEARS)
    videos = page.view.panel.appears
    qtbot.waitUntil(lambda: videos.videos.rowCount() == 1)
    row = videos.videos.row(0)
    assert row is not None
    assert (len(row.decided), len(row.likely)) == (DECIDED, 2)
    box = videos.visualRect(videos.videos.index(0))
    moment = moments(row)[3][0]
    at = QPoint(round(place(groove(box), row, moment)), box.center().y())
    with qtbot.waitSignal(page.review_requested) as asked:
        QTest.mouseClick(videos.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.args == [moment.face_id]
    title = QPoint(round(groove(box).right()) + 30, box.center().y())
    with qtbot.waitSignal(page.video_requested) as wanted:
        QTest.mouseClick(videos.viewport(), Qt.MouseButton.LeftButton, pos=title)
    assert wanted.args == ["/videos/one.mp4"]
    videos.begin()
    press(videos, Key.Key_Right)
    with qtbot.waitSignal(page.review_requested) as pressed:
        press(videos, Key.Key_Return)
    assert pressed.args == [moments(row)[1][0].face_id]


def test_a_new_creator_and_another_name(
    shown: Callable[[str], CreatorsPage], people: dict[str, Creator], qtbot: QtBot, sql: Sql
) -> None:
    page = shown("Dan")
    press(page, Key.Key_N, CTRL)
    dialog = page.dialogs.open
    assert isinstance(dialog, NewPersonDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    dialog.name.setText("Ann")
    dialog.verb.click()
    assert dialog.picker.popup.state.text() == "A creator already has this name."
    assert dialog.focusWidget() is dialog.name
    dialog.name.clear()
    QTest.keyClicks(dialog.name, "Zoe")
    for field in (dialog.aliases, dialog.about, dialog.cancel):
        press(dialog.focusWidget(), Key.Key_Tab)
        assert dialog.focusWidget() is field
    dialog.name.setText("Zoë")
    dialog.aliases.setPlainText("Z.\nthe one")
    done(page, qtbot, lambda: press(dialog.aliases, Key.Key_Return, CTRL))
    qtbot.waitUntil(lambda: page.view.panel.head.name.text() == "Zoë")
    assert "also known as" in page.view.panel.head.words.text()
    press(page, Key.Key_F2)
    renaming = page.dialogs.open
    assert isinstance(renaming, PersonDialog)
    assert renaming.aliases.toPlainText().split("\n") == ["the one", "Z."] or set(
        renaming.aliases.toPlainText().split("\n")
    ) == {"Z.", "the one"}
    assert renaming.focusWidget() is renaming.name
    renaming.name.setText("Zoé")
    renaming.aliases.setPlainText("Z.")
    done(page, qtbot, lambda: press(renaming.name, Key.Key_Return))
    rows = sql.execute("SELECT name FROM facereview.alias").fetchall()
    assert rows == [("Z.",)]
    done(page, qtbot, lambda: press(page, Key.Key_Z, CTRL))
    assert sql.execute("SELECT count(*) FROM creators WHERE name = 'Zoë'").fetchone() == (1,)
    assert len(sql.execute("SELECT name FROM facereview.alias").fetchall()) == 2
    done(page, qtbot, lambda: press(page, Key.Key_Z, CTRL))
    assert sql.execute("SELECT count(*) FROM creators WHERE name = 'Zoë'").fetchone() == (0,)


def test_two_creators_are_merged_after_a_preview_and_parted_again(
    shown: Callable[[str], CreatorsPage], people: dict[str, Creator], qtbot: QtBot, sql: Sql
) -> None:
    page = shown("Ann")
    before = sql.execute("SELECT id, matched_creator_id FROM video_face_detections").fetchall()
    press(page, Key.Key_M, CTRL)
    dialog = page.dialogs.open
    assert isinstance(dialog, MergeDialog)
    dialog.wanted.emit(people["Ann"], people["Bob"])
    qtbot.waitUntil(lambda: dialog.preview is not None)
    assert dialog.kept.strip.references.rowCount() == 4
    assert dialog.dropped.strip.references.rowCount() == 3
    assert "This can be undone, even days later." in dialog.conflicts.text()
    done(page, qtbot, dialog.verb.click)
    qtbot.waitUntil(lambda: names(page) == ["Ann", "Cora", "Dan"])
    done(page, qtbot, lambda: press(page, Key.Key_Z, CTRL))
    qtbot.waitUntil(lambda: names(page) == ["Ann", "Bob", "Cora", "Dan"])
    after = sql.execute("SELECT id, matched_creator_id FROM video_face_detections").fetchall()
    assert sorted(row for row in before if row[1]) == sorted(row for row in after if row[1])


def test_a_merge_is_undone_from_the_list_days_later(
    shown: Callable[[str], CreatorsPage], people: dict[str, Creator], qtbot: QtBot
) -> None:
    page = shown("Ann")
    done(page, qtbot, lambda: page.changes.merge(people["Ann"].id, people["Cora"].id))
    page.dialogs.merges()
    qtbot.waitUntil(lambda: isinstance(page.dialogs.open, MergesDialog))
    dialog = page.dialogs.open
    assert isinstance(dialog, MergesDialog)
    assert "Cora was merged into Ann" in words(dialog)
    button = next(b for b in dialog.findChildren(QWidget) if b.accessibleName().startswith("Undo:"))
    done(page, qtbot, lambda: QTest.mouseClick(button, Qt.MouseButton.LeftButton))
    qtbot.waitUntil(lambda: "Cora" in names(page))


def test_the_list_is_painted_before_all_creators_are_looked_over(
    people: dict[str, Creator], page: CreatorsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    paint = CreatorsDelegate.paint_cell

    def painted(*args: Any) -> None:
        paint(*args)
        done.append("painted")

    monkeypatch.setattr(CreatorsDelegate, "paint_cell", painted)
    monkeypatch.setattr(page.loader, "survey", lambda: done.append("looked over"))
    page.show()
    qtbot.waitUntil(lambda: "looked over" in done)
    assert done[0] == "painted"
    assert done.count("looked over") == 1


def test_a_hidden_page_looks_over_all_creators_only_when_it_is_shown(
    shown: Callable[[str], CreatorsPage],
    people: dict[str, Creator],
    store: Store,
    qtbot: QtBot,
) -> None:
    page = shown("Ann")
    done(page, qtbot, lambda: page.changes.merge(people["Ann"].id, people["Cora"].id))
    page.hide()
    with (
        qtbot.assertNotEmitted(page.loader.health),
        qtbot.assertNotEmitted(page.loader.people),
        qtbot.waitSignal(page.library_changed),
    ):
        done(page, qtbot, page.runner.decider.undo)
    assert names(page) == ["Ann", "Bob", "Dan"]
    with qtbot.waitSignals([page.loader.health, page.loader.people]):
        page.show()
    assert names(page) == ["Ann", "Bob", "Cora", "Dan"]


def test_erasing_lists_the_plan_and_asks_for_the_name(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot, sql: Sql, said: list[Message]
) -> None:
    page = shown("Ann")
    press(page, Key.Key_Delete, CTRL | SHIFT)
    qtbot.waitUntil(lambda: isinstance(page.dialogs.open, SureDialog))
    dialog = page.dialogs.open
    assert isinstance(dialog, SureDialog)
    assert any(line.startswith("4 references with their embeddings") for line in dialog.lines)
    assert any(line.startswith("6 faces in 1 video") for line in dialog.lines)
    assert not dialog.verb.isEnabled()
    dialog.field.setText("An")
    assert not dialog.verb.isEnabled()
    dialog.field.setText("Ann")
    done(page, qtbot, dialog.verb.click)
    qtbot.waitUntil(lambda: names(page) == ["Bob", "Cora", "Dan"])
    assert sql.execute("SELECT count(*) FROM video_face_detections").fetchone() == (2,)
    assert any("found nothing left" in message.text for message in said)


def test_deleting_says_what_is_lost(
    shown: Callable[[str], CreatorsPage], qtbot: QtBot, sql: Sql
) -> None:
    page = shown("Ann")
    press(page, Key.Key_Delete, SHIFT)
    qtbot.waitUntil(lambda: isinstance(page.dialogs.open, SureDialog))
    dialog = page.dialogs.open
    assert isinstance(dialog, SureDialog)
    assert "6 faces in 1 video become pending again." in dialog.lines
    done(page, qtbot, dialog.verb.click)
    assert sql.execute(
        "SELECT count(*) FROM video_face_detections WHERE match_status = 'pending'"
    ).fetchone() == (DECIDED + 2,)


def test_without_creators_it_says_what_to_do(page: CreatorsPage, qtbot: QtBot) -> None:
    page.show()
    qtbot.waitUntil(page.view.notice.isVisible)
    qtbot.waitUntil(lambda: "No creators yet" in words(page.view.notice))
    page.view.notice.chosen.emit(view.NEW)
    assert isinstance(page.dialogs.open, PersonDialog)


def test_a_lost_database_is_told_and_asked_again(
    page: CreatorsPage, people: dict[str, Creator], desks: list[NeverOnTheWindow], qtbot: QtBot
) -> None:
    for desk in desks:
        desk.lost = True
    page.show()
    qtbot.waitUntil(lambda: "The database is out of reach" in words(page.view.notice))
    for desk in desks:
        desk.lost = False
    page.view.notice.chosen.emit(view.RETRY)
    qtbot.waitUntil(page.view.list.isVisible)


def test_a_fault_is_not_told_in_place_of_a_list_that_was_read(
    shown: Callable[[str], CreatorsPage],
    desks: list[NeverOnTheWindow],
    said: list[Message],
    qtbot: QtBot,
) -> None:
    page = shown("Ann")
    desks[3].lost = True  # what needs care cannot be looked for
    page.refresh()
    settled(page, qtbot)
    fault = "The database is out of reach: start its server."
    assert [message.text for message in said] == [fault] * 2  # of references, and of pairs
    page.view.header.search.setText("zzzzqqq")
    qtbot.waitUntil(page.view.notice.isVisible)
    assert "No creator has a name like “zzzzqqq”" in words(page.view.notice)
    page.refresh()
    settled(page, qtbot)
    assert len(said) == 4
    assert "No creator has a name like “zzzzqqq”" in words(page.view.notice)


def test_trying_again_takes_the_fault_away(
    page: CreatorsPage,
    people: dict[str, Creator],
    desks: list[NeverOnTheWindow],
    lanes: Lanes,
    qtbot: QtBot,
) -> None:
    for desk in desks:
        desk.lost = True
    page.show()
    qtbot.waitUntil(lambda: "The database is out of reach" in words(page.view.notice))
    settled(page, qtbot)
    for desk in desks:
        desk.lost = False
    gate = threading.Event()
    lanes.listing.run(page, lambda: gate.wait(20), rank=Rank.URGENT)
    page.view.notice.chosen.emit(view.RETRY)
    qtbot.waitUntil(lambda: "Loading the creators" in words(page.view.notice))
    gate.set()
    qtbot.waitUntil(page.view.list.isVisible)


@pytest.mark.parametrize("name", ["Ж" * 300, "👩‍🎤 Zoë 🎬", "שלום עולם", 'O"Neil; DROP', "a" * 300])
def test_names_of_any_kind_are_shown_as_they_are(
    name: str, page: CreatorsPage, store: Store, qtbot: QtBot
) -> None:
    creator = store.creators.find_or_add(name)
    page.resize(1280, 690)
    page.show()
    qtbot.waitUntil(lambda: page.view.panel.head.name.text() == name[:300])
    assert page.view.model.index(0).data() == name[:300]
    assert not page.grab().isNull()
    assert page.controller.person is not None
    assert page.controller.person.creator.id == creator.id


def test_every_action_of_the_table_is_handled(page: CreatorsPage) -> None:
    own = {spec.id for spec in ACTIONS if spec.page == "creators"}
    shared = {spec.id for spec in ACTIONS if spec.page == EVERYWHERE}
    assert own <= set(page.commands.handlers()) <= own | shared
