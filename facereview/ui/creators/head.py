"""The head of a creator's page: picture, name, other names, counts, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from facereview.review.creators.records import Person, PersonView
from facereview.ui.actions import table as actions
from facereview.ui.creators import wording as texts
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_portrait
from facereview.ui.widgets.basics import ElidedLabel, button
from facereview.ui.widgets.plain_text import PlainButton, clear_text, set_tip
from facereview.ui.widgets.theme import tokens_of

SIDE, LOW_SIDE, TIGHT_SIDE = 96, 64, 46

_NARROW = 640
"""Width below which a long name would have no room beside all buttons."""

SPARE = ("merge_creators", "rename_creator")
"""Actions whose buttons give way to the name; the menu has them then."""

MENU = (
    "suggest_references",
    "promote",
    "profile_picture",
    "split",
    "merges",
    "delete_creator",
    "erase_creator",
)


class Portrait(QWidget):
    """The best picture of somebody."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self._person: Person | None = None
        self.setFixedSize(QSize(SIDE, SIDE))
        crops.arrived.connect(self._picture_came)

    def _picture_came(self, key: tuple[str, int]) -> None:
        if key[0] == "portrait":
            self.update()

    def show_person(self, person: Person | None) -> None:
        """Show somebody else."""
        self._person = person
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Draw it."""
        picture = self._crops.portrait(self._person) if self._person else None
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_portrait(painter, QRectF(self.rect()), picture, tokens_of(self), 10)


class CreatorHead(QWidget):
    """Who it is; every button is an action of the page."""

    pressed = Signal(str)
    """The id of an action."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.portrait = Portrait(crops, self)
        self.name = ElidedLabel("", "title", self)
        self.words = ElidedLabel("", "dim", self, sentence=True)
        self.about = ElidedLabel("", "small", self, sentence=True)
        self.more = PlainButton(self.tr("More"), self)
        self._tight = False
        self._spare: list[QPushButton] = []
        self._spare_entries: list[QAction] = []
        self._row = QHBoxLayout(self)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch()
        for line in (self.name, self.words, self.about):
            words.addWidget(line)
        words.addStretch()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._row.addWidget(self.portrait)
        self._row.addLayout(words, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action, kind in (
            ("merge_creators", "plain"),
            ("rename_creator", "plain"),
            ("add_pictures", "primary"),
        ):
            made = self._button(action, kind)
            buttons.addWidget(made)
            if action in SPARE:
                self._spare.append(made)
        menu = QMenu(self.more)
        for action in (*SPARE, *MENU):
            spec = actions.BY_ID[action]
            entry = menu.addAction(f"{actions.translated(spec.text)}\t{actions.first_key(action)}")
            entry.triggered.connect(lambda _checked=False, a=action: self.pressed.emit(a))
            if action in SPARE:
                self._spare_entries.append(entry)
        self.more.setMenu(menu)
        self.more.setAccessibleName(self.tr("More actions"))
        buttons.addWidget(self.more)
        self._row.addLayout(buttons)

    def _button(self, action: str, kind: str) -> QPushButton:
        spec = actions.BY_ID[action]
        made = button(actions.translated(spec.text), kind, self)
        set_tip(made, f"{actions.translated(spec.tip)} ({actions.first_key(action)})")
        made.setAccessibleDescription(actions.translated(spec.tip))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(lambda: self.pressed.emit(action))
        return made

    def set_low(self, low: bool, *, tight: bool = False) -> None:
        """A smaller picture where the window is low, and fewer words in a ``tight`` one."""
        side = TIGHT_SIDE if tight else LOW_SIDE if low else SIDE
        self.portrait.setFixedSize(side, side)
        self._tight = tight
        self._show_about()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """In a narrow window some buttons are in the menu only."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        for made in self._spare:
            made.setVisible(not narrow)
        for entry in self._spare_entries:
            entry.setVisible(narrow)

    def show_person(self, person: Person | None) -> None:
        """What the list knows already."""
        self.portrait.show_person(person)
        if person is not None:
            self.show_view(PersonView(person, None, 0, 0, (), ()))

    def show_view(self, view: PersonView) -> None:
        """All that is known."""
        creator = view.person.creator
        self.portrait.show_person(view.person)
        self.name.setText(clear_text(creator.name))
        self.words.setText(texts.head(view))
        likes = [texts.looks_like(pair) for pair in view.lookalikes[:2]]
        about = " · ".join([*likes, clear_text(creator.description or "")]).strip(" ·")
        self.about.setText(about)
        self._show_about()

    def _show_about(self) -> None:
        self.about.setVisible(bool(self.about.text()) and not self._tight)
