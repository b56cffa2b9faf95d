"""Short descriptions of actions: for the status bar, and for an undo or redo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QLocale, QObject

from facereview.numbers import one_in
from facereview.records import Creator, RejectReason
from facereview.review.decisions.intents import BySample, Kind, Undoable
from facereview.ui.widgets.plain_text import clear_text

translate = QCoreApplication.translate
_LONGEST = 60


class Acts(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def counted(self, kind: Kind, count: int) -> str:
        """What was done to so many; "" where nothing is counted."""
        return {
            Kind.ACCEPT: self.tr("%Ln faces accepted as {name}", "", count),
            Kind.ASSIGN: self.tr("%Ln faces assigned to {name}", "", count),
            Kind.NOT_PERSON: self.tr("%Ln faces are not {name}", "", count),
            Kind.CONFIRM: self.tr("%Ln faces confirmed as {name}", "", count),
            Kind.DIVIDE: self.tr("%Ln faces moved to {name}", "", count),
            Kind.AUTOMATIC: self.tr("%Ln faces matched automatically", "", count),
            Kind.JOIN: self.tr("joined %Ln clusters", "", count),
            Kind.MIRROR: self.tr("joined %Ln clusters that share a frame", "", count),
            Kind.DIFFERENT: self.tr("told %Ln clusters apart", "", count),
            Kind.SPLIT: self.tr("split %Ln faces off a cluster", "", count),
            Kind.EXCLUDE: self.tr("removed %Ln faces from a cluster", "", count),
            Kind.ADD: self.tr("added %Ln references to {name}", "", count),
            Kind.PROMOTE: self.tr("made %Ln references from faces of {name}", "", count),
            Kind.RETIRE: self.tr("retired %Ln references of {name}", "", count),
            Kind.RESTORE: self.tr("restored %Ln references of {name}", "", count),
            Kind.MOVE: self.tr("moved %Ln references to {name}", "", count),
        }.get(kind, "")

    def of_rows(self, kind: Kind, count: int) -> str:
        if kind is Kind.JOIN:
            return self.tr("joined %Ln rows of a cast sheet", "", count)
        return self.tr("split %Ln faces off a row of a cast sheet", "", count)

    def confirmed(self, count: int) -> str:
        return self.tr("%Ln faces confirmed as rejected", "", count)

    def rejected(self, count: int) -> str:
        return self.tr("%Ln faces rejected", "", count)

    def set_aside(self, count: int) -> str:
        return self.tr("settled %Ln faces of a replaced file", "", count)

    def by_sample(self, sample: BySample) -> str:
        text = self.tr("by a sample of {drawn} of {all}, at most %Ln wrong", "", sample.at_most)
        shown = QLocale().toString
        return text.format(drawn=shown(sample.drawn), all=shown(sample.population))

    def of_people(self, count: int, people: int) -> str:
        text = self.tr("%Ln faces of {people} people accepted", "", count)
        return text.format(people=QLocale().toString(people))

    def skipped(self, count: int) -> str:
        return self.tr("skipped %Ln faces", "", count)


def act_text(act: Undoable) -> str:
    """An act in few words."""
    kind, count = act.kind, act.number
    if kind is Kind.REJECT:
        return _rejected(count, act.reason)
    if act.people > 1:
        return Acts().of_people(count, act.people)
    if kind is Kind.CONFIRM and act.creator is None:
        one = translate("Sentences", "confirmed as rejected")
        return Acts().confirmed(count) if count > 1 else one
    if act.rows or kind in (Kind.SKIP, Kind.REPLACED, Kind.LATER, Kind.SETTING):
        return _aside(act)
    one_face = _one_face(kind) if count <= 1 else ""
    text = one_face or Acts().counted(kind, count)
    said = text.format(name=name_of(act.creator)) if text else _of_creator(act)
    return f"{said}, {Acts().by_sample(act.sample)}" if act.sample else said


def setting_text(settings: Sequence[Sequence[object]]) -> str:
    """Which settings were changed, and from what to what."""
    texts = [_setting(str(key), before, after) for key, before, after in settings]
    return ", ".join(texts) or translate("Acts", "changed settings")


def setting_name(key: str) -> str:
    """A setting as Settings calls it."""
    names = {
        "match_threshold": translate("Acts", "suggest at or above"),
        "auto_tag_threshold": translate("Acts", "auto-match at or above"),
        "frames_per_video": translate("Acts", "frames per video"),
        "min_face_size": translate("Acts", "minimum face size"),
        "confirm_twice_above": translate("Acts", "faces from which a key is pressed twice"),
        "enabled": translate("Acts", "detect faces in videos"),
        "automatic": translate("Acts", "match faces automatically"),
        "certainty": translate("Acts", "how names are settled"),
    }
    return names.get(key, clear_text(key))


def _setting(key: str, before: object, after: object) -> str:
    return translate("Acts", "{setting}: {before} → {after}").format(
        setting=setting_name(key),
        before=setting_value(key, before),
        after=setting_value(key, after),
    )


def setting_value(key: str, value: object) -> str:
    """The value of a setting; None: its default."""
    if key in ("enabled", "automatic"):
        on = value is None or str(value).lower() in ("true", "1", "yes", "on")
        return translate("Acts", "on") if on else translate("Acts", "off")
    if value is None:
        return translate("Acts", "default")
    if isinstance(value, float):  # an error rate
        text = translate("Acts", "at most 1 wrong in {n}")
        return text.format(n=QLocale().toString(one_in(value)))
    if value == "thresholds":
        return translate("Acts", "by thresholds")
    return clear_text(str(value))


def _aside(act: Undoable) -> str:
    """An act that names nobody and rejects nothing."""
    kind, count = act.kind, act.number
    if act.rows:
        return Acts().of_rows(kind, count)
    if kind is Kind.SETTING:
        return setting_text(act.settings)
    if kind is Kind.SKIP:
        return Acts().skipped(count) if count > 1 else translate("Acts", "skipped a face")
    return (
        Acts().set_aside(count)
        if kind is Kind.REPLACED
        else translate("Acts", "postponed a cluster")
    )


def name_of(creator: Creator | None) -> str:
    """A creator's name on one line."""
    return clear_text(creator.name) if creator else translate("Sentences", "somebody")


def _rejected(count: int, reason: RejectReason | None) -> str:
    text = Acts().rejected(count) if count > 1 else translate("Sentences", "rejected")
    if reason is RejectReason.STRANGER:
        return translate("Acts", "{rejected}: stranger").format(rejected=text)
    if reason is RejectReason.NOT_A_FACE:
        return translate("Acts", "{rejected}: not a face").format(rejected=text)
    return text


def _one_face(kind: Kind) -> str:
    return {
        Kind.ACCEPT: translate("Sentences", "accepted {name}"),
        Kind.ASSIGN: translate("Sentences", "assigned {name}"),
        Kind.CONFIRM: translate("Sentences", "confirmed {name}"),
        Kind.NOT_PERSON: translate("Sentences", "not {name}"),
        Kind.DIVIDE: translate("Acts", "a face moved to {name}"),
        Kind.AUTOMATIC: translate("Sentences", "matched automatically"),
    }.get(kind, "")


def _of_creator(act: Undoable) -> str:
    """What was done to a creator, in the names of then."""
    names = [clear_text(name)[:_LONGEST] for name in act.names] or [name_of(act.creator)]
    texts = {
        Kind.CREATE: translate("Acts", "created {first}"),
        Kind.RENAME: translate("Acts", "renamed {first} to {last}"),
        Kind.PICTURE: translate("Acts", "changed the picture of {last}"),
        Kind.MERGE: translate("Acts", "merged {first} into {last}"),
    }
    text = texts.get(act.kind, translate("Acts", "changed the details of {last}"))
    return text.format(first=names[0], last=names[-1])
