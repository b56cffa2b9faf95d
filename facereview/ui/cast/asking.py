"""When a key of the cast sheet is to be pressed a second time, and what it says of that."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from facereview.records import DECIDED, Creator, RejectReason
from facereview.review.cast.acts import SheetPlan, Wish
from facereview.review.cast.records import CastRow, CastSheet, RowKind
from facereview.review.decisions.intents import Intent, Kind
from facereview.ui.actions.table import first_key
from facereview.ui.cast.sight import settling
from facereview.ui.jobs.pressed_keys import SecondPress
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.library import number

translate = QCoreApplication.translate


class CastWords(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def many(self, key: str, count: int) -> str:
        text = self.tr("%Ln faces at once: press {key} again to decide them.", "", count)
        return text.format(key=key)

    def settles(self, plan: SheetPlan) -> str:
        """``settles 23 faces of 4 people, 2 rows stay open``."""
        people = plan.people
        if not people:
            said = self.tr("nothing is sure enough to be settled at once")
        elif len(people) == 1:
            said = self.tr("settles %Ln faces of {name}", "", len(plan.faces))
            said = said.format(name=name_of(people[0]))
        else:
            said = self.tr("settles %Ln faces of {people} people", "", len(plan.faces))
            said = said.format(people=number(len(people)))
        open_rows = self.tr("%Ln rows stay open", "", plan.open_rows)
        return f"{said}, {open_rows}" if plan.open_rows else said

    def confirm(self, plan: SheetPlan) -> str:
        people = plan.people
        if len(people) == 1:
            text = self.tr("Confirm %Ln faces of {name}", "", len(plan.faces))
            return text.format(name=name_of(people[0]))
        text = self.tr("Confirm %Ln faces of {people} people", "", len(plan.faces))
        return text.format(people=number(len(people)))


class CastAsking:
    """Whether a key is to be pressed twice, and whether it was."""

    def __init__(self, twice: SecondPress) -> None:
        self._twice = twice
        self._words = CastWords(twice)

    def sure_of_sheet(self, sheet: CastSheet, plan: SheetPlan) -> bool:
        """Whether to settle the sheet now."""
        count = len(plan.faces)
        if count <= sheet.twice_above:
            return True
        said = self._words.many(first_key("cast_settle"), count)
        return self._twice.press(("cast_settle", settling(plan)), said)

    def sure_of_row(
        self, action: str, sheet: CastSheet, row: CastRow, wish: Wish, intent: Intent
    ) -> bool:
        """Whether to decide a row now: what is decided, matched otherwise or open is asked for."""
        said = self._why(action, sheet, row, wish, intent)
        if not said:
            return True
        creator = wish.creator.id if wish.creator else wish.new_name
        faces = tuple((seen.face_id, seen.state) for seen in intent.faces)
        return self._twice.press((action, faces, creator), said)

    def _why(self, action: str, sheet: CastSheet, row: CastRow, wish: Wish, intent: Intent) -> str:
        key = first_key(action)
        if intent.replaces:
            return translate(
                "Cast", "{who} was decided by a person: press {key} again to {what}."
            ).format(who=_whose(row), key=key, what=_what(wish))
        if wish.kind in (Kind.ACCEPT, Kind.ASSIGN) and _matched_otherwise(intent, wish.creator):
            return translate(
                "Cast", "The machine matched {who}: press {key} again to {what}."
            ).format(who=_whose(row), key=key, what=_what(wish))
        if len(intent.faces) > sheet.twice_above:
            return self._words.many(key, len(intent.faces))
        if wish.kind is Kind.ACCEPT and row.kind is RowKind.OPEN and wish.creator == row.creator:
            return translate("Cast", "It is open who this is: press {key} again to {what}.").format(
                key=key, what=_what(wish)
            )
        return ""


def _matched_otherwise(intent: Intent, creator: Creator | None) -> bool:
    wanted = creator.id if creator else None
    found = {seen.state.creator_id for seen in intent.faces if seen.state.status in DECIDED}
    return bool(found - {wanted, None})


def _whose(row: CastRow) -> str:
    return name_of(row.creator) if row.creator else translate("Cast", "this row")


def _what(wish: Wish) -> str:
    """What a key does, after “to”."""
    if wish.kind is Kind.REJECT:
        stranger = wish.reason is RejectReason.STRANGER
        return (
            translate("Cast", "reject it as a stranger")
            if stranger
            else translate("Cast", "reject it as no face")
        )
    if wish.kind is Kind.NOT_PERSON:
        return translate("Cast", "take the name back")
    name = name_of(wish.creator or Creator(0, wish.new_name or ""))
    return translate("Cast", "make it {name}").format(name=name)
