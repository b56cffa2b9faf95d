"""Adding references on the Creators page: dropping, pasting, choosing a face, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from creators_support import creator_parts
from dragging import drag_over, drop_on
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_support import CheckModel, MemoryPixels, double_click, hold, known_names

from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.media.crops import FaceCrop
from facereview.media.images import save_image
from facereview.records import Box, Creator, Pixels, SourceType
from facereview.review.creators.reference_records import Caution, Doubt, Intake, IntakeFace
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.creators.intake import Draft, DraftModel, IntakeStage, Verdict, drafted
from facereview.ui.creators.intake_sheet import BoxedPicture, IntakeSheet
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.reference_wording import caution
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.pictures.images import crop
from support import near

Sql = psycopg.Connection[Any]
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pack_folder(zoo_pack: Path) -> Path:
    return zoo_pack


@pytest.fixture
def ann(store: Store) -> Creator:
    return store.creators.find_or_add("Ann")


@pytest.fixture
def page(
    library: OpenLibrary, ann: Creator, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[CreatorsPage]:
    parts = creator_parts(library)
    review = library.desk(library.store())
    names = known_names(parts.listing, lanes)
    decider = Decider(review, lanes.database, lanes.journal)
    made = CreatorsPage(parts, lanes, MemoryPixels(), messages, names=names, decider=decider)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitUntil(lambda: made.view.panel.head.name.text() == "Ann")
    yield made
    lanes.shutdown()


@pytest.fixture(scope="module")
def astronaut() -> Pixels:
    """A picture with one clear face."""
    return load_pictures()[ASTRONAUT]


@pytest.fixture
def pictures(tmp_path: Path, astronaut: Pixels) -> Path:
    """One face, two faces, none, and a file that is no picture."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    save_image(astronaut, folder / "1 one.png")
    face = astronaut[0:300, 80:420]
    save_image(np.concatenate([face, face[:, ::-1]], axis=1), folder / "2 two.png")
    save_image(np.full((200, 300, 3), 90, np.uint8), folder / "3 none.png")
    (folder / "4 broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    return folder


def drop(page: CreatorsPage, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    assert drag_over(page, data)
    assert page.veil.isVisible()
    drop_on(page, data)


def sheet_of(page: CreatorsPage, qtbot: QtBot, pictures: int) -> IntakeSheet:
    sheet = page.findChild(IntakeSheet)
    assert sheet is not None
    qtbot.waitUntil(lambda: page.intake.stage is IntakeStage.READY, timeout=60_000)
    assert page.intake.model.rowCount() == pictures
    return sheet


def verdicts(page: CreatorsPage) -> list[Verdict]:
    return [draft.verdict for draft in page.intake.model.rows]


def sources(sql: Sql) -> list[tuple[Any, ...]]:
    return sql.execute(
        "SELECT source_type, source_path FROM creator_face_embeddings ORDER BY id"
    ).fetchall()


def test_dropped_folder_is_looked_at_a_face_picked_and_the_good_stored(
    page: CreatorsPage,
    pictures: Path,
    qtbot: QtBot,
    sql: Sql,
    check_model: CheckModel,
) -> None:
    drop(page, pictures)
    sheet = sheet_of(page, qtbot, 4)
    check_model(page.intake.model)
    assert verdicts(page) == [Verdict.GOOD, Verdict.CHOOSE, Verdict.FAULT, Verdict.FAULT]
    press = QTest.keyClick
    press(sheet, Key.Key_Down)
    press(sheet, Key.Key_9)
    assert verdicts(page)[1] is Verdict.CHOOSE
    press(sheet, Key.Key_2)
    draft = page.intake.model.row(1)
    assert draft is not None
    assert draft.face == 1
    assert draft.verdict in (Verdict.GOOD, Verdict.CARE)
    if draft.verdict is Verdict.CARE:
        press(sheet, Key.Key_W)
    assert sources(sql) == []
    with qtbot.waitSignals([page.intake.stored, page.rematch.done], timeout=60_000):
        press(sheet, Key.Key_Return)
    assert sources(sql) == [
        (SourceType.MANUAL, str(pictures / "1 one.png")),
        (SourceType.MANUAL, str(pictures / "2 two.png")),
    ]
    qtbot.waitUntil(lambda: page.view.panel.references.references.rowCount() == 2)
    assert page.report.isVisible()
    assert page.report.words.text() == "No suggestions changed."


def test_a_key_held_down_in_the_sheet_counts_once(
    page: CreatorsPage, pictures: Path, qtbot: QtBot
) -> None:
    """X leaves a picture out, and the next X takes it in again; W confirms one warning after the
    other."""
    drop(page, pictures / "1 one.png")
    sheet = sheet_of(page, qtbot, 1)
    hold(sheet, Key.Key_X)
    assert verdicts(page) == [Verdict.OUT]
    hold(sheet, Key.Key_X)
    assert verdicts(page) == [Verdict.GOOD]


def test_escape_leaves_all_out(page: CreatorsPage, pictures: Path, qtbot: QtBot, sql: Sql) -> None:
    drop(page, pictures / "1 one.png")
    sheet = sheet_of(page, qtbot, 1)
    QTest.keyClick(sheet, Key.Key_Escape)
    qtbot.waitUntil(lambda: page.intake.stage is IntakeStage.IDLE)
    assert not sheet.isVisible()
    assert sources(sql) == []


def test_a_pasted_picture_is_stored_with_its_copy_as_source(
    page: CreatorsPage, astronaut: Pixels, library: OpenLibrary, qtbot: QtBot, sql: Sql
) -> None:
    height, width = astronaut.shape[:2]
    pixels = np.ascontiguousarray(astronaut)
    image = QImage(pixels.data, width, height, width * 3, QImage.Format.Format_RGB888)
    QGuiApplication.clipboard().setImage(image.copy())
    page.activateWindow()
    assert QTest.qWaitForWindowActive(page)
    QTest.keyClick(page, Key.Key_V, CTRL)
    sheet = sheet_of(page, qtbot, 1)
    assert page.intake.model.index(0).data() == "pasted picture"
    with qtbot.waitSignal(page.intake.stored, timeout=60_000):
        QTest.keyClick(sheet, Key.Key_Return)
    [(kind, path)] = sources(sql)
    assert kind == SourceType.MANUAL
    assert Path(path).is_file()
    assert library.home.root in Path(path).parents


def test_an_empty_clipboard_is_told(page: CreatorsPage, said: list[Message], qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("only words")
    page.commands.paste()
    assert said[-1].text == "The clipboard contains no picture and no files."
    assert page.intake.stage is IntakeStage.IDLE


def test_what_is_there_already_is_stored_only_anyway(
    page: CreatorsPage, pictures: Path, qtbot: QtBot, sql: Sql
) -> None:
    for anyway in (False, True):
        drop(page, pictures / "1 one.png")
        sheet = sheet_of(page, qtbot, 1)
        if anyway:
            assert verdicts(page) == [Verdict.CARE]
            assert "Nearly identical to a reference of Ann" in str(sheet.warnings.shown)
            QTest.keyClick(sheet, Key.Key_Return)
            assert page.intake.stage is IntakeStage.READY
            QTest.keyClick(sheet, Key.Key_W)
            assert verdicts(page) == [Verdict.ANYWAY]
        with qtbot.waitSignals([page.intake.stored, page.rematch.done], timeout=60_000):
            QTest.keyClick(sheet, Key.Key_Return)
    assert len(sources(sql)) == 2


def test_pictures_can_be_taken_back(
    page: CreatorsPage, pictures: Path, qtbot: QtBot, sql: Sql
) -> None:
    drop(page, pictures / "1 one.png")
    sheet = sheet_of(page, qtbot, 1)
    with qtbot.waitSignals([page.intake.stored, page.rematch.done], timeout=60_000):
        QTest.keyClick(sheet, Key.Key_Return)
    with qtbot.waitSignal(page.runner.done):
        page.runner.decider.undo()
    assert sources(sql) == []
    assert sql.execute("SELECT count(*) FROM facereview.retired").fetchone() == (0,)
    with qtbot.waitSignal(page.runner.done):
        page.runner.decider.redo()
    assert len(sources(sql)) == 1


# ------------------------------------------------------------------------------- without a library


BOB = Creator(2, "Bob")
WARNINGS: list[tuple[Caution, str]] = [
    (
        Caution(Doubt.SMALL, 40, 64),
        "The face is only 40 pixels wide; at least 64 are recommended.",
    ),
    (Caution(Doubt.BLURRED, 0.2, 0.4), "The face is blurred."),
    (Caution(Doubt.TURNED, 0.2, 0.4), "The face is turned away."),
    (Caution(Doubt.DARK, 0.2, 0.4), "The face is too dark."),
    (Caution(Doubt.BRIGHT, 0.2, 0.4), "The face is too bright."),
    (Caution(Doubt.UNSURE, 0.7, 0.88), "This may not be a face."),
    (Caution(Doubt.UNLIKE, 0.2, 0.4), "Unlike the other references of Ann (.20)."),
    (
        Caution(Doubt.CONFUSES, 0.55, None, BOB, 7),
        "A reference of Bob would be flagged: it is closer to this face (.55) than to the other "
        "references of Bob.",
    ),
    (
        Caution(Doubt.KNOWN, 0.98, None, BOB),
        "Nearly identical to another of these pictures (.98).",
    ),
    (
        Caution(Doubt.KNOWN, 0.98, None, BOB, 7),
        "Nearly identical to a reference of Bob (.98).",
    ),
    (
        Caution(Doubt.KNOWN, 0.98, None, BOB, 7, retired=True),
        "Nearly identical to a retired reference of Bob (.98).",
    ),
    (Caution(Doubt.OTHER, 0.86, 0.22, BOB), "Closer to Bob (.86) than to Ann (.22)."),
    (Caution(Doubt.OTHER, 0.86, None, BOB), "It looks like Bob (.86)."),
]


@pytest.mark.parametrize(("one", "words"), WARNINGS)
def test_each_warning_is_a_plain_sentence(one: Caution, words: str) -> None:
    assert caution(one, "Ann") == words


def draft_with(*cautions: tuple[Caution, ...]) -> Draft:
    """A picture with a face for each group of warnings."""
    square = FaceCrop(np.full((64, 64, 3), 120, np.uint8))
    faces = tuple(
        IntakeFace(Box(10 + 70 * n, 10, 50, 60), square, 0.8, near(n, 0.9), group)
        for n, group in enumerate(cautions)
    )
    intake = Intake(Path("a.jpg"), "a.jpg", faces, np.full((90, 300, 3), 60, np.uint8))
    return drafted(intake, tuple(crop(face.crop) for face in faces))


@pytest.mark.parametrize(("one", "words"), WARNINGS)
def test_a_face_with_a_warning_is_left_out_unless_wanted(one: Caution, words: str) -> None:
    model = DraftModel()
    model.add(draft_with((one,)))
    found = [model.rows[0].verdict]
    model.confirm_next(0)
    found.append(model.rows[0].verdict)
    model.leave_out(0)
    found.append(model.rows[0].verdict)
    assert found == [Verdict.CARE, Verdict.ANYWAY, Verdict.OUT]
    assert not model.rows[0].stores


def test_each_warning_is_confirmed_by_itself() -> None:
    dark, other = Caution(Doubt.DARK, 0.2, 0.4), Caution(Doubt.OTHER, 0.86, 0.22, BOB)
    model = DraftModel()
    model.add(draft_with((dark, other)))

    def now() -> tuple[Verdict, str]:
        return model.rows[0].verdict, model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)

    assert now() == (Verdict.CARE, "a.jpg: left out: 2 of 2 warnings to confirm")
    model.confirm_next(0)
    assert now() == (Verdict.CARE, "a.jpg: left out: 1 of 2 warnings to confirm")
    assert not model.rows[0].stores
    model.confirm_next(0)
    assert now() == (Verdict.ANYWAY, "a.jpg: will be stored anyway")
    model.confirm(0, dark.point)
    assert now() == (Verdict.CARE, "a.jpg: left out: 1 of 2 warnings to confirm")
    assert model.rows[0].unconfirmed == (dark,)
    model.confirm_next(0)
    model.confirm_next(0)
    assert now() == (Verdict.CARE, "a.jpg: left out: 2 of 2 warnings to confirm")


def test_an_error_cannot_be_stored_anyway(check_model: CheckModel) -> None:
    model = DraftModel()
    check_model(model)
    model.add(drafted(Intake(Path("a.jpg"), "a.jpg", fault="No face was found."), ()))
    model.confirm_next(0)
    model.leave_out(0)
    assert model.rows[0].verdict is Verdict.FAULT
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "a.jpg: No face was found."


def test_a_double_click_on_a_face_chooses_none_of_the_next_picture(qtbot: QtBot) -> None:
    """A click that settles a picture goes on to the next, which lies under the same mouse."""
    shown = BoxedPicture()
    qtbot.addWidget(shown)
    shown.resize(600, 200)
    shown.show()
    shown.show_draft(draft_with((), ()))
    heard: list[int] = []
    shown.picked.connect(heard.append)
    double_click(shown, shown._boxes()[1].center().toPoint())
    assert heard == [1]


def test_another_face_asks_anew_and_the_next_open_picture_follows() -> None:
    model = DraftModel()
    dark = Caution(Doubt.DARK, 0.2, 0.4)
    for _ in range(3):
        model.add(draft_with((dark,), ()))
    assert model.pick(0, 0)
    model.confirm_next(0)
    assert model.pick(0, 1)
    assert model.rows[0].verdict is Verdict.GOOD
    assert not model.pick(0, 2)
    assert model.next_open(0) == 1
    model.pick(1, 1)
    model.pick(2, 1)
    assert model.next_open(0) is None
