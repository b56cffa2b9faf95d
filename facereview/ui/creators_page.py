"""The Creators page: who is known, by which references, and where they appear."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.review.colleagues import News
from facereview.review.creators.records import Lookalike, Person, PersonView
from facereview.review.creators.reference_records import HealthRow, ReferenceInfo, StoredReferences
from facereview.review.intents import Outcome
from facereview.ui import creator_texts as texts
from facereview.ui import creators_notices as notices
from facereview.ui.accessible import announce
from facereview.ui.actions import install
from facereview.ui.advice import told
from facereview.ui.creator_acts import CreatorActs
from facereview.ui.creator_at_hand import CreatorAtHand
from facereview.ui.creator_chooser import picture_chooser
from facereview.ui.creator_dialogue import CreatorDialogue
from facereview.ui.creator_intake import IntakeRunner
from facereview.ui.creator_keys import CreatorKeys
from facereview.ui.creator_loader import CreatorLoader
from facereview.ui.creator_panel import RETIRED, CreatorPanel
from facereview.ui.creator_port import CreatorParts
from facereview.ui.creator_rematch import RematchPanel, RematchRunner
from facereview.ui.creator_runner import CreatorRunner
from facereview.ui.creators_care import VIEWS, CreatorsCare
from facereview.ui.creators_header import ALL, NEEDS, CreatorsHeader
from facereview.ui.creators_list import CreatorsList
from facereview.ui.creators_model import CreatorsModel
from facereview.ui.crop_store import CropStore
from facereview.ui.decider import Decider
from facereview.ui.drop_veil import DropVeil
from facereview.ui.known_names import KnownNames
from facereview.ui.lanes import Lanes
from facereview.ui.messages import Messages
from facereview.ui.notice import Notice
from facereview.ui.ports import PixelSource
from facereview.ui.reference_acts import ReferenceActs
from facereview.ui.tinted import Banner
from facereview.ui.waiting import PATIENCE_MS
from facereview.ui.widgets import hairline


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
        pixels: PixelSource,
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
        self.intake = IntakeRunner(parts.pictures, lanes.work, self)
        self.rematch = RematchRunner(parts.pictures, lanes.work, self)
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
        self.notice = Notice(self)
        self.notices = notices.CreatorsNotices(self.notice)
        self.veil = DropVeil(self, texts.drop_here(None))
        self.keys = CreatorKeys(self)
        self.at_hand = CreatorAtHand(self)
        self._about: int | None = None  # whose page is filled
        self._stack = QStackedWidget(self)
        self._body = QWidget(self)
        self._fault = ""
        self._read = False
        self._shown: int | None = None
        self._reference: int | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_state)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()
        install(self, self.keys.handlers())

    def _lay_out(self) -> None:
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(hairline("vertical", self))
        row.addWidget(self.panel, 1)
        self.panel.report.addWidget(self.report)
        self.panel.report.addWidget(self.asked)
        for part in (self._body, self.care, self.notice):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self.header.searched.connect(lambda text: self.at_hand.search(text.strip()))
        self.header.shown.connect(self.show_view)
        self.header.left.connect(self.setFocus)
        self.header.new_wanted.connect(
            lambda: self.dialogue.person(None, self.header.search.wanted)
        )
        self.loader.people.connect(self._people_came)
        self.loader.found.connect(self._found)
        self.loader.view.connect(self._view_came)
        self.loader.references.connect(self._references_came)
        self.loader.appearances.connect(self.panel.show_appearances)
        self.loader.health.connect(self.care.show_health)
        self.loader.pairs.connect(self.care.show_pairs)
        self.loader.failed.connect(self._failed)
        self.list.chosen.connect(self._chosen)
        self.panel.pressed.connect(lambda action: self.keys.handlers()[action]())
        self.panel.retire_wanted.connect(self.reference_acts.retire)
        self.panel.move_wanted.connect(self.reference_acts.move)
        self.panel.appears.face_opened.connect(self.review_requested)
        self.panel.appears.video_opened.connect(self.video_requested)
        self.panel.faces.opened.connect(self.review_requested)
        self.panel.faces.faces.failed.connect(self._failed)
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
        return self.at_hand.person if self._stack.currentWidget() is self._body else None

    def refresh(self) -> None:
        """The library may have changed: look again; a page that is hidden, when it is shown."""
        if not self.isVisible():
            return
        self._fault = ""
        self.crops.forget_missing()
        self._shown = None
        self._patience.start()
        self.loader.load_people()
        self.loader.survey()
        self.care.wait()

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
            self.loader.load_people()
            if self._shown is not None:
                self.loader.load_view(self._shown)

    def show_view(self, what: str) -> None:
        """Everybody, those without references, look-alike pairs, or what needs care."""
        self.header.pills.choose(what)
        if what in VIEWS:
            self._show(self.care)
            self.care.begin(what)
            return
        self.model.show_only(self.model.needing() if what == NEEDS else None)
        self._show_state()
        self.setFocus()

    # --------------------------------------------------------------------------------- what comes

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The page is looked at: bring it up to date."""
        super().showEvent(event)
        self.refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """The keys belong to the list that is shown."""
        super().focusInEvent(event)
        self._hand_on_focus()

    def _hand_on_focus(self) -> None:
        """While a notice is shown the page keeps it."""
        shown = self._stack.currentWidget()
        if shown is self._body:
            self.list.setFocus()
        elif shown is self.care:
            self.care.take_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The list grows with the window, within reason."""
        super().resizeEvent(event)
        self.list.setFixedWidth(min(420, max(300, round(self.width() * 0.215))))

    def _people_came(self, people: tuple[Person, ...]) -> None:
        if self.at_hand.holds("people", self.loader.load_people):
            return
        kept = self.at_hand.kept()
        self._read, self._fault = True, ""
        self.model.show(people)
        needing = self.model.needing()
        if self.header.pills.current() == NEEDS:
            self.model.show_only(needing | kept)
        self.header.show_counts(len(people), len(needing))
        self.at_hand.settle()
        self._show_state()
        self._chosen(self.list.person)

    def _found(self, ids: tuple[int, ...] | None) -> None:
        if ids is not None and self.at_hand.holds("found", self._find_again):
            return
        stays = ids is not None and self.at_hand.stays(ids)
        self.model.show_found(ids)
        if ids and not stays:
            self.list.first()
            self.list.scrollToTop()
        self._show_state()

    def _find_again(self) -> None:
        """Look again for what was searched for while something was open."""
        self.loader.search(self.header.search.wanted)

    def _show_state(self) -> None:
        """The list, or why there is none."""
        self._patience.stop()
        if self._stack.currentWidget() is self.care and self.header.pills.current() in VIEWS:
            return
        if self.model.rowCount():
            self._show(self._body)
            return
        if self._fault:
            self.notices.fault(self._fault)
        elif not self._read:
            self.notices.loading()
        elif self.model.everybody:
            self.notices.nothing(self.header.search.wanted, self.model.hidden)
        else:
            self.notices.empty()
        self._show(self.notice)

    def _show(self, part: QWidget) -> None:
        """Show the list, what needs care, or a notice; keys that were the page's stay with it."""
        at, before = self.window().focusWidget(), self._stack.currentWidget()
        mine = at is self or (at is not None and before is not None and before.isAncestorOf(at))
        self._stack.setCurrentWidget(part)
        if mine:
            self.setFocus()
            self._hand_on_focus()

    def _chosen(self, person: Person | None) -> None:
        self.veil.text = texts.drop_here(person)
        if person is None or person.creator.id == self._shown:
            return
        if self._about != person.creator.id:
            self.panel.show_person(person)
            self._about = person.creator.id
        else:
            self.panel.faces.faces.show_creator(person.creator.id)
        self._shown = person.creator.id
        self.loader.load(person)

    def _view_came(self, view: PersonView | None) -> None:
        if view is None:
            self.loader.load_people()
        elif view.person.creator.id == self._shown:
            self.panel.show_view(view)

    def _references_came(self, infos: tuple[ReferenceInfo, ...]) -> None:
        self.panel.show_references(infos)
        if self._reference is not None:
            if any(info.retired and info.reference.id == self._reference for info in infos):
                self.panel.show_part(RETIRED)
            self.panel.references.go_to(self._reference)
            self.panel.focus_references()
            self._reference = None

    def _failed(self, error: Exception) -> None:
        """In the list's place only while there is none."""
        self.panel.give_up()
        self.care.give_up()
        if self._read:
            self.messages.fault(error)
        else:
            self._fault = told(error)
            self._show_state()

    def _open_care(self, row: HealthRow | Lookalike) -> None:
        if isinstance(row, HealthRow):
            self._reference = row.info.reference.id
            self._shown = None
            self.show_creator(row.info.creator.id)
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
