"""What the window says of decisions, in the curator's language."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QObject

from facereview.records import DECIDED, Creator, RejectReason, Status
from facereview.review.intents import Conflict, Kind, Outcome
from facereview.ui.ports import Undoable
from facereview.ui.widgets import clear_text

translate = QCoreApplication.translate


class Plurals(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def more(self, count: int) -> str:
        """So many others."""
        return self.tr("(and %n more)", "", count)

    def faces(self, count: int) -> str:
        """So many faces."""
        return self.tr("%n faces", "", count)


def name_of(creator: Creator | None) -> str:
    """A creator's name on one line."""
    return clear_text(creator.name) if creator else translate("Sentences", "somebody")


def done(kind: Kind, creator: Creator | None, reason: RejectReason | None = None) -> str:
    """A decision in few words, as it stands in the status bar."""
    if kind is Kind.REJECT:
        return _rejected(reason)
    if kind is Kind.CONFIRM and creator is None:
        return translate("Sentences", "confirmed as rejected")
    texts = {
        Kind.ACCEPT: translate("Sentences", "accepted {name}"),
        Kind.ASSIGN: translate("Sentences", "assigned {name}"),
        Kind.NOT_PERSON: translate("Sentences", "not {name}"),
        Kind.CONFIRM: translate("Sentences", "confirmed {name}"),
    }
    text = texts.get(kind, translate("Sentences", "matched by the machine"))
    return text.format(name=name_of(creator))


def _rejected(reason: RejectReason | None) -> str:
    if reason is RejectReason.STRANGER:
        return translate("Sentences", "rejected: stranger")
    if reason is RejectReason.NOT_A_FACE:
        return translate("Sentences", "rejected: not a face")
    return translate("Sentences", "rejected")


def outcome_label(outcome: Outcome) -> str:
    """What the status bar says of a decision just made."""
    intent = outcome.intent
    creator = outcome.creator or intent.creator
    return _and_more(done(intent.kind, creator, intent.reason), len(intent.faces))


def undoable_label(undoable: Undoable | None) -> str:
    """What Ctrl+Z would take back."""
    if undoable is None:
        return ""
    return _and_more(done(undoable.kind, undoable.creator), undoable.faces)


def _and_more(text: str, faces: int) -> str:
    return f"{text} + {faces - 1}" if faces > 1 else text


def conflict(outcome: Outcome) -> str:
    """Whose decision stands where ours came too late."""
    text = _conflict(outcome.conflicts[0])
    more = len(outcome.conflicts) - 1
    if not more:
        return text
    return f"{text} {Plurals().more(more)}"


def _conflict(one: Conflict) -> str:
    if one.now is None:
        return translate("Sentences", "A face is no longer in the library: nothing was changed.")
    if one.now.status in DECIDED:
        name = clear_text(one.creator_name or translate("Sentences", "somebody"))
        return translate(
            "Sentences",
            "Somebody else decided this face meanwhile: it is {name}. That decision stands.",
        ).format(name=name)
    if one.now.status is Status.REJECTED:
        return translate(
            "Sentences", "Somebody else rejected this face meanwhile. That decision stands."
        )
    return translate(
        "Sentences", "This face was changed meanwhile: it stays pending and comes back at the end."
    )


def reverted(outcome: Outcome) -> str:
    """What an undo or redo did."""
    what = done(outcome.undone or Kind.REJECT, outcome.creator)
    text = (
        translate("Sentences", "Undone: {what}")
        if outcome.intent.kind is Kind.UNDO
        else translate("Sentences", "Done again: {what}")
    )
    count = len(outcome.changes)
    if count < 2:
        return text.format(what=what)
    return f"{text.format(what=what)} ({Plurals().faces(count)})"


def score(value: float) -> str:
    """A similarity as it stands in lists: ``.81``, ``−.05``, ``1.00``."""
    text = f"{abs(value):.2f}"
    text = text.removeprefix("0")
    return f"−{text}" if value < -0.005 else text


def clock(seconds: float) -> str:
    """A time as short as it can be: ``3:12``, ``1:02:07``."""
    whole = 0 if math.isnan(seconds) else int(min(max(0.0, seconds), 359_999.0))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def long_clock(seconds: float) -> str:
    """A time in full: ``00:03:12``."""
    text = clock(seconds)
    return text.rjust(8, "0") if text.count(":") == 2 else "00:" + text.rjust(5, "0")
