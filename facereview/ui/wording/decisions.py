"""Texts about decisions."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication, QObject

from facereview.records import DECIDED, Status
from facereview.review.decisions.intents import Conflict, Kind, Outcome, Undoable
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.acts import act_text
from facereview.ui.wording.advice import told

translate = QCoreApplication.translate


class Plurals(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def more(self, count: int) -> str:
        return self.tr("(and %n more)", "", count)


def outcome_label(outcome: Outcome) -> str:
    """What the status bar says of a decision just made."""
    intent = outcome.intent
    act = Undoable(
        intent.kind,
        outcome.creator or intent.creator,
        len(outcome.changes) or len(outcome.beside.skipped) or len(intent.faces),
        intent.reason,
        sample=intent.sample,
        people=len(intent.creators()),
    )
    return undoable_label(act)


def undoable_label(undoable: Undoable | None) -> str:
    """What Ctrl+Z would take back."""
    if undoable is None:
        return ""
    return translate("Sentences", "undo: {what}").format(what=act_text(undoable))


def conflict(outcome: Outcome) -> str:
    """Whose decision stands after a conflict."""
    text = _conflict(outcome.conflicts[0])
    more = len(outcome.conflicts) - 1
    return f"{text} {Plurals().more(more)}" if more else text


def _conflict(one: Conflict) -> str:
    if one.now is None:
        return translate("Sentences", "A face is no longer in the library: nothing was changed.")
    if one.in_frame is not None:
        return translate(
            "Sentences",
            "Somebody else of this frame carries the name already: nobody is twice in a frame, so "
            "this face is left as it is.",
        )
    if one.now.status in DECIDED:
        name = clear_text(one.creator_name or translate("Sentences", "somebody"))
        return translate(
            "Sentences",
            "Somebody else has already decided this face: it is {name}. Their decision stands.",
        ).format(name=name)
    if one.now.status is Status.REJECTED:
        return translate(
            "Sentences", "Somebody else has already rejected this face. Their decision stands."
        )
    return translate(
        "Sentences",
        "Somebody else has changed this face: it stays pending and comes back at the end.",
    )


def reverted(outcome: Outcome) -> str:
    """What an undo or redo did."""
    undone = outcome.intent.kind is Kind.UNDO
    what = act_text(outcome.about or Undoable(Kind.REJECT, None))
    if outcome.overtaken:
        return _overtaken(what, outcome, undone=undone)
    text = translate("Sentences", "Undone: {what}")
    if not undone:
        text = translate("Sentences", "Redone: {what}")
    if outcome.later:
        text = translate("Sentences", "Will be undone when the database is available: {what}")
        if not undone:
            text = translate("Sentences", "Will be redone when the database is available: {what}")
        if outcome.about is None:
            what = translate("Sentences", "the latest action")
    said = text.format(what=what)
    if outcome.beside.kept:
        rest = translate("Sentences", "What has been changed since was kept.")
        said = f"{said}. {rest}"
    return said


def _overtaken(what: str, outcome: Outcome, *, undone: bool) -> str:
    """Everything was changed since."""
    if outcome.why is not None:
        text = translate("Sentences", "Not undone: {what}. {why}")
        if not undone:
            text = translate("Sentences", "Not redone: {what}. {why}")
        return text.format(what=what, why=told(outcome.why))
    text = translate(
        "Sentences", "Nothing was undone: “{what}” has been changed since and was kept."
    )
    if not undone:
        text = translate(
            "Sentences", "Nothing was redone: “{what}” has been changed since and was kept."
        )
    return text.format(what=what)


def score(value: float) -> str:
    """A similarity as shown in lists: ``.81``, ``−.05``, ``1.00``."""
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
