"""Everything about the creator at hand: name and picture, warnings, references, faces, videos."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from facereview.records import Person
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.records import AppearsIn, FaceOf, PersonView
from facereview.review.creators.reference_records import ReferenceInfo
from facereview.ui.actions import table as actions
from facereview.ui.actions.table import first_key
from facereview.ui.creators import wording as texts
from facereview.ui.creators.appearances import AppearsList
from facereview.ui.creators.faces import CreatorFaces, CreatorFacesModel
from facereview.ui.creators.references import (
    LARGE,
    SMALL,
    TINY,
    CreatorPicture,
    CulpritBanner,
    ReferenceStrip,
)
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.key_caps import cap_width, paint_cap
from facereview.ui.widgets.plain_text import (
    ElidedLabel,
    PaintedButton,
    PlainButton,
    clear_text,
    label,
    wrapped,
)
from facereview.ui.widgets.tabs import PillTabs
from facereview.ui.widgets.theme import tokens_of
from facereview.ui.widgets.zoom import Zoom, ZoomSlider


class DropTile(PaintedButton):
    """A dashed card; pressing it chooses files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(self.tr("drop or paste\npictures here"))
        self.setAccessibleName(self.tr("Add pictures"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(150, 120)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, painter = tokens_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(tokens.blue if self.hasFocus() else tokens.faint), 1.5)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -9), 9, 9)
        painter.setPen(QColor(tokens.text if self.underMouse() else tokens.dim))
        middle = self.height() / 2 - 4
        words = QRectF(4, middle - 44, self.width() - 8, 44)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        key = first_key("paste_pictures")
        wide = cap_width(self.font(), key)
        paint_cap(painter, QRectF((self.width() - wide) / 2, middle + 10, wide, 20), key, tokens)


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


class CreatorHead(QWidget):
    """Who it is; every button is an action of the page."""

    pressed = Signal(str)
    """The id of an action."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.portrait = CreatorPicture(crops, SIDE, 10, self)
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
            made = actions.action_button(action, kind, self)
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.clicked.connect(lambda _checked=False, a=action: self.pressed.emit(a))
            buttons.addWidget(made)
            if action in SPARE:
                self._spare.append(made)
        self._fill_menu()
        buttons.addWidget(self.more)
        self._row.addLayout(buttons)

    def _fill_menu(self) -> None:
        menu = QMenu(self.more)
        for action in (*SPARE, *MENU):
            spec = actions.BY_ID[action]
            entry = menu.addAction(f"{actions.translated(spec.text)}\t{actions.first_key(action)}")
            entry.triggered.connect(lambda _checked=False, a=action: self.pressed.emit(a))
            if action in SPARE:
                self._spare_entries.append(entry)
        self.more.setMenu(menu)
        self.more.setAccessibleName(self.tr("More actions"))

    def set_low(self, low: bool, *, tight: bool = False) -> None:
        """A smaller picture where the window is low, and fewer words in a ``tight`` one."""
        side = TIGHT_SIDE if tight else LOW_SIDE if low else SIDE
        self.portrait.setFixedSize(side, side)
        self._tight = tight
        self._show_about()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window some buttons are in the menu only."""
        super().resizeEvent(event)
        narrow = self.width() < _NARROW
        for made in self._spare:
            made.setVisible(not narrow)
        for entry in self._spare_entries:
            entry.setVisible(narrow)

    def show_view(self, view: PersonView) -> None:
        """All that is known."""
        creator = view.person.creator
        self.portrait.show_of(view.person)
        self.name.setText(clear_text(creator.name))
        self.words.setText(texts.head(view))
        likes = [texts.looks_like(pair) for pair in view.lookalikes[:2]]
        about = " · ".join([*likes, clear_text(creator.description or "")]).strip(" ·")
        self.about.setText(about)
        self._show_about()

    def _show_about(self) -> None:
        self.about.setVisible(bool(self.about.text()) and not self._tight)


APPEARS, FACES, RETIRED = "appears", "faces", "retired"
_LOW, _TIGHT = 760, 480
"""Height of the panel below which everything is smaller."""


class CreatorPanel(QWidget):
    """Shows what it is given; keys and buttons are the page's."""

    pressed = Signal(str)
    """The id of an action."""

    def __init__(
        self, desk: CreatorsDesk, lane: Lane, crops: CropStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.head = CreatorHead(crops, self)
        self.banner = CulpritBanner(crops, self)
        self.report = QVBoxLayout()
        self.references = ReferenceStrip(crops, self)
        self.none = wrapped("", "dim", self)
        self.tile = DropTile(self)
        self.heading = label(self.tr("References"), "heading", self)
        self.hint = ElidedLabel("", "dim", self, sentence=True)
        self.pills = self._tabs()
        self.appears = AppearsList(self)
        self.faces = CreatorFaces(CreatorFacesModel(desk, lane, self), crops, self)
        self.retired = ReferenceStrip(crops, self)
        self.selection = ElidedLabel("", "dim", self, sentence=True)
        self.zoom = Zoom("references", LARGE, self)
        for strip in (self.references, self.retired):
            self.zoom.watch(strip)
        self.zoom.changed.connect(self._resize_references)
        self._faces_slider = ZoomSlider(self.faces.zoom, self)
        self._lists = {APPEARS: self.appears, FACES: self.faces, RETIRED: self.retired}
        self._parts = QStackedWidget(self)
        self._parts.setMinimumHeight(40)  # it scrolls
        self._lay_out()
        self._connect()
        self._wait()
        self.show_part(APPEARS)

    def _tabs(self) -> PillTabs:
        return PillTabs(
            self.tr("About this creator"),
            [
                (APPEARS, self.tr("Appears in")),
                (FACES, self.tr("Faces")),
                (RETIRED, self.tr("Retired")),
            ],
            self,
        )

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addStretch(1)
        top.addWidget(self.hint, 1)
        top.addWidget(ZoomSlider(self.zoom, self))
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        strip = QHBoxLayout()
        strip.setSpacing(4)
        strip.addWidget(self.references, 1)
        strip.addWidget(self.none, 1)
        strip.addWidget(self.tile)
        self.appears.empty = self.tr("No known video shows this creator.")
        self.retired.empty = self.tr("No retired references.")
        for part in self._lists.values():
            self._parts.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 18, 24, 0)
        self._column.setSpacing(10)
        self._column.addWidget(self.head)
        self._column.addWidget(self.banner)
        self._column.addLayout(self.report)
        self._column.addLayout(top)
        self._column.addLayout(strip)
        self._column.addLayout(self._tab_row())
        self._column.addWidget(self._parts, 1)

    def _tab_row(self) -> QHBoxLayout:
        tabs = QHBoxLayout()
        tabs.addWidget(self.pills)
        tabs.addStretch(1)
        tabs.addWidget(self.selection, 1)
        tabs.addWidget(self._faces_slider)
        self.selection.setAlignment(Qt.AlignmentFlag.AlignRight)
        return tabs

    def _connect(self) -> None:
        self.head.pressed.connect(self.pressed)
        self.tile.clicked.connect(lambda: self.pressed.emit("add_pictures"))
        self.pills.chosen.connect(self._pill_chosen)
        self.faces.selected.connect(self._count_selected)

    # ------------------------------------------------------------------------------- what to show

    def show_person(self, person: Person) -> None:
        """Somebody else is at hand: show what the list knows, and wait for the rest."""
        self.head.show_view(PersonView(person, None, 0, 0, (), ()))
        self.show_references(())
        self.appears.videos.show(())
        self._wait()
        self.pills.set_count(FACES, person.faces)
        self.pills.set_count(APPEARS, None)
        self.faces.faces.show_creator(person.creator.id)

    def _wait(self) -> None:
        """Nothing is known of the references and videos of who is at hand."""
        for part in (self.references, self.retired, self.appears):
            part.waiting.begin()
        self.references.show()
        self.none.hide()
        self.pills.set_count(RETIRED, None)

    def show_view(self, view: PersonView) -> None:
        """Show name, counts and description."""
        self.head.show_view(view)
        self.pills.set_count(FACES, view.person.faces)
        name = clear_text(view.person.creator.name)
        self.hint.setText(self.tr("similarity to the other references of {name}").format(name=name))
        self.none.setText(
            self.tr(
                "{name} cannot be suggested yet: add pictures, or press {key} to use decided faces."
            ).format(name=name[:40], key="G")
        )

    def show_references(self, infos: tuple[ReferenceInfo, ...]) -> None:
        """Show the references, live and retired."""
        for strip in (self.references, self.retired):
            strip.waiting.end()
        live = [info for info in infos if not info.retired]
        self.references.references.show(live)
        self.retired.references.show([info for info in infos if info.retired])
        self.references.setVisible(bool(live))
        self.none.setVisible(not live)
        self.hint.setVisible(bool(live))
        self.pills.set_count(RETIRED, len(infos) - len(live))
        self.banner.show_worst(live)

    def show_appearances(self, rows: tuple[AppearsIn, ...]) -> None:
        """Show the videos."""
        self.appears.waiting.end()
        self.appears.videos.show(rows)
        self.pills.set_count(APPEARS, len(rows))

    def give_up(self) -> None:
        """Stop waiting for what cannot be read."""
        for part in (self.references, self.retired, self.appears):
            part.waiting.give_up()

    def show_part(self, part: str) -> None:
        """Show videos, faces or retired references."""
        self.pills.choose(part)
        self._parts.setCurrentWidget(self._lists[part])
        self._faces_slider.setVisible(part == FACES)
        self._count_selected()

    def zoom_at_hand(self) -> Zoom:
        """Of the faces where they are looked at, else of the references."""
        at_references = self.references.hasFocus() or self.part != FACES
        return self.zoom if at_references else self.faces.zoom

    @property
    def part(self) -> str:
        """Which of them is shown."""
        return self.pills.current()

    def focus_part(self) -> None:
        """Focus the part that is shown."""
        self._lists[self.part].begin()

    def focus_references(self) -> None:
        """Focus the references."""
        self.references.begin()

    def suggest(self, faces: Sequence[FaceOf]) -> None:
        """Show these faces first, selected."""
        self.faces.faces.show_first(faces)
        self.faces.tick([one.face.id for one in faces])

    def reference(self) -> ReferenceInfo | None:
        """The reference at hand, live or retired."""
        if self.part == RETIRED and self.retired.hasFocus():
            return self.retired.current
        return self.references.current

    def _pill_chosen(self, part: str) -> None:
        self.show_part(part)
        self.focus_part()

    def _count_selected(self) -> None:
        count = len(self.faces.ticked()) if self.part == FACES else 0
        keys = self.tr("M another creator · T make references · X reject")
        self.selection.setText(
            f"{texts.CreatorAmounts().selected(count)} · {keys}" if count else ""
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low, tight = self.height() < _LOW, self.height() < _TIGHT
        self.zoom.set_usual(TINY if tight else SMALL if low else LARGE)
        self._resize_references()
        self.head.set_low(low, tight=tight)
        self._column.setSpacing(6 if tight else 8 if low else 12)
        edge = 12 if tight else 24
        self._column.setContentsMargins(edge, 6 if tight else 10 if low else 20, edge, 0)

    def _resize_references(self) -> None:
        """As large as is wanted, and so that what is below keeps some room."""
        side = self.zoom.side
        if self.zoom.is_chosen:
            side = min(side, max(TINY, self.height() // 3))
        for strip in (self.references, self.retired):
            strip.set_side(side)
        self.tile.setFixedHeight(self.references.height())
        self.none.setFixedHeight(self.references.height())
        self.tile.setFixedWidth(max(side, SMALL) + 18)
