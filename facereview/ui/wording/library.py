"""Texts about videos, scans and packs, for the Videos and Settings pages."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject, QTime

from facereview.filters import VideoKind
from facereview.records import Video, VideoSummary
from facereview.review.scanning.replaced import Answer, Answered
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.decisions import clock

if TYPE_CHECKING:
    from facereview.review.scanning.further import FurtherPlan, FurtherReport
    from facereview.review.scanning.scan import ScanReport

translate = QCoreApplication.translate


def number(value: int) -> str:
    """A count with the locale's digit separators."""
    return QLocale().toString(value)


class Amounts(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def videos(self, count: int) -> str:
        return self.tr("%Ln videos", "", count)

    def faces(self, count: int) -> str:
        return self.tr("%Ln faces", "", count)

    def frames(self, count: int) -> str:
        return self.tr("%Ln further frames", "", count)

    def creators(self, count: int) -> str:
        return self.tr("%Ln creators", "", count)

    def references(self, count: int) -> str:
        return self.tr("%Ln references", "", count)

    def minutes(self, count: int) -> str:
        return self.tr("about %Ln minutes", "", count)

    def hours(self, count: int) -> str:
        return self.tr("about %Ln hours", "", count)

    def entries(self, count: int) -> str:
        return self.tr("%Ln files or folders", "", count)

    def faulty(self, count: int) -> str:
        return self.tr("%Ln files or folders could not be read:", "", count)

    def seconds(self, count: int) -> str:
        return self.tr("%Ln seconds", "", count)


_amounts = Amounts()
videos, faces, creators = _amounts.videos, _amounts.faces, _amounts.creators
references, faulty = _amounts.references, _amounts.faulty


def size(count: int | None) -> str:
    """Bytes as people read them."""
    if count is None:
        return "–"
    return QLocale().formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)


def length(seconds: float | None) -> str:
    """A duration, ``1:02:07``."""
    return "–" if seconds is None else clock(seconds)


def when(moment: datetime, now: datetime | None = None) -> str:
    """A time in the past, as short as it stays clear."""
    local = moment.astimezone()
    today = (now or datetime.now()).astimezone()
    time = QLocale().toString(QTime(local.hour, local.minute), translate("Library", "HH:mm"))
    if local.date() == today.date():
        return translate("Library", "today {time}").format(time=time)
    day = QDate(local.year, local.month, local.day)
    if local.year == today.year:
        text = translate("Library", "{day} {time}")
        return text.format(day=QLocale().toString(day, translate("Library", "d MMM")), time=time)
    return QLocale().toString(day, translate("Library", "d MMM yyyy"))


def day(when: date) -> str:
    """A day, as short as it stays clear."""
    shown = QDate(when.year, when.month, when.day)
    this_year = when.year == date.today().year
    form = translate("Library", "d MMM") if this_year else translate("Library", "d MMM yyyy")
    return QLocale().toString(shown, form)


def title(video: Video) -> str:
    """A video's title, else the name of its file."""
    return clear_text(video.title or PurePath(video.path).name or video.path)


def folder(video: Video) -> str:
    """The folder a video lies in."""
    return clear_text(str(PurePath(video.path).parent))


def place(row: VideoSummary) -> str:
    """The folder of a video, and whether it is a copy."""
    text = translate("Library", "copy · {folder}") if row.copies else "{folder}"
    return text.format(folder=folder(row.video))


def copies(row: VideoSummary) -> str:
    """Which videos are the same file as this one; empty where none is."""
    if not row.copies:
        return ""
    first, others = row.copies[0], len(row.copies) - 1
    one = translate("Library", "The same file as {path}")
    text = translate("Library", "The same file as {path}, and {count} more") if others else one
    return text.format(path=clear_text(first), count=number(others))


def picture(video: Video) -> str:
    """What the video stream is: ``1280 × 720 · h264``."""
    parts = [f"{video.width} × {video.height}"] if video.width and video.height else []
    return " · ".join(parts + ([clear_text(video.codec)] if video.codec else []))


def state(row: VideoSummary) -> str:
    """When a video was scanned, or that it was not."""
    if row.scanned_at is None:
        return translate("Library", "not scanned")
    return when(row.scanned_at)


def fault(path: str, sentence: str) -> str:
    """Why a video cannot be read, on one line, with its name in place of its whole path."""
    name = clear_text(PurePath(path).name)
    line = clear_text(sentence.replace(path, name))
    return line if name in line else f"{name}: {line}"


def filter_name(show: VideoKind) -> str:
    """What a filter of the list is called."""
    return {
        VideoKind.ALL: translate("Library", "All"),
        VideoKind.PENDING: translate("Library", "To review"),
        VideoKind.UNSCANNED: translate("Library", "Not scanned"),
        VideoKind.FAULT: translate("Library", "Faulty"),
        VideoKind.TAGGED: translate("Library", "With a creator"),
    }[show]


def counts(row: VideoSummary) -> str:
    """A video's faces by status, in words."""
    if not row.faces:
        return translate("Library", "no faces")
    return face_counts(row.pending, row.unchecked, row.decided, row.rejected)


def face_counts(pending: int, unchecked: int, decided: int, rejected: int) -> str:
    """Faces by status, in words; unchecked automatic matches only where there are some."""
    text = (
        translate(
            "Library",
            "{pending} pending, {unchecked} matched automatically and unchecked, "
            "{decided} decided, {rejected} rejected",
        )
        if unchecked
        else translate("Library", "{pending} pending, {decided} decided, {rejected} rejected")
    )
    return text.format(
        pending=number(pending),
        unchecked=number(unchecked),
        decided=number(decided),
        rejected=number(rejected),
    )


def aloud(row: VideoSummary) -> str:
    """A whole row, for screen readers."""
    scan = state(row) if row.fault is None else fault(row.video.path, row.fault)
    return ", ".join((title(row.video), counts(row), scan, place(row)))


def duration(seconds: float) -> str:
    """An approximate waiting time."""
    if seconds < 60:
        return translate("Library", "less than a minute")
    minutes = round(seconds / 60)
    return _amounts.minutes(minutes) if minutes < 90 else _amounts.hours(round(minutes / 60))


def silence(seconds: float) -> str:
    """For how long nothing was heard."""
    return _amounts.seconds(round(seconds)) if seconds < 90 else duration(seconds)


def pace(a_minute: float) -> str:
    """Videos a minute."""
    shown = round(a_minute) if a_minute >= 10 else round(a_minute, 1)
    text = translate("Library", "{count} videos/min")
    return text.format(count=QLocale().toString(shown))


def scanned(report: ScanReport) -> str:
    """What a scan did, in one sentence."""
    done = report.videos - report.unread
    head = f"{videos(done)}, {faces(report.faces)}"
    if report.faces:
        text = translate(
            "Library", "{head}: {matched} matched automatically, {suggested} suggested"
        )
        head = text.format(
            head=head, matched=number(report.matched), suggested=number(report.suggested)
        )
    if report.unchanged:
        text = translate("Library", "{head}; {unchanged} unchanged since the last scan")
        head = text.format(head=head, unchanged=videos(report.unchanged))
    if report.moved:
        text = translate("Library", "{head}; {moved} found under another path")
        head = text.format(head=head, moved=videos(report.moved))
    if report.carried:
        text = translate("Library", "{head}; {carried} carried over to another encode of the film")
        head = text.format(head=head, carried=faces(report.carried))
    if report.replaced:
        aside = sum(count for _, count in report.replaced)
        text = translate("Library", "{head}; {aside} of replaced files set aside")
        head = text.format(head=head, aside=faces(aside))
    return _without(report, head) + "."


def looking_further(plan: FurtherPlan) -> str:
    """What further frames are looked at, and about how long that takes."""
    text = translate("Library", "Looking at {frames} of {videos} with uncertain faces")
    head = text.format(frames=_amounts.frames(plan.frames), videos=videos(len(plan.videos)))
    if plan.seconds is None:
        return head
    return translate("Library", "{head}, {time}").format(head=head, time=duration(plan.seconds))


def looked_further(report: FurtherReport) -> str:
    """What further frames gave, in one sentence."""
    text = translate(
        "Library",
        "{frames}: {faces} found there, {settled} of {uncertain} uncertain ones named now.",
    )
    if report.cancelled:
        text = translate("Library", "Stopped: {result}").format(result=text)
    return text.format(
        frames=_amounts.frames(report.frames),
        faces=faces(report.faces),
        settled=number(report.settled),
        uncertain=number(report.uncertain),
    )


def _without(report: ScanReport, head: str) -> str:
    """The beginning of a sentence, with what a scan left out."""
    if report.small:
        text = translate("Library", "{head}; {small} left out as too small")
        head = text.format(head=head, small=faces(sum(count for _, count in report.small)))
    if report.left_out:
        text = translate("Library", "{head}; {left_out} left out: {names}")
        head = text.format(
            head=head,
            left_out=_amounts.entries(sum(count for _, count in report.left_out)),
            names=clear_text(", ".join(name for name, _ in report.left_out)),
        )
    return head


def settled(answer: Answer, done: Answered) -> str:
    """What became of the faces of a film whose file was replaced."""
    text = {
        Answer.KEEP: translate("Library", "{faces} kept aside until the film comes back."),
        Answer.DROP: translate("Library", "{faces} dropped."),
        Answer.MATCH: translate(
            "Library", "The decisions on {passed} of {faces} go on with the new film."
        ),
    }[answer]
    return text.format(faces=faces(done.faces), passed=number(done.passed_on))
