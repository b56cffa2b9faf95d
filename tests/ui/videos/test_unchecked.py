"""What only the machine matched is counted and drawn apart from what a person decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from review_support import CREATORS, NotedDesk

from facereview.records import Creator, FaceState, Person, Status, Video, VideoSummary
from facereview.review.creators.records import AppearsIn, Moment, PersonView
from facereview.review.library.desk import LibraryDesk
from facereview.ui.creators import wording as creator_texts
from facereview.ui.creators.appearances import AppearsList, AppearsModel
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.videos.face_counts import (
    BESIDE,
    CountTiles,
    FaceCounts,
    fitted,
    paint_counts,
    paint_shares,
)
from facereview.ui.videos.panel import Timeline, VideoFacesView, kind
from facereview.ui.widgets.theme import DARK, LIGHT, Tokens
from facereview.ui.wording import library as library_texts
from support import all_videos, pack

VIDEO = Video(1, "/v/one.mp4", "One", 60.0)


def bar(counts: FaceCounts, tokens: Tokens) -> list[str]:
    """The colours along the bar, at its middle, one for each pixel."""
    image = QImage(200, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(tokens.panel))
    with QPainter(image) as painter:
        paint_shares(painter, QRectF(0, 0, 200, 4), counts, tokens)
    return [image.pixelColor(x, y).name() for x in range(4, 196) for y in (1, 2)]


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_the_bar_is_full_where_people_decided_only(tokens: Tokens) -> None:
    assert set(bar(FaceCounts(decided=8), tokens)) == {tokens.green}
    machine = bar(FaceCounts(unchecked=8), tokens)
    assert 0.1 < machine.count(tokens.green) / len(machine) < 0.7
    assert tokens.line in machine
    half = bar(FaceCounts(decided=4, unchecked=4), tokens)
    assert set(half[: len(half) // 2 - 10]) == {tokens.green}
    assert tokens.line in half[len(half) // 2 + 10 :]


def test_rows_and_tiles_say_how_many_nobody_has_checked(qtbot: QtBot) -> None:
    row = VideoSummary(VIDEO, 1, 2, 4, None, None, unchecked=3)
    said = "1 pending, 3 matched automatically and unchecked, 2 decided, 4 rejected"
    assert library_texts.counts(row) == said
    tiles = CountTiles()
    qtbot.addWidget(tiles)
    tiles.show_counts(FaceCounts.of([row, row]))
    assert tiles.accessibleName() == (
        "2 pending, 6 matched automatically and unchecked, 4 decided, 8 rejected"
    )
    plain = replace(row, unchecked=0)
    assert library_texts.counts(plain) == "1 pending, 2 decided, 4 rejected"


def painted(counts: FaceCounts) -> QImage:
    image = QImage(220, 34, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        paint_counts(painter, QRectF(0, 0, 220, 34), counts, DARK)
    return image


@pytest.mark.parametrize("width", [168, 208])  # of the column in a narrow window and in others
def test_numbers_of_a_row_never_stand_on_one_another(width: int, qapp: QApplication) -> None:
    for count in (0, 9, 240, 1234, 98_765, 1_234_567):
        for zero in (False, True):
            counts = FaceCounts(count, 0 if zero else count, count, count)
            end = 0.0
            font, slots = fitted(counts, width, qapp.font())
            for _kind, text, left in slots:
                assert left >= end, (count, zero)
                end = left + BESIDE + QFontMetricsF(font).horizontalAdvance(text)
            assert end <= width + 0.01


def test_a_row_of_the_list_looks_different_where_nobody_has_checked(qapp: object) -> None:
    assert painted(FaceCounts(decided=3)) != painted(FaceCounts(unchecked=3))


def test_a_creator_says_how_many_nobody_has_checked() -> None:
    person = Person(Creator(1, "Ann"), references=2, decided=5, videos=2, unchecked=3)
    assert creator_texts.counts(person) == "2 references · 8 faces · 3 unchecked"
    head = creator_texts.head(PersonView(person, None, 0, 0, (), ()))
    assert head == "5 faces decided, 3 unchecked, in 2 videos"


def test_where_a_creator_appears_says_so_too(qtbot: QtBot) -> None:
    decided = (Moment(1, 3.0, 0.9), Moment(2, 5.0, 0.8, unchecked=True))
    model = AppearsModel()
    assert model.aloud(AppearsIn(VIDEO, decided, ())) == (
        "One: 2 decided, 1 of them matched automatically and unchecked, at 0:03, 0:05, 0 likely"
    )
    rows = AppearsList()
    qtbot.addWidget(rows)
    rows.resize(600, 60)
    pictures = []
    for one in (decided[:1], (replace(decided[0], unchecked=True),)):
        rows.videos.show([AppearsIn(VIDEO, one, ())])
        pictures.append(rows.grab(QRect(0, 0, 300, 40)).toImage())
    assert pictures[0] != pictures[1]


def test_the_timeline_and_the_names_of_a_video_tell_them_apart(
    desk: NotedDesk, lanes: Lanes, qtbot: QtBot
) -> None:
    for number in (2, 3, 4):
        desk.match(number, CREATORS[1])
    desk.change(1, FaceState(Status.MATCHED, 1, 0.9))
    faces = [desk.face(number) for number in (1, 2, 3, 4)]
    assert [kind(face) for face in faces] == ["decided", *["unchecked"] * 3]
    line = Timeline()
    qtbot.addWidget(line)
    line.resize(240, 20)
    pictures = []
    for shown in (faces[:1], faces[1:2]):
        at = replace(shown[0], timestamp=5.0)
        line.show_faces((at,), 10.0)
        pictures.append(line.grab().toImage())
    assert pictures[0] != pictures[1]
    videos = LibraryDesk(desk.outside, pack)
    view = VideoFacesView(videos, lanes.database)
    qtbot.addWidget(view)
    view.show_video(all_videos(desk.outside)[0])
    qtbot.waitUntil(lambda: view._names[0].text() == "Howard · 4 faces, 3 unchecked")
