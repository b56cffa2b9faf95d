"""What the cast sheet says of a video and of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QObject

from facereview.numbers import one_in
from facereview.records import Face, Video
from facereview.review.cast.records import CastRow, CastSheet, Company, RowKind
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.certainty import figure
from facereview.ui.wording.decisions import clock, score
from facereview.ui.wording.library import faces, length, number, videos

translate = QCoreApplication.translate

_SMALL = 0.35
"""Faces of less quality are small, blurred or turned away."""

_LONGEST = 40
"""Letters of a name in a list of names."""


class CastAmounts(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def frames(self, count: int) -> str:
        return self.tr("%Ln frames looked at", "", count)

    def elsewhere(self, count: int) -> str:
        return self.tr("also in %Ln other videos", "", count)

    def unticked(self, count: int) -> str:
        return self.tr("%Ln unticked", "", count)


_amounts = CastAmounts()


def names(rows: Sequence[CastRow]) -> dict[int, str]:
    """What each row is called, by its key: a creator, a likely one, or a numbered person."""
    found, unknown = {}, 0
    for row in rows:
        if row.creator is not None:
            doubtful = row.kind in (RowKind.LIKELY, RowKind.OPEN)
            text = translate("Cast", "{name} ?") if doubtful else "{name}"
            found[row.key] = text.format(name=clear_text(row.creator.name))
        elif row.kind is RowKind.REJECTED:
            found[row.key] = translate("Cast", "Rejected")
        else:
            unknown += 1
            found[row.key] = translate("Cast", "Person {n}").format(n=number(unknown))
    return found


def certain(row: CastRow) -> str:
    """How sure a row is, in a word."""
    return {
        RowKind.DECIDED: translate("Cast", "decided"),
        RowKind.SURE: translate("Cast", "sure"),
        RowKind.LIKELY: translate("Cast", "likely"),
        RowKind.OPEN: translate("Cast", "open"),
        RowKind.REJECTED: translate("Cast", "rejected"),
    }[row.kind]


def risk(row: CastRow) -> str:
    """How often such a row is wrong, or what else its name rests on."""
    if row.kind in (RowKind.DECIDED, RowKind.REJECTED):
        return translate("Cast", "by a person")
    if row.creator is None:
        return translate("Cast", "nobody known")
    if row.chance is None:
        return _by_similarity(row)
    if row.chance.beyond and row.chance.risk is not None:
        text = translate("Cast", "wrong in under 1 of {n}")
        return text.format(n=number(one_in(row.chance.risk)))
    return figure(row.chance)


def _by_similarity(row: CastRow) -> str:
    """Where no error rate counts."""
    if row.kind is RowKind.SURE:
        return translate("Cast", "matched automatically")
    if row.similarity is None:
        return translate("Cast", "not known how sure")
    return translate("Cast", "similarity {score}").format(score=score(row.similarity))


def reason(row: CastRow, tags: frozenset[int]) -> str:
    """Why a row is as sure as it is, in a few words; ``tags`` are creators whom others tagged."""
    parts = [_agreeing(row), _rarely_wrong(row), _rival(row), _elsewhere(row), _poor(row)]
    return "; ".join(part for part in (*parts, _tagged(row, tags)) if part)


def _agreeing(row: CastRow) -> str:
    if row.kind is RowKind.OPEN and row.creator is not None:
        return translate("Cast", "the machine's match is doubtful")
    if row.creator is None or not row.agree:  # none where the name is newer than suggestions
        return ""
    text = translate("Cast", "{agree} of {all} agree")
    return text.format(agree=number(row.agree), all=number(row.undecided))


def _rarely_wrong(row: CastRow) -> str:
    chance = row.chance
    if row.kind is not RowKind.SURE or chance is None or chance.risk is None:
        return ""
    if not chance.beyond:
        return ""
    text = translate("Cast", "fewer than 1 in {n} such were wrong")
    return text.format(n=number(one_in(chance.risk)))


def _rival(row: CastRow) -> str:
    if row.kind is not RowKind.LIKELY or row.rival is None:
        return ""
    name = clear_text(row.rival.name)
    similar = "" if row.rival_similarity is None else f" {score(row.rival_similarity)}"
    said = translate("Cast", "or {name}").format(name=name) + similar
    if row.both_at is None:
        return said
    both = translate("Cast", "{rival}, both are in frame {time}")
    return both.format(rival=said, time=clock(row.both_at))


def _elsewhere(row: CastRow) -> str:
    return _amounts.elsewhere(row.elsewhere) if row.elsewhere else ""


def _tagged(row: CastRow, tags: frozenset[int]) -> str:
    """Whether the library's own tags say the same, where it has some."""
    if not tags or row.creator is None or row.kind not in (RowKind.SURE, RowKind.LIKELY):
        return ""
    if row.creator.id in tags:
        return translate("Cast", "tagged by the library")
    return translate("Cast", "new among the tags")


def _poor(row: CastRow) -> str:
    """Of somebody unknown, whether any of the faces is clear."""
    if row.kind is not RowKind.OPEN or row.creator is not None:
        return ""
    rated = [face.quality for face in row.faces if face.quality is not None]
    poor = bool(rated) and max(rated) < _SMALL
    return translate("Cast", "small, blurred or turned away") if poor else ""


def count(row: CastRow, ticked: int) -> str:
    """How many faces a row has, and how many of them are unticked."""
    text = faces(len(row.faces))
    out = len(row.faces) - ticked
    return f"{text}\n{_amounts.unticked(out)}" if out else text


def spoken(row: CastRow, name: str, ticked: int, tags: frozenset[int]) -> str:
    """A whole row, for screen readers."""
    parts = (name, certain(row), risk(row), reason(row, tags), *count(row, ticked).splitlines())
    return ", ".join(part for part in parts if part)


def spoken_face(row: CastRow, face: Face, place: int, *, ticked: bool) -> str:
    """A face of a row, for screen readers: ``face 2 of 11 at 16:58, ticked``."""
    text = translate("Cast", "face {place} of {all} at {time}, ticked")
    if not ticked:
        text = translate("Cast", "face {place} of {all} at {time}, not ticked")
    return text.format(place=number(place), all=number(len(row.faces)), time=clock(face.timestamp))


def facts(sheet: CastSheet) -> str:
    """Length and size of a video, and how many of its frames were looked at."""
    video = sheet.video
    parts = [length(video.duration), _size(video), _frames(sheet)]
    return " · ".join(part for part in parts if part)


def _size(video: Video) -> str:
    return f"{video.width} × {video.height}" if video.width and video.height else ""


def _frames(sheet: CastSheet) -> str:
    """``20 frames looked at, 12 more where it was unclear``."""
    if not sheet.frames:
        return ""  # another program found its faces, or nobody looked
    first = _amounts.frames(max(0, sheet.frames - sheet.further))
    if not sheet.further:
        return first
    more = translate("Cast", "{first}, {further} more where it was unclear")
    return more.format(first=first, further=number(sheet.further))


def tagged(sheet: CastSheet) -> str:
    """Whom other programs tagged; empty where nobody is."""
    return ", ".join(_short(creator.name) for creator in sheet.tagged)


def company(found: Sequence[Company]) -> str:
    """``Penny (9 videos), Raj (7)``."""
    return ", ".join(
        translate("Cast", "{name} ({videos})").format(
            name=_short(one.creator.name),
            videos=number(one.together) if at else videos(one.together),
        )
        for at, one in enumerate(found)
    )


def _short(name: str) -> str:
    """A name in a list of names."""
    line = clear_text(name)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()}…"


def spoken_video(sheet: CastSheet, name: str) -> str:
    """A video, for screen readers."""
    return f"{name}, {facts(sheet)}"
