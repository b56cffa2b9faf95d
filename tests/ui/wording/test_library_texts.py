from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import PurePath

import pytest
from PySide6.QtCore import QLocale

from facereview.records import Video, VideoSummary
from facereview.review.scanning.scan import ScanReport
from facereview.ui.wording import library as texts


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


def test_counts_have_plurals_and_grouping() -> None:
    assert (texts.videos(1), texts.videos(2_000_000)) == ("1 video", "2,000,000 videos")
    assert (texts.faces(0), texts.creators(1), texts.references(3)) == (
        "0 faces",
        "1 creator",
        "3 references",
    )


def test_sizes_and_lengths() -> None:
    assert (texts.size(None), texts.size(3_250_000)) == ("–", "3.1 MB")
    assert (texts.length(None), texts.length(3725.4)) == ("–", "1:02:05")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "less than a minute"),
        (65, "about a minute"),
        (1500, "about 25 minutes"),
        (9000, "about 2 hours"),
    ],
)
def test_waiting_is_said_roughly(seconds: float, text: str) -> None:
    assert texts.duration(seconds) == text


def test_moments_are_as_short_as_they_stay_clear() -> None:
    now = datetime(2026, 11, 22, 15, 0).astimezone()
    assert texts.when(now - timedelta(hours=1), now) == "today 14:00"
    assert texts.when(now - timedelta(days=19), now) == "3 Nov 15:00"
    assert texts.when(now - timedelta(days=365), now) == "22 Nov 2025"


def test_a_scan_in_one_sentence() -> None:
    report = ScanReport(12, frames=60, faces=208, matched=140, suggested=31)
    assert texts.scanned(report) == (
        "12 videos, 208 faces: 140 matched automatically, 31 suggested."
    )
    left_out = (("@eaDir", 2), (".*", 1))
    assert texts.scanned(ScanReport(unchanged=3, left_out=left_out)) == (
        "0 videos, 0 faces; 3 videos unchanged since the last scan; "
        "3 files or folders left out: @eaDir, .*."
    )


def test_a_fault_names_the_file_not_its_whole_path() -> None:
    path = str(PurePath("/long/way/to/film.mp4"))
    assert texts.fault(path, f"The video {path} is empty.") == "The video film.mp4 is empty."
    assert texts.fault(path, "It cannot\nbe read.") == "film.mp4: It cannot be read."


def test_hostile_names_stay_on_one_line() -> None:
    video = Video(1, "/v/\u202eabc\n\ttab/" + "x" * 5000 + ".mp4", "a\nb " * 1000)
    row = VideoSummary(video, 0, 0, 0, None, None)
    for text in (texts.title(video), texts.folder(video), texts.aloud(row)):
        assert "\n" not in text
        assert len(text) < 1200
