"""A page at a video with a sure row, a likely one and an unknown person, and two more videos."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cast_support import Cast, NoThumbnails, Press
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels, known_names

from facereview.review.creators.desk import NamesDesk
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.cast.page import CastPage
from facereview.ui.cast.sheets import CastParts
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from support import detection, judge, make_faces, match_by_machine, near, video_info


@pytest.fixture
def cast(store: Store) -> Cast:
    """Ann matched by the machine, Bob likely in a track of two, somebody unknown once."""
    made = make_faces(store, 3)
    match_by_machine(store, made.ids, made.ann)
    judge(store, made.ids, made.ann, 0.001)
    likely = [
        store.videos.add_face(made.video, detection(near(1, 0.6, 20 + n), at=12.5 * n, x=400))
        for n in (1, 2)
    ]
    judge(store, likely, made.bob, 0.07)
    store.log.suggest([(face, made.bob.id, 0.6) for face in likely])
    unknown = store.videos.add_face(made.video, detection(near(5, 0.8, 30), at=55.0, x=700))
    videos = [made.video]
    for name in ("three", "two"):
        video = store.videos.add(video_info(f"/videos/{name}.mp4"))
        store.videos.add_face(video, detection(near(0, 0.5, 40), at=5.0))
        videos.append(video)
    return Cast(store, videos, made.ids, likely, [unknown])


@pytest.fixture
def page(
    cast: Cast,
    library: OpenLibrary,
    lanes: Lanes,
    messages: Messages,
    pixels: MemoryPixels,
    qtbot: QtBot,
) -> Iterator[CastPage]:
    store = library.store()
    desk = library.desk(store)
    thumbnails: Any = NoThumbnails()
    names = known_names(NamesDesk(library.store()), lanes)
    parts = CastParts(
        library.cast_desk(store), library.cast_desk(library.store()), thumbnails, names
    )
    made = CastPage(
        parts,
        decider=Decider(desk, lanes.database, lanes.journal),
        lanes=lanes,
        pixels=pixels,
        messages=messages,
    )
    qtbot.addWidget(made)
    made.resize(1280, 680)
    made.open(cast.videos[0])
    made.show()
    at = made.controller
    qtbot.waitUntil(lambda: at.sheet is not None and at.order.read)
    qtbot.waitUntil(lambda: not at.sheets.awaits(cast.videos[0]))
    # keys decide nothing that was not painted, and no name is taken that was not read
    first = at.cursor.row
    assert first is not None
    qtbot.waitUntil(lambda: at.sight.shows(first) and names.index is not None)
    yield made
    lanes.shutdown()
    desk.close()


@pytest.fixture
def press(page: CastPage) -> Press:
    """Press keys on the page, one after the other."""

    def strike(*keys: Qt.Key, ctrl: bool = False, shift: bool = False) -> None:
        held = Qt.KeyboardModifier.NoModifier
        if ctrl:
            held |= Qt.KeyboardModifier.ControlModifier
        if shift:
            held |= Qt.KeyboardModifier.ShiftModifier
        for key in keys:
            QTest.keyClick(page, key, held)

    return strike
