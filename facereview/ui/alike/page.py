"""All faces of the library by their similarity to one; opened from other pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.records import RejectReason
from facereview.review.colleagues import News
from facereview.review.decisions.intents import Kind, Outcome
from facereview.review.library.alike import LibraryAlike
from facereview.ui.actions.menus import AtHand, install_with_menu
from facereview.ui.alike.bar import AlikeBar
from facereview.ui.alike.controller import AlikeController, AlikeStage
from facereview.ui.alike.decisions import AlikeDecisions
from facereview.ui.alike.grid import AlikeFaces
from facereview.ui.alike.header import DECIDED, PENDING, AlikeHeader
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.placeholders import Choice, Notice
from facereview.ui.widgets.zoom import size_keys
from facereview.ui.wording import alike as texts

RETRY, BACK, CANCEL = "retry", "back", "cancel"
_SMALLEST, _LARGEST = 128, 224
_CROPS_WAITING = 600  # a large screen


class AlikePage(QWidget):
    """A grid of faces, pending and decided ones apart, and the keys that decide them."""

    left = Signal(str)
    """Go back to this page, where it was opened."""
    review_requested = Signal(int)
    """Show this face on Review."""

    def __init__(
        self,
        alike: LibraryAlike,
        *,
        names: KnownNames,
        decider: Decider,
        lanes: Lanes,
        pixels: LibraryPixels,
        messages: Messages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("More like this"))
        self.controller = AlikeController(
            alike, decider=decider, lanes=lanes, messages=messages, parent=self
        )
        self.decisions = AlikeDecisions(self.controller)
        self.crops = CropStore(pixels, lanes.pixels, self, waiting=_CROPS_WAITING)
        self._from = "review"
        self._named: int | None = None
        self._make_parts(names)
        self._lay_out()
        self._connect()
        keys = {**deciding_keys(self), **moving_keys(self), **looking_keys(self)}
        twice = self.controller.twice
        self._handlers = {action: partial(twice.during, run) for action, run in keys.items()}
        install_with_menu(self, "alike", self._handlers, at_hand(self.controller))
        self._show_stage()

    def _make_parts(self, names: KnownNames) -> None:
        at = self.controller
        self.faces = AlikeFaces(at.model, self.crops, self)
        self.header = AlikeHeader(self.crops, self.faces.zoom, self)
        self.pills = self.header.pills
        self.notice = Notice(self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Faces compared"))
        self.bar = AlikeBar(at, names, self.crops, self)
        self.picker = self.bar.picker

    def _lay_out(self) -> None:
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.faces)
        self._stack.addWidget(self.notice)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.progress)
        column.addWidget(self._stack, 1)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.bar)

    def _connect(self) -> None:
        at, faces = self.controller, self.faces
        at.stage_changed.connect(self._show_stage)
        at.progressed.connect(self._show_progress)
        at.model.counted.connect(self._show_counts)
        self.pills.chosen.connect(lambda key: self.show_half(pending=key == PENDING))
        faces.clicked_row.connect(at.model.go_to)
        faces.clicked_to_tick.connect(self.tick)
        faces.pointed_at_row.connect(at.point_at)
        faces.double_clicked_row.connect(lambda _row: self.review())
        self.bar.pressed.connect(self._pressed)
        self.picker.chosen.connect(self.decisions.assign)
        self.picker.created.connect(lambda name: self.decisions.assign(None, name))
        self.picker.closed.connect(self._take_focus)
        self.notice.chosen.connect(self._chosen)
        at.decider.came.connect(self._remember)

    # ------------------------------------------------------------------------------------- public

    def open(self, face_id: int, *, origin: str, person: bool = False) -> None:
        """Show all faces by their similarity to this one, or to the ``person`` that it is."""
        self._from = origin
        self.show_half(pending=True)
        self.controller.open(face_id, person=person)

    def open_named(self, origin: str) -> bool:
        """Find the person who was named last everywhere; whether anybody was."""
        if self._named is not None:
            self.open(self._named, origin=origin, person=True)
        return self._named is not None

    def show_half(self, *, pending: bool) -> None:
        """Show the pending faces, or the decided ones."""
        self.pills.choose(PENDING if pending else DECIDED)
        self.controller.model.show_half(pending=pending)
        self._take_focus()

    def review(self) -> None:
        """Shift+Enter: the face at hand on Review."""
        tile = self.controller.model.tile(self.controller.model.current_row)
        if tile is not None:
            self.review_requested.emit(tile.id)

    def go_back(self) -> None:
        """Escape: withdraw a first press, untick all, else leave."""
        at = self.controller
        if at.twice.waiting is not None:
            at.twice.forget()
        elif at.model.ticked:
            at.model.untick_all()
        else:
            at.cancel()
            self.left.emit(self._from)

    def refresh(self) -> None:
        """The library changed: rank again, if a face is shown."""
        if self.isVisible():
            self.controller.again()

    def follow_others(self, news: News) -> None:
        """Others decided faces that may be shown."""
        at, changed = self.controller, (*news.decided, *news.pending)
        if not at.seen or at.found is None:
            return
        if news.everything:
            at.read_again()
        elif changed:
            at.read(changed)

    # --------------------------------------------------------------------------------- what comes

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.controller.seen = True
        self.controller.read_again()
        self.crops.forget_missing()
        self._take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.controller.seen = False
        self.controller.twice.forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Larger faces on a larger screen."""
        super().resizeEvent(event)
        self.faces.zoom.set_usual(min(_LARGEST, max(_SMALLEST, self.width() // 14)))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._take_focus()

    def _remember(self, outcome: Outcome) -> None:
        """Of whom Review finds everything: the person who was named last."""
        named = outcome.intent.kind in (Kind.ACCEPT, Kind.ASSIGN)
        if outcome.saved and named and outcome.changes:
            self._named = outcome.changes[0].face_id

    def _pressed(self, action: str) -> None:
        self._take_focus()
        self._handlers[action]()

    def ask_name(self) -> None:
        if self.decisions.begin_name():
            self.bar.ask_name()

    def go(self, step: Callable[[], int]) -> None:
        model = self.controller.model
        model.go_to(model.current_row + step())

    def extend(self, step: int) -> None:
        model = self.controller.model
        before = model.current_row
        model.go_to(before + step)
        model.tick({before, model.current_row}, on=True)

    def tick(self, row: int) -> None:
        model = self.controller.model
        tile = model.tile(row)
        if tile is not None:
            model.go_to(row)
            model.tick([row], on=tile.id not in model.ticked)

    def more(self) -> None:
        tile = self.controller.model.tile(self.controller.model.current_row)
        if tile is not None:
            self.open(tile.id, origin=self._from)

    def _show_stage(self) -> None:
        at = self.controller
        self.progress.setVisible(at.stage is AlikeStage.RANKING)
        self.header.show_found(at.found)
        if at.stage is AlikeStage.RANKING:
            self._show_progress()
            stop = Choice(CANCEL, "", "", "", self.tr("Cancel"))
            heading = self.tr("Comparing all faces …")
            self.notice.show_notice("search", heading, "", choices=[stop])
        elif at.stage is AlikeStage.FAULT:
            again = Choice(RETRY, "", "", "", self.tr("Try again"))
            heading = self.tr("The faces could not be compared")
            self.notice.show_notice("database", heading, at.fault, colour="red", choices=[again])
        self._show_counts()

    def _show_progress(self) -> None:
        progress = self.controller.progress
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)

    def _show_counts(self) -> None:
        at = self.controller
        self.header.show_counts(at.model.pending, at.model.decided)
        if at.stage is AlikeStage.FACES and not at.model.rowCount():
            self.notice.show_notice(
                "search", self.tr("No such faces"), texts.nothing(pending=at.model.showing_pending)
            )
        elif at.stage is AlikeStage.NOTHING:
            back = Choice(BACK, "", "", "", self.tr("Back"))
            words = self.tr("Press L on a face, on any page, to see all faces like it.")
            self.notice.show_notice("search", self.tr("No face chosen"), words, choices=[back])
        listed = at.stage is AlikeStage.FACES and at.model.rowCount() > 0
        self._stack.setCurrentWidget(self.faces if listed else self.notice)
        self._take_focus()

    def _take_focus(self) -> None:
        """Keys belong to the faces while they are shown, else to the page."""
        if self.isVisible() and not self.picker.field.hasFocus():
            (self.faces if self.faces.isVisible() else self).setFocus()

    def _chosen(self, choice: str) -> None:
        match choice:
            case "cancel":
                self.controller.cancel()
            case "retry":
                self.controller.again()
            case _:
                self.go_back()


def at_hand(at: AlikeController) -> AtHand:
    """What a menu acts on."""
    model = at.model
    told = (model.moved, model.ticks_changed)
    return AtHand(lambda: tuple(tile.id for tile in model.targets()), told)


def deciding_keys(page: AlikePage) -> dict[str, Callable[[], object]]:
    """What the actions do that decide, by their id."""
    at, decider = page.decisions, page.controller.decider
    return {
        "alike_accept": at.accept,
        "alike_name": page.ask_name,
        "alike_not_person": at.not_person,
        "alike_stranger": partial(at.reject, RejectReason.STRANGER),
        "alike_not_a_face": partial(at.reject, RejectReason.NOT_A_FACE),
        "alike_promote": at.promote,
        "alike_undo": decider.undo,
        "alike_redo": decider.redo,
    }


def moving_keys(page: AlikePage) -> dict[str, Callable[[], object]]:
    """What the actions do that move and tick, by their id."""
    model, faces = page.controller.model, page.faces
    steps: dict[str, Callable[[], int]] = {
        "left": lambda: -1,
        "right": lambda: 1,
        "up": lambda: -faces.columns,
        "down": lambda: faces.columns,
        "page_up": lambda: -faces.page,
        "page_down": lambda: faces.page,
    }
    return {
        **{f"alike_{name}": partial(page.go, step) for name, step in steps.items()},
        "alike_extend_back": partial(page.extend, -1),
        "alike_extend_on": partial(page.extend, 1),
        "alike_first": lambda: model.go_to(0),
        "alike_last": lambda: model.go_to(model.rowCount() - 1),
        "alike_tick": lambda: page.tick(model.current_row),
    }


def looking_keys(page: AlikePage) -> dict[str, Callable[[], object]]:
    """What the actions do that show something else, by their id."""
    return {
        **size_keys(lambda: page.faces.zoom),
        "alike_more": page.more,
        "alike_review": page.review,
        "alike_pending": partial(page.show_half, pending=True),
        "alike_decided": partial(page.show_half, pending=False),
        "alike_back": page.go_back,
    }
