"""The Creators page: who is known, by which references, and where they appear."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.review.colleagues import News
from facereview.review.creators.records import Lookalike, Person
from facereview.review.creators.reference_records import HealthRow, StoredReferences
from facereview.review.decisions.intents import Outcome
from facereview.ui.actions.table import install
from facereview.ui.creators import notices
from facereview.ui.creators import wording as texts
from facereview.ui.creators.at_hand import CreatorAtHand
from facereview.ui.creators.care import VIEWS, CreatorsCare
from facereview.ui.creators.changes import CreatorActs
from facereview.ui.creators.chooser import picture_chooser
from facereview.ui.creators.commands import CreatorKeys
from facereview.ui.creators.filling import CreatorFilling
from facereview.ui.creators.header import ALL, NEEDS, CreatorsHeader
from facereview.ui.creators.intake import IntakeRunner
from facereview.ui.creators.list import CreatorsList
from facereview.ui.creators.loader import CreatorLoader
from facereview.ui.creators.model import CreatorsModel
from facereview.ui.creators.panel import CreatorPanel
from facereview.ui.creators.parts import CreatorParts
from facereview.ui.creators.questions import CreatorDialogue
from facereview.ui.creators.reference_changes import ReferenceActs
from facereview.ui.creators.rematch import RematchPanel, RematchRunner
from facereview.ui.creators.runner import CreatorRunner
from facereview.ui.creators.stage import CreatorsStage
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.basics import hairline
from facereview.ui.widgets.incoming_files import DropVeil
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.tinted import Banner


class CreatorsPage(QWidget):
    """The list on the left, the creator at hand beside it, or a list of what needs care."""

    review_requested = Signal(int)
    """Show this face on the Review page."""
    video_requested = Signal(str)
    """Show the video with this path on the Videos page."""
    videos_wanted = Signal()
    erased = Signal()
    """A person was erased: pictures kept in memory go too."""
    library_changed = Signal()
    """Faces, suggestions or creators are others now."""

    def __init__(
        self,
        parts: CreatorParts,
        lanes: Lanes,
        pixels: LibraryPixels,
        messages: Messages,
        *,
        names: KnownNames,
        decider: Decider,
        parent: QWidget | None = None,
    ) -> None:
        """``decider`` is the one that all pages share."""
        super().__init__(parent)
        self.setAccessibleName(self.tr("Creators"))
        self.lanes, self.messages = lanes, messages
        database = lanes.database
        self.crops = CropStore(pixels, lanes.pixels, self)
        self.loader = CreatorLoader(parts, lanes, self)
        self.runner = CreatorRunner(database, messages, decider, self)
        self.acts = CreatorActs(parts, self.runner, self)
        self.reference_acts = ReferenceActs(parts, self.runner, self)
        self.intake = IntakeRunner(parts.pictures, lanes.pictures, self)
        self.rematch = RematchRunner(parts.pictures, lanes.matching, self)
        self.chooser = picture_chooser(self)
        self.model = CreatorsModel(self)
        self.header = CreatorsHeader(self)
        self.list = CreatorsList(self.model, self.crops, self)
        self.dialogue = CreatorDialogue(
            parts,
            self.acts,
            self.runner,
            self.crops,
            names,
            page=self,
            at_hand=lambda: self.at_hand.id,
        )
        self.panel = CreatorPanel(parts.creators, database, self.crops, self)
        self.report = RematchPanel(self.rematch, self)
        self.asked = Banner("warning", "amber", self)
        self.care = CreatorsCare(self.crops, self.model, self.header.pills, self)
        self.stage = CreatorsStage(
            self.model, self.header, people=self.list, panel=self.panel, care=self.care, page=self
        )
        self.notice = self.stage.notice
        self.veil = DropVeil(self, texts.drop_here(None))
        self.keys = CreatorKeys(self)
        self.at_hand = CreatorAtHand(self)
        self._filling = CreatorFilling(self)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()
        install(self, self.keys.handlers())

    def _lay_out(self) -> None:
        self.panel.report.addWidget(self.report)
        self.panel.report.addWidget(self.asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.stage, 1)

    def _connect(self) -> None:
        self.header.searched.connect(lambda text: self.at_hand.search(text.strip()))
        self.header.shown.connect(self.show_view)
        self.header.left.connect(self.setFocus)
        self.header.new_wanted.connect(
            lambda: self.dialogue.person(None, self.header.search.wanted)
        )
        self.panel.pressed.connect(lambda action: self.keys.handlers()[action]())
        self.panel.banner.retire_wanted.connect(self.reference_acts.retire)
        self.panel.banner.move_wanted.connect(self.reference_acts.move)
        self.panel.appears.face_opened.connect(self.review_requested)
        self.panel.appears.video_opened.connect(self.video_requested)
        self.panel.faces.opened.connect(self.review_requested)
        self.reference_acts.asked.connect(self.asked.say)
        self.reference_acts.asked.connect(lambda text: announce(self, text))
        self.panel.faces.selected.connect(self.reference_acts.twice.forget)
        self.panel.faces.moved.connect(self.reference_acts.twice.forget)
        self.report.opened.connect(self.review_requested)
        self.care.opened.connect(self._open_care)
        self.care.left.connect(lambda: self.show_view(ALL))
        self.veil.dropped.connect(self.keys.add)
        self.intake.stored.connect(self._stored)
        self.intake.failed.connect(self.messages.fault)
        self.dialogue.creator_wanted.connect(self.show_creator)
        self.runner.changed.connect(self.rematch.match)
        self.runner.done.connect(self._acted)
        self.runner.faces_changed.connect(self.refresh)
        self.acts.erased.connect(self.crops.clear)
        self.acts.erased.connect(self.erased)
        self.rematch.done.connect(lambda _report: self._acted(None))
        self.notice.chosen.connect(self._notice_chosen)

    # ------------------------------------------------------------------------------------- public

    @property
    def person(self) -> Person | None:
        """The creator at hand; None also while the one that is to be at hand is on its way."""
        return self.at_hand.person if self.stage.lists else None

    def refresh(self) -> None:
        """The library may have changed: look again; a page that is hidden, when it is shown."""
        if not self.isVisible():
            return
        self.crops.forget_missing()
        self._filling.again()

    def show_creator(self, creator_id: int) -> None:
        """Make a creator the one at hand; what hides it gives way."""
        self.at_hand.show(creator_id)

    def follow(self, outcome: Outcome) -> None:
        """Somebody made by naming faces on another page is at hand when this one is shown."""
        made = outcome.creator if outcome.intent.new_name is not None else None
        if outcome.saved and made is not None:
            self.at_hand.wait_for(made.id)

    def follow_others(self, _news: News) -> None:
        """Others changed something: list and figures follow, what can be decided on stays."""
        if self.isVisible():
            self._filling.follow_others()

    def show_view(self, what: str) -> None:
        """Everybody, those without references, look-alike pairs, or what needs care."""
        self.header.pills.choose(what)
        if what in VIEWS:
            self.stage.show_care(what)
            return
        self.model.show_only(self.model.needing() if what == NEEDS else None)
        self.stage.show_state()
        self.setFocus()

    # --------------------------------------------------------------------------------- what comes

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The page is looked at: bring it up to date."""
        super().showEvent(event)
        self.refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keys belong to the list that is shown."""
        super().focusInEvent(event)
        self.stage.take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The list grows with the window, within reason."""
        super().resizeEvent(event)
        self.list.setFixedWidth(min(420, max(300, round(self.width() * 0.215))))

    def _open_care(self, row: HealthRow | Lookalike) -> None:
        if isinstance(row, HealthRow):
            self._filling.go_to(row.info)
        else:
            self.show_creator(row.first.id)
            self.dialogue.merge(row.first, row.second)

    def _stored(self, stored: StoredReferences) -> None:
        self.runner.decider.look()
        self._acted(stored.creator.id)
        self.rematch.match(stored.changed)

    def _acted(self, creator_id: int | None) -> None:
        if creator_id is not None:
            self.at_hand.wait_for(creator_id)
        self.refresh()
        self.library_changed.emit()

    def _notice_chosen(self, choice: str) -> None:
        match choice:
            case notices.NEW:
                self.dialogue.person(None)
            case notices.SCAN:
                self.videos_wanted.emit()
            case notices.CLEAR:
                self.header.search.clear()
                self.show_view(ALL)
            case notices.WIDEN:
                self.show_view(ALL)
            case _:
                self.refresh()
