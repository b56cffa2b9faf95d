"""Parts that the tests of the window share."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import psycopg.conninfo
import pytest
from cluster_support import Guarded, NoClustering, Sql, clustered_faces
from filelock import FileLock
from library_support import opened
from PySide6.QtCore import QLocale, QMetaMethod, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, fill, review_page
from shiboken6 import delete, isValid, ownedByPython
from ui_support import CheckModel, MemoryPixels, known_names

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.creators.desk import NamesDesk
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.review.library.opening import OpenLibrary
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.theme import window_font
from facereview.ui.window.translation import install
from support import Faces, pack


@pytest.fixture(autouse=True, scope="session")
def patience() -> Iterator[None]:
    """On a busy machine what is waited for may take longer than the plugin's five seconds."""
    with pytest.MonkeyPatch.context() as patch:
        for wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals):
            defaults = {**(wait.__kwdefaults__ or {}), "timeout": 30_000}
            patch.setattr(wait, "__kwdefaults__", defaults)
        yield


@pytest.fixture(autouse=True, scope="session")
def font(qapp: QApplication) -> None:
    """The window's font everywhere, so that text is as wide as in the window."""
    qapp.setFont(window_font())


@pytest.fixture(autouse=True)
def collected_here() -> Iterator[None]:
    """Collect garbage between tests only: on a lane Qt's objects must not end (see Collector)."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def hands_off(qapp: QApplication) -> Iterator[None]:
    """No key and no button is down when a test begins.

    Qt keeps what the last event said, and neither ``keyClick`` with a modifier nor a click on
    something that goes away ends with an event that says that all was let go.
    """
    desk = QWidget()
    QTest.keyRelease(desk, Qt.Key.Key_Control)
    for held in qapp.mouseButtons():
        QTest.mouseRelease(desk, held)
    yield
    while (popup := qapp.activePopupWidget()) is not None:
        popup.close()


@pytest.fixture(autouse=True, scope="module")
def freed(qapp: QApplication) -> Iterator[None]:
    """Delete what the window would keep until the program ends.

    A signal keeps the function that it is connected to, and so the page of that function and what
    the page knows, among them the sender: nothing in Python sees that circle.
    """
    yield
    qapp.processEvents()  # the last answer of a lane tells those who are deleted then
    for thing in gc.get_objects():
        if _is_left_over(thing):
            delete(thing)
    gc.collect()


def _is_left_over(thing: object) -> bool:
    kind = type(thing)
    if not issubclass(kind, QObject) or not str(kind.__module__).startswith("facereview."):
        return False
    assert isinstance(thing, QObject)
    if not isValid(thing) or thing.parent() is not None or not ownedByPython(thing):
        return False
    known = thing.metaObject()
    own = range(QObject().metaObject().methodCount(), known.methodCount())
    return any(known.method(at).methodType() is QMetaMethod.MethodType.Signal for at in own)


@pytest.fixture
def pack_folder() -> Path | None:
    """The pack that ``library`` uses; None here, another one in the tests that need it."""
    return None


@pytest.fixture
def library(tmp_path: Path, library_url: str, pack_folder: Path | None) -> Iterator[OpenLibrary]:
    """The library as the program opens it."""
    made = opened(tmp_path / "home", library_url, pack_folder)
    yield made
    made.close()


@pytest.fixture(autouse=True, scope="session")
def words(qapp: QApplication) -> object:
    """English with its plurals, and numbers as no country writes them."""
    QLocale.setDefault(QLocale.c())
    return install(qapp, QLocale(QLocale.Language.English))


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    """Running lanes, ended after the test."""
    made = Lanes()
    yield made
    made.shutdown()


@pytest.fixture
def check_model(qtmodeltester: Any) -> CheckModel:
    """Qt's model tester."""
    check: CheckModel = qtmodeltester.check
    return check


@pytest.fixture
def messages() -> Messages:
    """The message channel."""
    return Messages()


@pytest.fixture
def said(messages: Messages) -> list[Message]:
    """What was said on it."""
    heard: list[Message] = []
    messages.said.connect(heard.append)
    return heard


@pytest.fixture(scope="session")
def review_template(
    administrator: psycopg.Connection[Any], server_url: str, run_folder: Path
) -> str:
    """The name of a library that Review's tests copy, filled once per run."""
    name = "template_review"
    with FileLock(run_folder / "review.lock"):
        found = administrator.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            administrator.execute(f"CREATE DATABASE {name} TEMPLATE template_library")
            database = Database(psycopg.conninfo.make_conninfo(server_url, dbname=name))
            with Store(database) as store:
                fill(store)
            database.close()
    return name


@pytest.fixture
def desk(
    review_template: str, new_database: Callable[..., str], lanes: Lanes, tmp_path: Path
) -> Iterator[NotedDesk]:
    """A desk at twenty pending faces in two videos, two per frame."""
    made = NotedDesk(new_database(review_template), tmp_path)
    yield made
    made.gate.set()
    lanes.shutdown()
    made.close()


@pytest.fixture
def pixels() -> MemoryPixels:
    """Frames of one colour."""
    return MemoryPixels()


@pytest.fixture
def page(
    desk: NotedDesk, pixels: MemoryPixels, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> ReviewPage:
    """The Review page on the first face, with the next ones loaded."""
    made = review_page(desk, lanes, messages, qtbot, pixels=pixels)
    made.show()
    made.start()
    qtbot.waitUntil(lambda: made.controller.stage is Stage.FACE)
    qtbot.waitUntil(lambda: made.picker._known.index is not None)
    qtbot.waitUntil(lambda: len(made.controller.upcoming(8)) == 8)
    return made


@pytest.fixture
def clustered(store: Store, sql: Sql) -> Faces:
    """Four faces like Ann, three of a new person, two more of another, one alone."""
    return clustered_faces(store, sql)


@pytest.fixture
def cluster_page(
    clustered: Faces,
    database: Database,
    tmp_path: Path,
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[ClusterPage]:
    """The Clusters page on a real library, its first cluster at hand."""
    store = Store(database)
    desk = Desk(store, Journal(tmp_path / "journal", "library"), pack)
    clusters = ClusterDesk(store, pack)
    review: Any = Guarded(desk)
    groups: Any = Guarded(clusters)
    names = known_names(NamesDesk(Store(database)), lanes)
    made = ClusterPage(
        groups,
        NoClustering(),
        review=review,
        names=names,
        decider=Decider(review, lanes.database, lanes.journal),
        lanes=lanes,
        pixels=MemoryPixels(),
        messages=messages,
    )
    qtbot.addWidget(made)
    made.resize(1280, 680)
    made.show()
    made.controller.decider.came.connect(names.follow)
    qtbot.waitUntil(lambda: made.controller.view is not None and names.index is not None)
    yield made
    lanes.shutdown()
    desk.close()


@pytest.fixture
def press(page: ReviewPage) -> Callable[..., None]:
    """Press keys on the page, one after the other, without waiting for what they do."""

    def strike(*keys: Qt.Key, shift: bool = False, ctrl: bool = False) -> None:
        modifiers = Qt.KeyboardModifier.NoModifier
        if shift:
            modifiers |= Qt.KeyboardModifier.ShiftModifier
        if ctrl:
            modifiers |= Qt.KeyboardModifier.ControlModifier
        for key in keys:
            QTest.keyClick(page, key, modifiers)

    return strike
