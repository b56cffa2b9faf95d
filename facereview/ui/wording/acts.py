"""Short descriptions of actions: for the status bar, and for an undo or redo."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from facereview.records import Creator, RejectReason
from facereview.review.decisions.intents import Kind, Undoable
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
            Kind.SPLIT: self.tr("split %Ln faces off a cluster", "", count),
            Kind.EXCLUDE: self.tr("removed %Ln faces from a cluster", "", count),
            Kind.ADD: self.tr("added %Ln references to {name}", "", count),
            Kind.PROMOTE: self.tr("made %Ln references from faces of {name}", "", count),
            Kind.RETIRE: self.tr("retired %Ln references of {name}", "", count),
            Kind.RESTORE: self.tr("restored %Ln references of {name}", "", count),
            Kind.MOVE: self.tr("moved %Ln references to {name}", "", count),
        }.get(kind, "")

    def confirmed(self, count: int) -> str:
        return self.tr("%Ln faces confirmed as rejected", "", count)

    def rejected(self, count: int) -> str:
        return self.tr("%Ln faces rejected", "", count)

    def set_aside(self, count: int) -> str:
        return self.tr("settled %Ln faces of a replaced file", "", count)

    def skipped(self, count: int) -> str:
        return self.tr("skipped %Ln faces", "", count)


def act_text(act: Undoable) -> str:
    """An act in few words."""
    kind, count = act.kind, act.number
    if kind is Kind.REJECT:
        return _rejected(count, act.reason)
    if kind is Kind.CONFIRM and act.creator is None:
        one = translate("Sentences", "confirmed as rejected")
        return Acts().confirmed(count) if count > 1 else one
    if kind is Kind.SKIP:
        return Acts().skipped(count) if count > 1 else translate("Acts", "skipped a face")
    if kind is Kind.REPLACED:
        return Acts().set_aside(count)
    if kind is Kind.LATER:
        return translate("Acts", "postponed a cluster")
    one_face = _one_face(kind) if count <= 1 else ""
    text = one_face or Acts().counted(kind, count)
    return text.format(name=name_of(act.creator)) if text else _of_creator(act)


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
