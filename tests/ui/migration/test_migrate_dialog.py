"""Bringing in a library from the window: check, migrate, cancel, and on to its faces."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from facereview.errors import Cancelled, Invalid, Remedy, SchemaError
from facereview.migrate.progress import Progress, Stage
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.migration.dialog import MigrateDialog
from facereview.ui.migration.run import MigrationOutcome, MigrationWish


class Migrator:
    """Does what the test says."""

    def __init__(self) -> None:
        self.wishes: list[MigrationWish] = []
        self.fault: Exception | None = None
        self.good = True
        self.lossy = False
        self.scannable = True
        self.waits = False
        self.began = threading.Event()

    def __call__(
        self,
        wish: MigrationWish,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> MigrationOutcome:
        self.wishes.append(wish)
        on_progress(Progress(Stage.LOADING, 1, 2, 0.5, None))
        self.began.set()
        while self.waits:
            if cancelled():
                raise Cancelled
        if self.fault:
            raise self.fault
        written = self.good and not wish.check
        return MigrationOutcome(
            *("The sentence.", self.good, written, ("one", "two"), "<p>page"),
            lossy=self.lossy,
            scannable=self.scannable,
        )


@pytest.fixture
def migrator() -> Migrator:
    return Migrator()


@pytest.fixture
def dialog(migrator: Migrator, lanes: Lanes, qtbot: QtBot) -> MigrateDialog:
    dialog = MigrateDialog(migrator, lanes.migrating)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def done(dialog: MigrateDialog, qtbot: QtBot) -> None:
    """Wait until nothing runs."""
    qtbot.waitUntil(lambda: not dialog.busy)


def test_nothing_can_be_done_without_a_file(dialog: MigrateDialog) -> None:
    assert not dialog.go.isEnabled() and not dialog.check.isEnabled()


def test_checking_shows_the_plan_and_writes_nothing(
    dialog: MigrateDialog, migrator: Migrator, qtbot: QtBot
) -> None:
    dialog.form.file.setText("/x/library.db")
    dialog.form.old.setText("/mnt")
    dialog.form.new.setText("/media")
    dialog.form.policy.setCurrentIndex(2)
    dialog.form.dates.setText("m.at=core-data, n.at=year")
    dialog.check.click()
    done(dialog, qtbot)
    assert migrator.wishes == [
        MigrationWish(
            Path("/x/library.db"),
            "quarantine",
            True,
            ("/mnt=/media",),
            ("m.at=core-data", "n.at=year"),
        )
    ]
    assert dialog.text.toPlainText() == "one\ntwo" and dialog.open_page.isVisible()
    assert dialog.go.isVisible() and not dialog.scan.isVisible()


def test_a_migrated_library_offers_its_faces(dialog: MigrateDialog, qtbot: QtBot) -> None:
    dialog.form.file.setText("/x/library.db")
    with qtbot.waitSignal(dialog.migrated):
        dialog.go.click()
    assert dialog.scan.isVisible() and not dialog.go.isVisible()
    with qtbot.waitSignal(dialog.scan_wanted):
        dialog.scan.click()
    assert not dialog.isVisible()


def test_a_library_that_is_not_there_whole_is_not_shown_as_good(
    dialog: MigrateDialog, migrator: Migrator, qtbot: QtBot
) -> None:
    migrator.lossy, migrator.scannable = True, False
    dialog.form.file.setText("/x/library.db")
    with qtbot.waitSignal(dialog.migrated):
        dialog.go.click()
    assert dialog.verdict.property("rank") == "care"
    assert not dialog.scan.isVisible() and not dialog.go.isVisible()


def test_a_whole_library_is_shown_as_good(dialog: MigrateDialog, qtbot: QtBot) -> None:
    dialog.form.file.setText("/x/library.db")
    with qtbot.waitSignal(dialog.migrated):
        dialog.go.click()
    assert dialog.verdict.property("rank") == "good"


def test_defects_and_faults_are_said_and_it_can_be_tried_again(
    dialog: MigrateDialog, migrator: Migrator, qtbot: QtBot
) -> None:
    dialog.form.file.setText("/x/library.db")
    migrator.good = False
    dialog.run(check=False)
    done(dialog, qtbot)
    assert dialog.verdict.property("rank") == "fault" and dialog.go.isEnabled()
    migrator.fault = Invalid("The file is gone: check the path.")
    dialog.run(check=False)
    done(dialog, qtbot)
    assert dialog.verdict.text() == "The file is gone: check the path."


def test_escape_cancels_first_and_closes_then(
    dialog: MigrateDialog, migrator: Migrator, qtbot: QtBot
) -> None:
    migrator.waits = True
    dialog.form.file.setText("/x/library.db")
    dialog.run(check=False)
    qtbot.waitUntil(migrator.began.is_set)
    qtbot.waitUntil(lambda: dialog.doing.text() == "loading 1 of 2")
    assert dialog.bar.value() == 500
    dialog.reject()
    done(dialog, qtbot)
    assert dialog.isVisible() and "cancelled" in dialog.verdict.text()
    assert dialog.verdict.property("rank") != "fault"
    dialog.reject()
    assert not dialog.isVisible()


def test_a_library_that_holds_something_offers_a_new_one(
    dialog: MigrateDialog, migrator: Migrator, qtbot: QtBot
) -> None:
    dialog.form.file.setText("/x/library.db")
    assert not dialog.new_library.isVisible()
    migrator.fault = SchemaError("The table videos already holds rows", Remedy.EMPTY_DATABASE)
    dialog.run(check=True)
    done(dialog, qtbot)
    assert dialog.verdict.text().startswith("The table videos already holds rows: create an empty")
    assert dialog.new_library.isVisible()
    with qtbot.waitSignal(dialog.new_library_wanted):
        dialog.new_library.click()
    assert not dialog.isVisible()


def test_the_folder_on_this_computer_is_chosen(
    dialog: MigrateDialog, migrator: Migrator, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog.form.file.setText("/x/library.db")
    dialog.form.old.setText("/mnt/videos")
    dialog.form.choose_new.click()
    chooser = dialog.findChild(QFileDialog)
    assert chooser is not None and chooser.fileMode() is QFileDialog.FileMode.Directory
    chooser.filesSelected.emit([str(tmp_path)])
    chooser.close()
    dialog.run(check=True)
    done(dialog, qtbot)
    assert migrator.wishes[-1].mounts == (f"/mnt/videos={tmp_path}",)
