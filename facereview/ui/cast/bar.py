"""The bottom of the cast sheet: what the keys do now, and the field in which names are typed."""

from __future__ import annotations

from itertools import takewhile

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget

from facereview.records import Creator
from facereview.review.cast.acts import SheetPlan, plan, waiting
from facereview.ui.cast.asking import CastWords
from facereview.ui.cast.controller import CastController
from facereview.ui.cast.offers import CastOffers
from facereview.ui.cast.settling import SettlingLine
from facereview.ui.cast.sight import settling
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.naming_bar import NamingBar
from facereview.ui.widgets.plain_text import clear_text

SETTLE = "cast_settle"
_DIGITS = tuple(f"cast_pick_{number}" for number in range(1, 10))
BUTTONS = (
    "cast_confirm",
    *_DIGITS[:3],
    "cast_name",
    "cast_not_person",
    "cast_stranger",
    "cast_split",
    "cast_join",
    "cast_tick",
    "cast_play",
    "cast_frame",
    "cast_review",
    *_DIGITS[3:],
)
"""Actions with a button, as they stand side by side."""


class CastBar(NamingBar):
    """What is settled at once, a field for names while one types, and buttons with their keys."""

    _first = (SETTLE, "cast_confirm", "cast_name", "cast_not_person", "cast_stranger", *_DIGITS[:3])

    def __init__(
        self,
        controller: CastController,
        offers: CastOffers,
        names: KnownNames,
        crops: CropStore,
        parent: QWidget,
    ) -> None:
        super().__init__((SETTLE, *BUTTONS), names, crops, parent, strong=SETTLE)
        self._at, self._offers = controller, offers
        self._words = CastWords(self)
        self._plan = SheetPlan((), 0)
        self._offered: tuple[Creator, ...] = ()
        """Whom the digits mean, as their buttons say."""
        self.settling = SettlingLine(crops, self)
        for part in (self.settling, *(self.buttons[action] for action in _DIGITS)):
            part.installEventFilter(self)
        self._lay_out(self.settling, Qt.AlignmentFlag.AlignRight)
        for told in (controller.sheet_changed, controller.cursor.ticks_changed):
            told.connect(self._read_plan)
        for told in (
            controller.sheet_changed,
            controller.cursor.moved,
            controller.cursor.ticks_changed,
            controller.twice.changed,
            offers.changed,
        ):
            told.connect(self.show_keys)

    def set_low(self, low: bool) -> None:
        """Less high in a low window."""
        self.settling.set_low(low)
        for made in self.buttons.values():
            made.set_low(low)

    def show_joining(self, *, joining: bool) -> None:
        """Whether a row waits for another one to be joined with."""
        text = self.tr("join with this row") if joining else self.tr("join")
        self.buttons["cast_join"].set_text(text)
        self._fit()

    def show_keys(self) -> None:
        """Say what the keys would do to the current row."""
        cursor = self._at.cursor
        row, face = cursor.row, cursor.face
        self._offers.want(row)
        shown = {face.id} if face else {one.id for one in row.faces} if row else set()
        out = bool(shown) and shown <= cursor.unticked
        self.buttons["cast_tick"].set_text(self.tr("tick") if out else self.tr("untick"))
        for made in self.buttons.values():
            made.setEnabled(row is not None)
        self._show_digits()
        asked = self._at.twice.said
        self.settling.show_plan(self._at.sheet, self._plan, asked)
        waits = row is not None and bool(waiting(row, cursor.unticked))
        unknown = row is not None and row.creator is None
        text = self.tr("name this person") if unknown else self.tr("this row")
        self.buttons["cast_confirm"].set_text(text)
        self.buttons["cast_confirm"].setEnabled(waits)
        self.buttons["cast_not_person"].setEnabled(row is not None and row.creator is not None)
        self._fit()

    def _show_digits(self) -> None:
        """Whom each digit means; one that means nobody has no button."""
        offered = self._offers.of(self._at.cursor.row)
        if offered != self._offered:
            self._offered = offered
            self._at.sight.no_digits()
        for action, creator in zip(_DIGITS, offered, strict=False):
            name = clear_text(creator.name)
            self.buttons[action].set_text(name, name=name)
        for action in _DIGITS[len(offered) :]:
            self.buttons[action].set_text("")

    def _read_plan(self) -> None:
        """What is settled at once: not again at every move of the cursor."""
        sheet, out = self._at.sheet, self._at.cursor.unticked
        self._plan = plan(sheet, out) if sheet else SheetPlan((), 0)
        text = self._words.confirm(self._plan) if self._plan.faces else ""
        self.buttons[SETTLE].set_text(text)

    def eventFilter(self, part: QObject, event: QEvent) -> bool:
        """What is painted here is what keys may act on."""
        if event.type() is QEvent.Type.Paint:
            if part is self.settling:
                self._at.sight.settling = settling(self._plan)
            for number, (action, creator) in enumerate(
                zip(_DIGITS, self._offered, strict=False), 1
            ):
                if part is self.buttons[action]:
                    self._at.sight.painted_digit(number, creator)
        return super().eventFilter(part, event)

    def _fit(self) -> set[str]:
        """A digit without a button means nobody: who it names would not be seen."""
        shown = super()._fit()
        self._offers.labelled = len(list(takewhile(shown.__contains__, _DIGITS)))
        return shown
