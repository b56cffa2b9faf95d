"""What is left, in the status bar; each figure opens what it counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_support import until
from pytestqt.qtbot import QtBot
from whole_window import show_page, whole_window

from facereview.app import Opened
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.questions.remaining import Remaining
from facereview.store.store import Store
from facereview.ui.jobs.questions import QuestionOrder
from facereview.ui.review.queue import Tab
from facereview.ui.window.remaining import RemainingNotice
from support import Faces, judge, make_faces, pack


@pytest.fixture
def faces(store: Store, monkeypatch: pytest.MonkeyPatch) -> Faces:
    """Six faces of Ann in two tracks, one of them doubtful, in a cluster."""
    monkeypatch.setattr("facereview.ui.jobs.questions.START_MS", 0)
    monkeypatch.setattr("facereview.ui.jobs.questions.SOON_MS", 0)
    # the window may take long to open, and linking takes what is known of the tracks
    monkeypatch.setattr("facereview.ui.jobs.tracks.START_MS", 3_600_000)
    made = make_faces(store, 6)
    judge(store, made.ids[:4], made.ann, 0.05)
    judge(store, made.ids[4:], made.ann, 0.25)
    ClusterUpdater(store, pack().cluster, pack().match).from_nothing()
    return made


@pytest.fixture
def opened(faces: Faces, tmp_path: Path, library_url: str) -> Iterator[Opened]:
    with whole_window(tmp_path, library_url, filled=False) as (made, _theme):
        yield made


def notice_of(opened: Opened) -> RemainingNotice:
    found = opened.window.findChild(RemainingNotice)
    assert found is not None
    return found


def test_it_says_what_is_left_and_follows_decisions(
    opened: Opened, faces: Faces, qtbot: QtBot
) -> None:
    notice = notice_of(opened)
    until(qtbot, lambda: notice.keys.text() == "about 1 key")
    assert notice.names.text() == "then 0.7 ± 1.2 wrong of 6"
    order = opened.window.findChild(QuestionOrder)
    assert order is not None
    with qtbot.waitSignal(order.done):
        opened.pages.review.commands.accept()
    # nothing calibrates this library, so that linking it again takes what is known of the tracks
    until(qtbot, lambda: "wrong of 6" not in notice.names.text() or notice.names.isHidden())


def test_its_figures_open_what_they_count(opened: Opened, faces: Faces, qtbot: QtBot) -> None:
    notice = notice_of(opened)
    until(qtbot, lambda: notice.names.text() != "")
    show_page(opened, "videos")
    notice.keys.click()
    assert opened.window.page() == "clusters"
    notice.names.click()
    at = opened.pages.review.controller
    until(qtbot, lambda: at.queue.tab is Tab.CHOSEN and at.view is not None)
    assert opened.window.page() == "review"
    assert at.queue.cursor.standing().ids.tolist() == [*faces.ids[4:], *faces.ids[:4]]


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (Remaining(0, 0.0, 0.0, 0, 0), []),
        (Remaining(38, 12.4, 25.0, 984, 300), ["about 38 keys", "then 12 ± 5 wrong of 984"]),
        (Remaining(0, 0.25, 0.25, 1, 0), ["0.3 ± 0.5 wrong of 1"]),
        (Remaining(3, 0.0, 0.0, 0, 0), ["about 3 keys"]),
    ],
)
def test_what_is_nothing_is_not_said(
    opened: Opened, qtbot: QtBot, left: Remaining, shown: list[str]
) -> None:
    notice = notice_of(opened)
    until(qtbot, lambda: notice.names.text() != "")
    notice.show_remaining(left)
    parts = [part for part in (notice.keys, notice.names) if not part.isHidden()]
    assert notice.isHidden() is not bool(shown)
    assert len(parts) == len(shown)
    assert all(part.text().startswith(text) for part, text in zip(parts, shown, strict=True))
