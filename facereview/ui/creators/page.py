"""The Creators page: creators, their references, and where they appear."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.filters import CreatorFilter
from facereview.media.pixels import LibraryPixels
from facereview.records import Creator, Person
from facereview.review.colleagues import News
from facereview.review.creators.records import Lookalike
from facereview.review.creators.reference_records import HealthRow, StoredReferences
from facereview.review.decisions.intents import Outcome
from facereview.ui.actions.menus import install_with_menu
from facereview.ui.creators import view
from facereview.ui.creators import wording as texts
from facereview.ui.creators.changes import ChangeRunner, CreatorChanges, ReferenceChanges
from facereview.ui.creators.commands import CreatorCommands
from facereview.ui.creators.controller import CreatorsController
from facereview.ui.creators.dialog_opener import DialogOpener
from facereview.ui.creators.filtering import CreatorsFiltering
from facereview.ui.creators.header import ALL
from facereview.ui.creators.intake import IntakeRunner, IntakeStage
from facereview.ui.creators.loader import CreatorLoader, CreatorParts
from facereview.ui.creators.rematch import RematchPanel, RematchRunner
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.cards import Banner, flush
from facereview.ui.widgets.file_choice import DropVeil
from facereview.ui.widgets.known_names import KnownNames

REFERENCES = "references"


class CreatorsPage(QWidget):
    """Creators and their references; wires keys, controller and widgets together."""

    review_requested = Signal(int)
    """Show this face on the Review page."""
    video_requested = Signal(str)
    """Show the video with this path on the Videos page."""
    videos_wanted = Signal()
    erased = Signal()
    """A person was erased: pictures kept in memory go too."""
    library_changed = Signal()
    """Faces, suggestions or creators changed."""

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
        self.crops = CropStore(pixels, lanes.pixels, self)
        self.loader = CreatorLoader(parts, lanes, self)
        self.intake = IntakeRunner(parts.pictures, lanes.pictures, self)
        self.rematch = RematchRunner(parts.pictures, lanes.matching, self)
        self.view = view.CreatorsView(parts.creators, lanes.database, self.crops, self)
        self.controller = CreatorsController(self.view, self.loader, messages, self._asking)
        self.filtering = CreatorsFiltering(
            parts.listing.filters, self.loader, lanes.listing, messages, self.view
        )
        self._make_changes(parts, decider, names)
        self.report = RematchPanel(self.rematch, self)
        self.asked = Banner("warning", "amber", self)
        self.veil = DropVeil(self, texts.drop_here(None))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()
        self._connect_changes()
        install_with_menu(self, "creators", self.commands.handlers())

    def _make_changes(self, parts: CreatorParts, decider: Decider, names: KnownNames) -> None:
        """What changes the library, the dialogs that ask for it, and the keys."""
        self.runner = ChangeRunner(self.lanes.database, self.messages, decider, self)
        self.changes = CreatorChanges(parts.creators, self.runner, self)
        self.reference_changes = ReferenceChanges(parts.references, self.runner, self)
        self.dialogs = DialogOpener(
            parts.creators,
            self.changes,
            self.runner,
            self.crops,
            names,
            page=self,
            at_hand=lambda: self.controller.id,
        )
        self.commands = CreatorCommands(
            self.view,
            self.controller,
            self.dialogs,
            self.intake,
            changes=self.changes,
            reference_changes=self.reference_changes,
            decider=decider,
            filtering=self.filtering,
        )

    def _lay_out(self) -> None:
        for part in (self.report, self.asked):
            self.view.panel.report.addWidget(part)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.view)

    def _connect(self) -> None:
        header, panel, care = self.view.header, self.view.panel, self.view.care
        header.searched.connect(lambda text: self.controller.search(text.strip()))
        header.shown.connect(self.view.show_view)
        header.left.connect(self.setFocus)
        header.new_wanted.connect(lambda: self.dialogs.person(None, header.search.wanted))
        panel.pressed.connect(lambda action: self.commands.handlers()[action]())
        panel.appears.face_opened.connect(self.review_requested)
        panel.appears.video_opened.connect(self.video_requested)
        panel.faces.opened.connect(self.review_requested)
        care.opened.connect(self._open_care)
        care.left.connect(lambda: self.view.show_view(ALL))
        self.view.notice.chosen.connect(self._notice_chosen)
        self.controller.chosen.connect(self._chosen)
        self.controller.filter_again.connect(self.filtering.look_again)
        self.report.opened.connect(self.review_requested)
        self.veil.dropped.connect(self.commands.add)

    def _connect_changes(self) -> None:
        panel, references = self.view.panel, self.reference_changes
        panel.banner.retire_wanted.connect(references.retire)
        panel.banner.move_wanted.connect(references.move)
        panel.faces.selected.connect(references.twice.forget)
        panel.faces.moved.connect(references.twice.forget)
        references.asked.connect(self.asked.say)
        references.asked.connect(lambda text: announce(self, text))
        self.intake.stored.connect(self._stored)
        self.intake.failed.connect(self.messages.fault)
        self.intake.changed.connect(self.controller.catch_up)
        self.dialogs.closed.connect(self.controller.catch_up)
        self.dialogs.creator_wanted.connect(self.controller.show)
        self.runner.made.connect(self.controller.show_made)
        self.runner.changed.connect(self.rematch.match)
        self.runner.done.connect(self._changed)
        self.runner.faces_changed.connect(self.refresh)
        self.changes.erased.connect(self.crops.clear)
        self.changes.erased.connect(self.erased)
        self.rematch.done.connect(lambda _report: self._changed(None))

    # ------------------------------------------------------------------------------------- public

    def refresh(self) -> None:
        """The library may have changed: look again; a page that is hidden, when it is shown."""
        if self.isVisible():
            self.controller.refresh()

    def follow(self, outcome: Outcome) -> None:
        """A creator created on another page is at hand when this page is shown."""
        made = outcome.creator if outcome.intent.new_name is not None else None
        if outcome.saved and made is not None:
            self.controller.wait_for(made.id)

    def follow_others(self, _news: News) -> None:
        """Others changed something: reload list and figures, not what can be decided on."""
        if self.isVisible():
            self.controller.follow_others()

    def open_creator(self, creator_id: int, part: str) -> None:
        """Show a creator's references (``references``), or another part of its page."""
        self.controller.show(creator_id)
        if part == REFERENCES:
            self.view.panel.focus_references()
        else:
            self.view.panel.show_part(part)

    def open_list(self, what: str) -> None:
        """Show all creators, or a list of those that need attention."""
        self.view.header.search.clear()
        self.filtering.bar.choose(CreatorFilter())
        self.view.show_view(what)

    def compare(self, first: Creator, second: Creator) -> None:
        """Show two creators beside each other, and what merging them would do."""
        self.controller.show(first.id)
        self.dialogs.merge(first, second)

    # --------------------------------------------------------------------------------- what comes

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keys belong to the list that is shown."""
        super().focusInEvent(event)
        self.view.take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.view.list.setFixedWidth(min(420, max(300, round(self.width() * 0.215))))

    def _asking(self) -> bool:
        """Whether something is open that was opened for the creator at hand."""
        looking = self.intake.stage is not IntakeStage.IDLE
        return looking or self.commands.choosing or self.dialogs.open is not None

    def _chosen(self, person: Person | None) -> None:
        self.veil.text = texts.drop_here(person)

    def _open_care(self, row: HealthRow | Lookalike) -> None:
        if isinstance(row, HealthRow):
            self.controller.show_reference(row.info)
        else:
            self.compare(row.first, row.second)

    def _stored(self, stored: StoredReferences) -> None:
        self.runner.decider.look()
        self._changed(stored.creator.id)
        self.rematch.match(stored.changed)

    def _changed(self, creator_id: int | None) -> None:
        if creator_id is not None:
            self.controller.wait_for(creator_id)
        self.refresh()
        self.library_changed.emit()

    def _notice_chosen(self, choice: str) -> None:
        match choice:
            case view.NEW:
                self.dialogs.person(None)
            case view.SCAN:
                self.videos_wanted.emit()
            case view.CLEAR:
                self.view.header.search.clear()
                self.filtering.bar.choose(CreatorFilter())
                self.view.show_view(ALL)
            case view.WIDEN:
                self.view.show_view(ALL)
            case _:
                self.refresh()
