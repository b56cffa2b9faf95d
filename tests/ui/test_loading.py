"""Loading looks like loading: what is empty is said only after the answer came, on every page."""

from __future__ import annotations

import gc
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cluster_support import NoClustering, clustered_faces
from library_support import opened
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from facereview.app import Opened, build
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.header import HEALTH, PAIRS
from facereview.ui.creators.list import PlainList
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.panel import APPEARS, FACES, RETIRED
from facereview.ui.jobs.lanes import Lane, Lanes, Rank
from facereview.ui.videos.page import VideosPage
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.placeholders import loading
from facereview.ui.widgets.theme import Theme, ThemeChoice
from facereview.ui.window.preferences import Preferences
from support import Faces

Sql = psycopg.Connection[Any]

UNTRUE = re.compile(
    r"\bno(body|thing)?\b|\bnone\b|\bempty\b|all done|not scanned yet|(^|\s)0(\s|$)|\b0 of\b|–$",
    re.I,
)
"""What must not be said before an answer came."""


WAITS = re.compile(r"(Loading|Reading) .*…")


class Held:
    """Lanes that are slow: each is kept busy until it is let go."""

    def __init__(self, *lanes: Lane) -> None:
        self._gate = threading.Event()
        self._held = [threading.Event() for _ in lanes]
        for lane, held in zip(lanes, self._held, strict=True):
            lane.run(lane, partial(self._hold, held), rank=Rank.URGENT)

    def _hold(self, held: threading.Event) -> None:
        held.set()
        self._gate.wait(60)

    def settle(self) -> None:
        """Wait until nothing comes any more of what was asked for before."""
        assert all(held.wait(30) for held in self._held)
        QApplication.processEvents()

    def let_go(self) -> None:
        self._gate.set()


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    """Groups, and Ann with one decided face."""
    from facereview.review.decisions.decide import Decisions  # noqa: PLC0415

    made = clustered_faces(store, sql)
    face = store.faces.get(made.ids[:1])[made.ids[0]]
    seen = (Seen(face.id, face.video_id, face.state, 0.8),)
    Decisions(store, "tester").apply(Intent(Kind.ACCEPT, seen, made.ann))
    store.creators.find_or_add("Zoe")
    return made


@pytest.fixture
def make(
    faces: Faces,
    tmp_path: Path,
    library_url: str,
    qapp: QApplication,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[], Opened]]:
    """The whole window on the library, not shown yet."""
    monkeypatch.setattr(Theme, "_apply", lambda _theme: None)
    made: list[Opened] = []

    def window() -> Opened:
        library = opened(tmp_path / "home", library_url, None)
        preferences = Preferences(tmp_path / "preferences.ini")
        made.append(build(library, preferences, Theme(qapp, ThemeChoice.LIGHT)))
        return made[-1]

    yield window
    for one in made:
        one.window.hide()
        one.close()
    gc.unfreeze()


def said(page: QWidget) -> list[str]:
    """Every text that is to be seen on a page."""
    found = []
    for part in (page, *page.findChildren(QWidget)):
        if not part.isVisible():
            continue
        if isinstance(part, QLabel | QAbstractButton | KeyButton):
            found.append(part.text())
        elif isinstance(part, QLineEdit) and not isinstance(part.parent(), QAbstractSpinBox):
            found.append(part.placeholderText())
        elif isinstance(part, QAbstractSpinBox):
            found.append(part.text())
        elif isinstance(part, PlainList) and not part.model().rowCount():
            found.append(part.waiting.word(part.empty))
    return [text for text in found if text]


def untrue(page: QWidget) -> list[str]:
    return [text for text in said(page) if UNTRUE.search(text)]


@pytest.mark.parametrize(
    "page", ["review", "clusters", "creators", "videos", "insight", "history", "settings"]
)
def test_a_page_says_nothing_untrue_while_it_loads(
    make: Callable[[], Opened], page: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Held] = []

    class SlowLanes(Lanes):
        """All that is asked takes long, from the first question on."""

        def __init__(self) -> None:
            super().__init__()
            reading = (self.database, self.listing, self.survey, self.replaying, self.comparing)
            held.append(Held(*reading, self.pixels))

    monkeypatch.setattr("facereview.app.Lanes", SlowLanes)
    one = make()
    try:
        one.window.show()
        one.window.show_page(page)
        shown = one.window._stack.currentWidget()
        assert shown is not None
        assert not untrue(shown), "at once"
        assert loading() not in said(shown), "a quick answer needs no word"
        qtbot.waitUntil(lambda: any(map(WAITS.match, said(shown))))
        assert not untrue(shown), "after a while"
    finally:
        held[0].let_go()
    qtbot.waitUntil(lambda: not any(map(WAITS.match, said(shown))), timeout=20_000)


@pytest.mark.parametrize("view", [HEALTH, PAIRS])
def test_what_needs_care_is_not_nothing_before_it_was_looked_for(
    make: Callable[[], Opened], view: str, qtbot: QtBot
) -> None:
    one = make()
    held = Held(one.lanes.survey)
    try:
        one.window.show()
        one.window.show_page("creators")
        page = one.window.findChild(CreatorsPage)
        assert page is not None
        qtbot.waitUntil(lambda: page.view.model.rowCount() > 0, timeout=20_000)
        page.view.show_view(view)
        assert not untrue(page.view.care)
        qtbot.waitUntil(lambda: loading() in said(page.view.care))
    finally:
        held.let_go()
    shown = page.view.care.health if view == HEALTH else page.view.care.pairs
    qtbot.waitUntil(lambda: shown.waiting.answered, timeout=20_000)
    assert shown.model().rowCount() or untrue(page.view.care)
    assert loading() not in said(page.view.care)


@pytest.mark.parametrize("part", [APPEARS, FACES, RETIRED])
def test_another_creator_is_not_without_anything_while_it_loads(
    make: Callable[[], Opened], faces: Faces, part: str, qtbot: QtBot
) -> None:
    one = make()
    one.window.show()
    one.window.show_page("creators")
    page = one.window.findChild(CreatorsPage)
    assert page is not None
    page.view.panel.show_part(part)
    lists = (
        page.view.panel.appears,
        page.view.panel.faces,
        page.view.panel.retired,
        page.view.panel.references,
    )
    qtbot.waitUntil(lambda: page.view.model.rowCount() > 1, timeout=20_000)
    qtbot.waitUntil(lambda: page.view.list.person is not None)
    qtbot.waitUntil(lambda: all(each.waiting.answered for each in lists), timeout=20_000)
    at = page.view.list.person
    assert at is not None
    other = next(p for p in page.view.model.everybody.values() if p.creator.id != at.creator.id)
    held = Held(one.lanes.database)
    try:
        page.controller.show(other.creator.id)
        qtbot.waitUntil(lambda: not page.view.panel.appears.waiting.answered)
        assert not untrue(page.view.panel._parts)
        assert not page.view.panel.none.isVisible()
        qtbot.waitUntil(lambda: loading() in said(page.view.panel._parts))
        assert not untrue(page.view.panel._parts)
    finally:
        held.let_go()
    qtbot.waitUntil(lambda: all(each.waiting.answered for each in lists), timeout=20_000)
    assert loading() not in said(page.view.panel)


def test_what_cannot_be_read_is_not_empty(make: Callable[[], Opened], qtbot: QtBot) -> None:
    one = make()
    one.window.show()
    one.window.show_page("creators")
    page = one.window.findChild(CreatorsPage)
    assert page is not None
    page.view.panel.appears.waiting.begin()
    page.view.care.health.waiting.begin()
    page.loader.failed.emit(RuntimeError("away"))
    for each in (page.view.panel.appears, page.view.care.health):
        assert not each.waiting.answered and each.waiting.word(each.empty) == ""


def test_the_faces_of_a_video_are_not_missing_while_they_load(
    make: Callable[[], Opened], qtbot: QtBot
) -> None:
    one = make()
    one.window.show()
    one.window.show_page("videos")
    page = one.window.findChild(VideosPage)
    assert page is not None
    qtbot.waitUntil(lambda: page.list.model.rowCount() > 0, timeout=20_000)
    view = page.list.panel._faces
    video = page.list.model.video(0)
    assert video is not None
    view.show_video(None)
    held = Held(one.lanes.database)
    try:
        view.show_video(video)
        assert said(view) == []
        qtbot.waitUntil(lambda: said(view) == [loading()])
    finally:
        held.let_go()
    qtbot.waitUntil(lambda: loading() not in said(view), timeout=20_000)


def test_the_next_face_is_not_nobodys_while_it_loads(
    make: Callable[[], Opened], faces: Faces, qtbot: QtBot
) -> None:
    one = make()
    one.window.show()
    one.window.show_page("review")
    review = one.pages.review
    qtbot.waitUntil(lambda: review.controller.view is not None, timeout=20_000)
    review.controller.views.forget()
    held = Held(one.lanes.database)
    try:
        review.controller.show_current()
        assert review.controller.view is None
        assert not untrue(review.panel)
        assert not review.panel.buttons["accept"].isEnabled()
        qtbot.waitUntil(lambda: loading() in said(review.panel))
        assert not untrue(review.panel)
    finally:
        held.let_go()
    qtbot.waitUntil(lambda: review.controller.view is not None, timeout=20_000)
    qtbot.waitUntil(lambda: loading() not in said(review.panel))


def test_a_cluster_that_loads_shows_no_other_clusters_faces(
    make: Callable[[], Opened], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = NoClustering()
    monkeypatch.setattr(LibraryService, "update_clusters", still.update_clusters)
    monkeypatch.setattr(LibraryService, "cluster_scope", lambda _library: still.cluster_scope())
    one = make()
    one.window.show()
    one.window.show_page("clusters")
    page = one.window.findChild(ClusterPage)
    assert page is not None
    at = page.controller
    qtbot.waitUntil(lambda: at.view is not None, timeout=20_000)
    qtbot.waitUntil(lambda: not at.updates.running and not at.updates.due, timeout=30_000)
    qtbot.waitUntil(lambda: at.view is not None, timeout=20_000)
    assert at.entries.rowCount() > 1
    here = at.entries.current
    other = next(
        found.id
        for row in range(at.entries.rowCount())
        if (found := at.entries.row(row)) is not None and found.id != here
    )
    held = Held(one.lanes.database)
    held.settle()
    at.views.drop([other])
    try:
        at.go_to(other)
        assert at.view is None
        assert page.panel.faces.model().rowCount() == 0
        assert not untrue(page.panel)
        assert not page.panel.buttons["cluster_confirm"].isEnabled()
        qtbot.waitUntil(lambda: page.panel.consequence_card.text.text() == loading())
    finally:
        held.let_go()
    qtbot.waitUntil(lambda: at.view is not None, timeout=20_000)
    qtbot.waitUntil(lambda: page.panel.consequence_card.text.text() != loading())
