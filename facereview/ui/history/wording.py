"""Texts of the History page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject, QTime

from facereview.numbers import one_in
from facereview.records import DECIDED, FaceState, Status
from facereview.review.decisions.intents import NOTED, Kind
from facereview.review.history.records import (
    Cannot,
    Entry,
    FaceLine,
    Group,
    RowKind,
    RowLine,
    UndoPreview,
)
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.acts import act_text, setting_name, setting_value
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import number, when

translate = QCoreApplication.translate


class HistoryWords(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def faces(self, count: int) -> str:
        return self.tr("%Ln faces", "", count)

    def videos(self, count: int) -> str:
        return self.tr("in %Ln videos", "", count)

    def scanned(self, count: int) -> str:
        return self.tr("scanned %Ln videos", "", count)

    def located(self, count: int) -> str:
        return self.tr("found the files of %Ln videos again", "", count)

    def removed(self, count: int) -> str:
        return self.tr("removed %Ln videos from the library", "", count)

    def found(self, count: int) -> str:
        return self.tr("%Ln faces found", "", count)

    def matched(self, count: int) -> str:
        return self.tr("%Ln matched", "", count)

    def waiting(self, count: int) -> str:
        return self.tr("%Ln faces wait again", "", count)

    def released(self, count: int) -> str:
        return self.tr("%Ln matches taken back automatically", "", count)

    def entries(self, count: int) -> str:
        return self.tr("%Ln entries", "", count)

    def more(self, count: int) -> str:
        return self.tr("and %Ln more", "", count)

    def come_back(self, count: int) -> str:
        return self.tr("%Ln faces go back to what they were.", "", count)

    def stay(self, count: int) -> str:
        return self.tr("%Ln faces were changed since and stay as they are.", "", count)

    def kept(self, count: int) -> str:
        return self.tr("%Ln other changes were changed since and stay.", "", count)


def title(entry: Entry) -> str:
    """What was done."""
    text = _done(entry)
    if entry.kind is Kind.UNDO:
        text = translate("History", "Taken back: {what}").format(what=text)
    elif entry.kind is Kind.REDO:
        text = translate("History", "Done again: {what}").format(what=text)
    return text[:1].upper() + text[1:]


def _done(entry: Entry) -> str:
    kind, noted = entry.about.kind, entry.noted
    if kind is Kind.SCAN:
        return HistoryWords().scanned(noted.videos)
    if kind is Kind.LOCATED:
        return HistoryWords().located(noted.videos)
    if kind is Kind.VIDEO_REMOVED:
        return HistoryWords().removed(noted.videos)
    if kind in NOTED:
        return _noted(entry)
    return HistoryWords().released(entry.faces) if entry.released else act_text(entry.about)


def _noted(entry: Entry) -> str:
    """What was done to the library, or to a creator who is gone."""
    name = next(iter(entry.about.names), "")
    if entry.about.kind is Kind.MIGRATE:
        return translate("History", "migrated a library")
    if entry.about.kind is Kind.ERASE:
        return translate("History", "erased a person")
    if not name:
        return translate("History", "deleted a creator")
    return translate("History", "deleted the creator {name}").format(name=clear_text(name))


def about(entry: Entry) -> str:
    """The second line of an entry: how many and where, or why it cannot be taken back."""
    noted, words = entry.noted, HistoryWords()
    match entry.about.kind:
        case Kind.SCAN:
            parts = [words.found(noted.faces)]
            parts += [words.matched(noted.matched)] if noted.matched else []
        case Kind.MIGRATE | Kind.VIDEO_REMOVED:
            parts = [clear_text(path) for path in noted.paths[:2]]
        case Kind.LOCATED:
            parts = [_moved(noted.paths)]
        case Kind.DELETE:
            parts = [words.waiting(noted.faces)] if noted.faces else []
        case Kind.ERASE:
            parts = [translate("History", "whose face it was is not kept")]
        case Kind.SETTING:
            parts = [translate("History", "Settings")]
        case _:
            parts = _of_faces(entry)
    return " · ".join(parts)


def _moved(paths: Sequence[str]) -> str:
    """From where to where the files went."""
    if len(paths) != 2:
        return translate("History", "from and to several folders")
    before, now = map(clear_text, paths)
    return translate("History", "{before} → {now}").format(before=before, now=now)


def _of_faces(entry: Entry) -> list[str]:
    words, parts = HistoryWords(), []
    if entry.faces:
        faces = words.faces(entry.faces)
        parts.append(faces if entry.videos is None else f"{faces} {words.videos(entry.videos)}")
    if entry.error_rate is not None:
        text = translate("History", "at most 1 wrong in {n}")
        parts.append(text.format(n=number(one_in(entry.error_rate))))
    return parts


def who(entry: Entry) -> str:
    """Who did it."""
    return translate("History", "automatic") if entry.machine else clear_text(entry.who)


def initials(entry: Entry) -> str:
    """One or two letters that stand for who did it."""
    if entry.machine:
        return "⚙"
    words = who(entry).replace(".", " ").replace("_", " ").split()
    letters = [word[0] for word in words] if len(words) > 1 else list(who(entry)[:2])
    return "".join(letters[:2]).upper()


def clock(moment: datetime) -> str:
    """The time of an entry."""
    return QLocale().toString(QTime(moment.hour, moment.minute), translate("Library", "HH:mm"))


def heading(day: date, today: date) -> str:
    """The day above the entries of it."""
    if day == today:
        return translate("History", "Today")
    if day == today - timedelta(days=1):
        return translate("History", "Yesterday")
    shown = QDate(day.year, day.month, day.day)
    form = "dddd, d MMMM" if day.year == today.year else "d MMMM yyyy"
    return QLocale().toString(shown, translate("History", form))


def aloud(entry: Entry) -> str:
    """An entry for screen readers."""
    parts = [when(entry.when), who(entry), title(entry), about(entry), state(entry)]
    return ", ".join(part for part in parts if part)


def state(entry: Entry) -> str:
    """Why an entry cannot be taken back; "" where it can."""
    if entry.cannot is Cannot.UNDONE and entry.undone_at is not None:
        text = translate("History", "taken back by {who}, {when}")
        return text.format(who=clear_text(entry.undone_by or ""), when=when(entry.undone_at))
    return {
        Cannot.UNDONE: translate("History", "taken back"),
        Cannot.EMPTY: translate("History", "nothing of it is kept"),
        Cannot.NOTED: translate("History", "cannot be taken back"),
        None: "",
    }[entry.cannot]


def why_not(entry: Entry) -> str:
    """In a sentence why an entry cannot be taken back."""
    if entry.cannot is Cannot.UNDONE:
        return translate("History", "It was {state}. To do it again, take that entry back.").format(
            state=state(entry)
        )
    if entry.cannot is Cannot.EMPTY:
        return translate(
            "History", "Nothing of it is kept: the person whom it was about was erased."
        )
    return {
        Kind.SCAN: translate(
            "History",
            "The faces found stay. What was matched is an entry of its own, which can be taken "
            "back.",
        ),
        Kind.LOCATED: translate(
            "History", "The library only follows the files: move them back and locate them again."
        ),
        Kind.MIGRATE: translate("History", "A migration fills an empty library and is final."),
        Kind.DELETE: translate(
            "History", "The creator's references are gone. Its faces can be named again."
        ),
        Kind.ERASE: translate(
            "History", "Everything of the person is gone, so that nothing can be brought back."
        ),
        Kind.VIDEO_REMOVED: translate(
            "History", "The faces and decisions of the video are gone. Scan its file again."
        ),
    }.get(entry.about.kind, "")


def consequence(preview: UndoPreview) -> str:
    """What taking an entry back would do."""
    if preview.why is not None:
        return told(preview.why)
    if preview.nothing:
        return translate("History", "All of it was changed since: there is nothing to take back.")
    words, parts = HistoryWords(), []
    if preview.faces:
        parts.append(words.come_back(preview.faces))
    if preview.stays:
        parts.append(words.stay(len(preview.stays)))
    if preview.kept:
        parts.append(words.kept(preview.kept))
    return " ".join(parts) or translate("History", "What it changed goes back to what it was.")


def face_state(status: FaceState, name: str | None) -> str:
    """A face's state as a short text."""
    if status.status in DECIDED:
        return clear_text(name) if name else translate("History", "somebody who is gone")
    if status.status is Status.REJECTED:
        return translate("History", "rejected")
    if name:
        return translate("History", "pending, {name}?").format(name=clear_text(name))
    return translate("History", "pending")


def after_text(line: FaceLine) -> str:
    """A face's state after an entry."""
    if line.denied:
        return translate("History", "not {name}").format(name=clear_text(line.denied))
    return face_state(line.after, line.after_name)


def row_text(line: RowLine) -> str:
    """What a row beside the faces is about."""
    if line.kind is RowKind.SETTING:
        return setting_name(line.key)
    return {
        RowKind.CLUSTER: translate("History", "cluster"),
        RowKind.REFERENCE: translate("History", "reference"),
        RowKind.NAME: translate("History", "name"),
        RowKind.ALIAS: translate("History", "other name"),
        RowKind.DESCRIPTION: translate("History", "description"),
        RowKind.PICTURE: translate("History", "picture"),
        RowKind.POSTPONED: translate("History", "postponed"),
        RowKind.SKIPPED: translate("History", "skipped"),
        RowKind.MIRROR: translate("History", "mirror"),
        RowKind.DIFFERENT: translate("History", "somebody else"),
        RowKind.APART: translate("History", "kept out of a cluster"),
        RowKind.MERGE: translate("History", "creators"),
        RowKind.ANSWER: translate("History", "faces of a replaced file"),
    }[line.kind]


def row_value(line: RowLine, text: str) -> str:
    """One side of such a row."""
    if line.kind is RowKind.SETTING:
        return setting_value(line.key, text or None)
    if line.kind is RowKind.CLUSTER and text:
        return translate("History", "cluster {number}").format(number=text)
    if not text:
        return "–"
    return translate("History", "yes") if text == "yes" else clear_text(text)


def span_name(days: int) -> str:
    """So many days up to today, as they are chosen; 0: all."""
    if days == 0:
        return translate("History", "All days")
    if days == 1:
        return translate("History", "Today")
    return translate("History", "Last {days} days").format(days=number(days))


def group_name(group: Group | None) -> str:
    """A kind of entries, as it is chosen."""
    return {
        None: translate("History", "All kinds"),
        Group.NAMES: translate("History", "Names"),
        Group.REJECTIONS: translate("History", "Rejections"),
        Group.MACHINE: translate("History", "Automatic matches"),
        Group.CLUSTERS: translate("History", "Clusters"),
        Group.REFERENCES: translate("History", "References"),
        Group.CREATORS: translate("History", "Creators"),
        Group.SETTINGS: translate("History", "Settings"),
        Group.FILES: translate("History", "Scans and files"),
        Group.SKIPS: translate("History", "Skipped"),
        Group.REVERTS: translate("History", "Taken back"),
    }[group]
