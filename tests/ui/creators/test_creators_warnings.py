"""No key stores a doubtful picture unasked: each warning is confirmed by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from creators_support import creators_page, settled
from PIL import Image, ImageFilter
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from facereview.records import Creator
from facereview.review.creators.reference_records import Doubt
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.creators.intake import IntakeStage, Verdict
from facereview.ui.creators.intake_sheet import IntakeSheet
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.theme import tokens_of

Sql = psycopg.Connection[Any]
Key = Qt.Key
COUNT = "SELECT count(*) FROM creator_face_embeddings WHERE creator_id = %s"


@pytest.fixture
def pack_folder(zoo_pack: Path) -> Path:
    return zoo_pack


@pytest.fixture
def people(library: OpenLibrary, store: Store, data: Path) -> dict[str, Creator]:
    """Amy with three pictures, Raj with two, and Zoe with none."""
    service = LibraryService(library)
    made = {name: store.creators.find_or_add(name) for name in ("amy", "raj", "zoe")}
    for name, numbers in (("amy", (1, 2, 3)), ("raj", (1, 2))):
        for number in numbers:
            look = service.look(picture(data, name, number), made[name].id)
            assert service.store_picture(look, 0, made[name]).references
    return made


def picture(data: Path, who: str, number: int) -> Path:
    return data / "people" / who / f"{who}{number}.png"


@pytest.fixture
def page(
    library: OpenLibrary,
    people: dict[str, Creator],
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[CreatorsPage]:
    with creators_page(library, lanes, messages, qtbot) as made:
        made.show()
        made.activateWindow()
        made.controller.show(people["amy"].id)
        qtbot.waitUntil(lambda: made.view.panel.head.name.text() == "amy")
        settled(made)
        yield made


def add(page: CreatorsPage, qtbot: QtBot, *paths: Path) -> IntakeSheet:
    page.commands.add(paths)
    sheet = page.findChild(IntakeSheet)
    assert sheet is not None
    qtbot.waitUntil(lambda: page.intake.stage is IntakeStage.READY, timeout=60_000)
    return sheet


def verdicts(page: CreatorsPage) -> list[Verdict]:
    return [draft.verdict for draft in page.intake.model.rows]


def green(sheet: IntakeSheet) -> int:
    """How many pixels of the box over the picture have the colour of what is stored unasked."""
    image, wanted = sheet.picture.grab().toImage(), QColor(tokens_of(sheet).green).rgb()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixel(x, y) == wanted for x, y in places)


@pytest.mark.parametrize("what", ["a dog", "blurred", "somebody else"])
def test_enter_stores_no_doubtful_picture(
    page: CreatorsPage,
    people: dict[str, Creator],
    data: Path,
    tmp_path: Path,
    qtbot: QtBot,
    sql: Sql,
    what: str,
) -> None:
    path = {
        "a dog": data / "negatives" / "dogs.jpg",
        "somebody else": picture(data, "raj", 3),
    }.get(what, tmp_path / "blurred.png")
    if what == "blurred":
        whole = Image.open(picture(data, "amy", 4)).convert("RGB")
        whole.filter(ImageFilter.GaussianBlur(4)).save(path)
    sheet = add(page, qtbot, path)
    assert verdicts(page) == [Verdict.CARE]
    assert green(sheet) == 0
    [draft] = page.intake.model.rows
    assert draft.chosen is not None
    found = {one.doubt for one in draft.chosen.cautions}
    assert (
        found
        >= {
            "a dog": {Doubt.UNSURE, Doubt.UNLIKE},
            "blurred": {Doubt.BLURRED},
            "somebody else": {Doubt.UNLIKE, Doubt.OTHER},
        }[what]
    )
    for _ in range(3):
        QTest.keyClick(sheet, Key.Key_Return)
    assert page.intake.stage is IntakeStage.READY
    assert not sheet.store.isEnabled()
    assert sql.execute(COUNT, (people["amy"].id,)).fetchone() == (3,)


def test_every_warning_is_ticked_by_itself_by_key_or_mouse(
    page: CreatorsPage, people: dict[str, Creator], data: Path, qtbot: QtBot, sql: Sql
) -> None:
    sheet = add(page, qtbot, picture(data, "raj", 3))
    [draft] = page.intake.model.rows
    points = [one.point for one in draft.unconfirmed]
    assert len(points) >= 2
    assert sheet.anyway.text() == f"Confirm warning 1 of {len(points)}"
    QTest.keyClick(sheet, Key.Key_W)
    assert [sheet.warnings.boxes[point].isChecked() for point in points[:2]] == [True, False]
    assert sheet.anyway.text() == f"Confirm warning 2 of {len(points)}"
    QTest.keyClick(sheet, Key.Key_Return)
    assert page.intake.stage is IntakeStage.READY
    for point in points[1:]:
        sheet.warnings.boxes[point].click()
    assert verdicts(page) == [Verdict.ANYWAY]
    assert sheet.anyway.text() == "Withdraw confirmation"
    assert sheet.store.care
    assert green(sheet) == 0
    with qtbot.waitSignals([page.intake.stored, page.rematch.done], timeout=60_000):
        QTest.keyClick(sheet, Key.Key_Return)
    assert sql.execute(COUNT, (people["amy"].id,)).fetchone() == (4,)


def test_a_good_picture_is_green_and_stored_by_enter(
    page: CreatorsPage, people: dict[str, Creator], data: Path, qtbot: QtBot, sql: Sql
) -> None:
    sheet = add(page, qtbot, picture(data, "amy", 4))
    assert verdicts(page) == [Verdict.GOOD]
    assert green(sheet) > 0
    assert not sheet.warnings.isVisible()
    assert (sheet.anyway.isEnabled(), sheet.store.care) == (False, False)
    with qtbot.waitSignals([page.intake.stored, page.rematch.done], timeout=60_000):
        QTest.keyClick(sheet, Key.Key_Return)
    assert sql.execute(COUNT, (people["amy"].id,)).fetchone() == (4,)


def test_of_the_first_picture_it_is_said_that_there_is_nothing_to_compare_with(
    page: CreatorsPage, people: dict[str, Creator], data: Path, qtbot: QtBot, sql: Sql
) -> None:
    page.controller.show(people["zoe"].id)
    settled(page)
    pictures = [picture(data, "penny", 1), picture(data, "penny", 2), picture(data, "howard", 1)]
    sheet = add(page, qtbot, *pictures)
    assert sheet.note.text() == "First reference of zoe: there is nothing to compare it with."
    assert sheet.ask.text() == "Will be stored as the first reference"
    # pictures at hand are compared with each other: the last shows somebody else
    assert verdicts(page) == [Verdict.GOOD, Verdict.GOOD, Verdict.CARE]
    assert "Unlike the other references of zoe" in page_warning(page, sheet, 2)
    with qtbot.waitSignals([page.intake.stored, page.rematch.done], timeout=60_000):
        QTest.keyClick(sheet, Key.Key_Return)
    assert sql.execute(COUNT, (people["zoe"].id,)).fetchone() == (2,)


def page_warning(page: CreatorsPage, sheet: IntakeSheet, row: int) -> str:
    sheet.list.setCurrentIndex(page.intake.model.index(row))
    return str(sheet.warnings.shown)


def test_what_came_to_be_doubtful_while_the_sheet_was_open_is_asked_again(
    page: CreatorsPage,
    library: OpenLibrary,
    people: dict[str, Creator],
    data: Path,
    qtbot: QtBot,
    sql: Sql,
) -> None:
    """Another curator stores the same picture meanwhile."""
    sheet = add(page, qtbot, picture(data, "amy", 4), picture(data, "amy", 5))
    assert verdicts(page) == [Verdict.GOOD, Verdict.GOOD]
    service = LibraryService(library)
    other = service.look(picture(data, "amy", 5), people["amy"].id)
    assert service.store_picture(other, 0, people["amy"]).references
    with qtbot.waitSignals([page.intake.stored, page.intake.refused], timeout=60_000):
        QTest.keyClick(sheet, Key.Key_Return)
    assert sheet.isVisible()
    assert verdicts(page) == [Verdict.CARE]
    assert sheet.fault.text().startswith("Not stored: there are new warnings")
    assert "Nearly identical to a reference of amy" in str(sheet.warnings.shown)
    assert sql.execute(COUNT, (people["amy"].id,)).fetchone() == (5,)
    QTest.keyClick(sheet, Key.Key_Escape)
    qtbot.waitUntil(lambda: page.intake.stage is IntakeStage.IDLE)
