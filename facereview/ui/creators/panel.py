"""A creator's own page: head, what needs care, references, faces, videos."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.records import AppearsIn, FaceOf, Person, PersonView
from facereview.review.creators.reference_records import ReferenceInfo
from facereview.ui.creators import wording as texts
from facereview.ui.creators.appearances import AppearsList
from facereview.ui.creators.culprit_banner import CulpritBanner
from facereview.ui.creators.drop_tile import DropTile
from facereview.ui.creators.faces import CreatorFaces, CreatorFacesModel
from facereview.ui.creators.head import CreatorHead
from facereview.ui.creators.references import LARGE, SMALL, TINY, ReferenceStrip
from facereview.ui.jobs.lanes import Lane
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.basics import ElidedLabel, PillTabs, label, wrapped
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.zoom import Zoom, ZoomSlider

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
        self.pills = PillTabs(
            self.tr("About this creator"),
            [
                (APPEARS, self.tr("Appears in")),
                (FACES, self.tr("Faces")),
                (RETIRED, self.tr("Retired")),
            ],
            self,
        )
        self.appears = AppearsList(self)
        self.appears.empty = self.tr("No video shows this creator, as far as is known.")
        self.faces = CreatorFaces(CreatorFacesModel(desk, lane, self), crops, self)
        self.retired = ReferenceStrip(crops, self)
        self.retired.empty = self.tr("No reference of this creator was retired.")
        self.selection = ElidedLabel("", "dim", self, sentence=True)
        self.zoom = Zoom("references", LARGE, self)
        for strip in (self.references, self.retired):
            self.zoom.watch(strip)
        self.zoom.changed.connect(self._resize_references)
        self._faces_slider = ZoomSlider(self.faces.zoom, self)
        self._parts = QStackedWidget(self)
        self._parts.setMinimumHeight(40)  # it scrolls
        self._lay_out()
        self._connect()
        self._wait()
        self.show_part(APPEARS)

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
        tabs = QHBoxLayout()
        tabs.addWidget(self.pills)
        tabs.addStretch(1)
        tabs.addWidget(self.selection, 1)
        tabs.addWidget(self._faces_slider)
        self.selection.setAlignment(Qt.AlignmentFlag.AlignRight)
        for part in (self.appears, self.faces, self.retired):
            self._parts.addWidget(part)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 18, 24, 0)
        self._column.setSpacing(10)
        self._column.addWidget(self.head)
        self._column.addWidget(self.banner)
        self._column.addLayout(self.report)
        self._column.addLayout(top)
        self._column.addLayout(strip)
        self._column.addLayout(tabs)
        self._column.addWidget(self._parts, 1)

    def _connect(self) -> None:
        self.head.pressed.connect(self.pressed)
        self.tile.clicked.connect(lambda: self.pressed.emit("add_pictures"))
        self.pills.chosen.connect(self._pill_chosen)
        self.faces.selected.connect(self._count_selected)

    # ------------------------------------------------------------------------------- what to show

    def show_person(self, person: Person) -> None:
        """Somebody else is at hand: show what the list knows, and wait for the rest."""
        self.head.show_person(person)
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
        """What stands at the head is there."""
        self.head.show_view(view)
        self.pills.set_count(FACES, view.person.faces)
        name = clear_text(view.person.creator.name)
        self.hint.setText(self.tr("likeness to the other references of {name}").format(name=name))
        self.none.setText(
            self.tr(
                "Nobody can be suggested as {name} yet: add pictures, or press {key} to pick "
                "decided faces."
            ).format(name=name[:40], key="G")
        )

    def show_references(self, infos: tuple[ReferenceInfo, ...]) -> None:
        """References are there."""
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
        """The videos are there."""
        self.appears.waiting.end()
        self.appears.videos.show(rows)
        self.pills.set_count(APPEARS, len(rows))

    def give_up(self) -> None:
        """What is still awaited cannot be read; the page says why."""
        for part in (self.references, self.retired, self.appears):
            part.waiting.give_up()

    def show_part(self, part: str) -> None:
        """Show videos, faces or retired references."""
        self.pills.choose(part)
        parts = {APPEARS: self.appears, FACES: self.faces, RETIRED: self.retired}
        self._parts.setCurrentWidget(parts[part])
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
        """Give the keys to what is shown."""
        {APPEARS: self.appears, FACES: self.faces, RETIRED: self.retired}[self.part].begin()

    def focus_references(self) -> None:
        """Give the keys to the references."""
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

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Everything is smaller where the window is low."""
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
