"""Texts about filters and orders of faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from facereview.filters import (
    Between,
    ClusterFilter,
    CreatorFilter,
    CreatorRole,
    CreatorSort,
    Days,
    FaceFilter,
    FaceKind,
    Filter,
    SortBy,
    VideoFilter,
    VideoOrder,
    VideoSort,
)
from facereview.review.filters.kept import FilterFacts, Run
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import number, title

W = TypeVar("W", FaceFilter, VideoFilter)
C = TypeVar("C", FaceFilter, ClusterFilter)

_LONGEST = 34
"""Letters of a chip; the middle of a longer text is left out."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of a filter in words, and the filter without it."""

    text: str
    without: Filter


class FilterWords(QObject):
    """Says what a filter wants."""

    def sort(self, sort: SortBy) -> str:
        """An order."""
        return {
            SortBy.PAYOFF: self.tr("by payoff"),
            SortBy.VIDEO: self.tr("by video and time"),
            SortBy.NEWEST: self.tr("newest first"),
            SortBy.SUREST: self.tr("most probable first"),
            SortBy.LEAST_SURE: self.tr("least probable first"),
            SortBy.MOST_SIMILAR: self.tr("most similar first"),
            SortBy.LEAST_SIMILAR: self.tr("least similar first"),
            SortBy.BEST_QUALITY: self.tr("best quality first"),
            SortBy.WORST_QUALITY: self.tr("worst quality first"),
        }[sort]

    def video_order(self, order: VideoOrder) -> str:
        """An order of videos, and which way round."""
        rising, falling = {
            VideoSort.CLOSEST: (
                self.tr("by path; what is searched for first"),
                self.tr("by path, Z to A; what is searched for last"),
            ),
            VideoSort.PATH: (self.tr("by path"), self.tr("by path, Z to A")),
            VideoSort.TITLE: (self.tr("by title"), self.tr("by title, Z to A")),
            VideoSort.LENGTH: (self.tr("shortest first"), self.tr("longest first")),
            VideoSort.SIZE: (self.tr("smallest file first"), self.tr("largest file first")),
            VideoSort.CODEC: (self.tr("by codec"), self.tr("by codec, Z to A")),
            VideoSort.FACES: (self.tr("fewest faces first"), self.tr("most faces first")),
            VideoSort.PENDING: (
                self.tr("fewest pending faces first"),
                self.tr("most pending faces first"),
            ),
            VideoSort.SCANNED: (
                self.tr("scanned longest ago first"),
                self.tr("scanned last first"),
            ),
        }[order.by]
        return falling if order.falling else rising

    def creator_sort(self, sort: CreatorSort) -> str:
        """An order of creators."""
        return {
            CreatorSort.NAME: self.tr("by name"),
            CreatorSort.FACES: self.tr("most faces first"),
            CreatorSort.VIDEOS: self.tr("most videos first"),
            CreatorSort.REFERENCES: self.tr("fewest references first"),
            CreatorSort.SUGGESTED: self.tr("most suggestions first"),
            CreatorSort.NEWEST: self.tr("newest first"),
        }[sort]

    def kind(self, kind: FaceKind) -> str:
        """What became of a face."""
        return {
            FaceKind.PENDING: self.tr("pending"),
            FaceKind.AUTOMATIC: self.tr("automatic"),
            FaceKind.DECIDED: self.tr("decided"),
            FaceKind.REJECTED: self.tr("rejected"),
        }[kind]

    def role(self, role: CreatorRole) -> str:
        """What a creator is to a face."""
        return {
            CreatorRole.DECIDED: self.tr("decided"),
            CreatorRole.SUGGESTED: self.tr("suggested"),
            CreatorRole.DENIED: self.tr("denied"),
        }[role]

    def run(self, run: Run) -> str:
        """A run of automatic matching."""
        when = f"{run.created_at.astimezone():%Y-%m-%d %H:%M}"
        return self.tr("run of {when}, faces: {count}").format(when=when, count=number(run.faces))

    def chips(self, wanted: FaceFilter, facts: FilterFacts | None) -> list[Chip]:
        """Each part that is not empty; ``facts`` None: they are not read yet."""
        return [
            *self._of_faces(wanted),
            *self._of_creators(wanted, facts),
            *self._of_videos(wanted, facts),
            *self._of_places(wanted, facts),
            *self._of_chances(wanted),
            *self._of_numbers(wanted),
            *self._of_decisions(wanted, facts),
        ]

    def chips_of_videos(self, wanted: VideoFilter, facts: FilterFacts | None) -> list[Chip]:
        """The same of a filter of videos."""
        found = [*self._of_creators(wanted, facts), *self._of_places(wanted, facts)]
        if wanted.minutes:
            text = self.tr("length {ends} minutes").format(
                ends=self.ends(wanted.minutes, plain=True)
            )
            found.append(Chip(text, replace(wanted, minutes=None)))
        return found

    def chips_of_creators(self, wanted: CreatorFilter, facts: FilterFacts | None) -> list[Chip]:
        """The same of a filter of creators."""
        found = [
            Chip(text.format(ends=self.ends(said, whole=True)), _without(wanted, name))
            for name, said, text in (
                ("references", wanted.references, self.tr("references {ends}")),
                ("faces", wanted.faces, self.tr("faces {ends}")),
                ("in_videos", wanted.in_videos, self.tr("videos {ends}")),
                ("suggested", wanted.suggested, self.tr("suggestions {ends}")),
            )
            if said
        ]
        if wanted.unchecked:
            text = self.tr("with matches to check")
            found.append(Chip(text, replace(wanted, unchecked=False)))
        if wanted.named_on:
            text = self.tr("named {days}").format(days=self.days(wanted.named_on))
            found.append(Chip(text, replace(wanted, named_on=None)))
        if wanted.folder:
            found.append(Chip(self._folder(wanted.folder, facts), replace(wanted, folder="")))
        return found

    def chips_of_clusters(self, wanted: ClusterFilter, facts: FilterFacts | None) -> list[Chip]:
        """The same of a filter of clusters."""
        found = [Chip(f"“{_short(wanted.text)}”", replace(wanted, text=""))] if wanted.text else []
        for one in wanted.creators:
            left = tuple(other for other in wanted.creators if other != one)
            text = self.tr("suggests {name}").format(name=self._creator(one, facts))
            found.append(Chip(text, replace(wanted, creators=left)))
        if wanted.folder:
            found.append(Chip(self._folder(wanted.folder, facts), replace(wanted, folder="")))
        if wanted.size:
            text = self.tr("faces {ends}").format(ends=self.ends(wanted.size, whole=True))
            found.append(Chip(text, replace(wanted, size=None)))
        if wanted.in_videos:
            text = self.tr("videos {ends}").format(ends=self.ends(wanted.in_videos, whole=True))
            found.append(Chip(text, replace(wanted, in_videos=None)))
        return [*found, *self._of_chances(wanted)]

    def _of_faces(self, wanted: FaceFilter) -> Iterator[Chip]:
        if wanted.text:
            yield Chip(f"“{_short(wanted.text)}”", replace(wanted, text=""))
        if len(wanted.kinds) > 1:
            yield Chip(", ".join(map(self.kind, wanted.kinds)), replace(wanted, kinds=()))
        if wanted.unscanned:
            yield Chip(self.tr("video not scanned"), replace(wanted, unscanned=False))

    def _of_creators(self, wanted: W, facts: FilterFacts | None) -> Iterator[Chip]:
        roles = ", ".join(map(self.role, wanted.roles))
        for one in wanted.creators:
            name = self._creator(one, facts)
            left = tuple(other for other in wanted.creators if other != one)
            without = replace(wanted, creators=left, roles=wanted.roles if left else _ROLES)
            yield Chip(f"{name}: {roles}", without)

    def _of_videos(self, wanted: FaceFilter, facts: FilterFacts | None) -> Iterator[Chip]:
        for one in wanted.videos:
            known = facts.videos.get(one) if facts else None
            name = _short(title(known)) if known else self._gone(facts, self.tr("video"))
            left = tuple(other for other in wanted.videos if other != one)
            yield Chip(self.tr("video: {name}").format(name=name), replace(wanted, videos=left))

    def _of_places(self, wanted: W, facts: FilterFacts | None) -> Iterator[Chip]:
        if wanted.folder:
            yield Chip(self._folder(wanted.folder, facts), replace(wanted, folder=""))
        if wanted.scanned:
            days = self.days(wanted.scanned)
            yield Chip(self.tr("scanned {days}").format(days=days), replace(wanted, scanned=None))
        if wanted.missing:
            yield Chip(self.tr("file missing"), replace(wanted, missing=False))

    def _of_chances(self, wanted: C) -> Iterator[Chip]:
        if wanted.probability:
            text = self.tr("probability {ends}").format(ends=self.ends(wanted.probability))
            yield Chip(text, replace(wanted, probability=None))
        if wanted.similarity:
            text = self.tr("similarity {ends}").format(ends=self.ends(wanted.similarity))
            yield Chip(text, replace(wanted, similarity=None))

    def _of_numbers(self, wanted: FaceFilter) -> Iterator[Chip]:
        if wanted.quality:
            text = self.tr("quality {ends}").format(ends=self.ends(wanted.quality))
            yield Chip(text, replace(wanted, quality=None))
        if wanted.size:
            text = self.tr("size {ends} pixels").format(ends=self.ends(wanted.size, whole=True))
            yield Chip(text, replace(wanted, size=None))

    def _of_decisions(self, wanted: FaceFilter, facts: FilterFacts | None) -> Iterator[Chip]:
        if wanted.decided_on:
            days = self.days(wanted.decided_on)
            yield Chip(
                self.tr("decided {days}").format(days=days), replace(wanted, decided_on=None)
            )
        if wanted.decided_by:
            text = self.tr("decided by {name}").format(name=_short(wanted.decided_by))
            yield Chip(text, replace(wanted, decided_by=""))
        if wanted.by_machine:
            yield Chip(self.tr("named by the machine"), replace(wanted, by_machine=False))
        if wanted.run is not None:
            known = facts.run if facts else None
            text = self.run(known) if known else self._gone(facts, self.tr("run"))
            yield Chip(text, replace(wanted, run=None))

    def _creator(self, creator: int, facts: FilterFacts | None) -> str:
        known = facts.creators.get(creator) if facts else None
        return _short(known.name) if known else self._gone(facts, self.tr("creator"))

    def _folder(self, folder: str, facts: FilterFacts | None) -> str:
        there = facts is None or facts.folder
        text = self.tr("folder: {name}") if there else self.tr("folder without videos: {name}")
        return text.format(name=_short(folder))

    def _gone(self, facts: FilterFacts | None, what: str) -> str:
        if facts is None:
            return f"{what} …"
        return self.tr("{what} no longer in the library").format(what=what)

    def ends(self, between: Between, *, whole: bool = False, plain: bool = False) -> str:
        """From a number to a number; ``plain``: as it was entered."""
        low, high = between.low, between.high
        written = (lambda value: number(round(value))) if whole else score
        if plain:
            written = "{:g}".format
        if low is not None and high is not None:
            return f"{written(low)}–{written(high)}"
        if low is not None:
            return self.tr("from {value}").format(value=written(low))
        return self.tr("up to {value}").format(value=written(high if high is not None else 0))

    def days(self, days: Days) -> str:
        """From a day to a day."""
        if days.first is not None and days.first == days.last:
            return f"{days.first:%Y-%m-%d}"
        if days.first is not None and days.last is not None:
            return f"{days.first:%Y-%m-%d} – {days.last:%Y-%m-%d}"
        if days.first is not None:
            return self.tr("since {day}").format(day=f"{days.first:%Y-%m-%d}")
        return self.tr("until {day}").format(day=f"{days.last:%Y-%m-%d}" if days.last else "")


_ROLES = FaceFilter().roles


def _without(wanted: CreatorFilter, name: str) -> CreatorFilter:
    changed: dict[str, Any] = {name: None}
    return replace(wanted, **changed)


def _short(text: str) -> str:
    """A text from outside that fits a chip."""
    line = clear_text(text)
    if len(line) <= _LONGEST:
        return line
    half = _LONGEST // 2
    return f"{line[:half].rstrip()}…{line[-half:].lstrip()}"
