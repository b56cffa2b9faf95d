"""The cast sheet: its layout, and the connections between keys, controller and pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.records import RejectReason
from facereview.review.colleagues import News
from facereview.ui.actions.menus import MENUS, AtHand, Entries, context_menu
from facereview.ui.actions.table import install
from facereview.ui.cast import notices
from facereview.ui.cast.bar import CastBar
from facereview.ui.cast.company import CompanyReader
from facereview.ui.cast.controller import CastController, CastStage
from facereview.ui.cast.cursor import Chip
from facereview.ui.cast.decisions import CastDecisions
from facereview.ui.cast.frame import CastFrame
from facereview.ui.cast.header import LOW, CastHeader, VideoFacts
from facereview.ui.cast.offers import CastOffers
from facereview.ui.cast.rows import CastRows
from facereview.ui.cast.shaping import CastShaping
from facereview.ui.cast.sheets import CastParts
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_panel import FramePanel
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.placeholders import PATIENCE_MS, Notice
from facereview.ui.widgets.zoom import size_keys

_CROPS_WAITING = 400  # a large screen
_SIDES = (192, 80)


class CastPage(QWidget):
    """A video's people, a row each; opened from other pages, and left for them."""

    left = Signal(str)
    """Go back to this page, where the sheet was opened."""
    review_requested = Signal(int)
    """Show this face on Review."""
    alike_requested = Signal(int)
    """Show all faces like this one."""

    def __init__(
        self,
        parts: CastParts,
        *,
        decider: Decider,
        lanes: Lanes,
        pixels: LibraryPixels,
        messages: Messages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Cast"))
        self.controller = CastController(
            parts, decider=decider, lanes=lanes, messages=messages, parent=self
        )
        self._from = "videos"
        self.crops = CropStore(pixels, lanes.pixels, self, waiting=_CROPS_WAITING, sides=_SIDES)
        self.pictures = ThumbnailStore(parts.thumbnails, lanes.pixels, self)
        self.frame = CastFrame(
            self.controller,
            FramePanel(pixels, lanes.pixels, self.crops, lambda _count: [], self),
        )
        self.company = CompanyReader(self.controller, parts.survey, lanes.survey)
        self.offers = CastOffers(parts.desk, lanes.database, self)
        self.decisions = CastDecisions(self.controller, self.offers)
        self.shaping = CastShaping(self.controller)
        self._make_parts(parts.names)
        self._lay_out()
        self._connect()
        self._install_keys()

    def _make_parts(self, names: KnownNames) -> None:
        at = self.controller
        self.header = CastHeader(at, self)
        self.facts = VideoFacts(at, self.pictures, self)
        self.rows = CastRows(at, self.crops, self)
        self.bar = CastBar(at, self.offers, names, self.crops, self)
        self.shaping.changed.connect(lambda: self.bar.show_joining(joining=self.shaping.joining))
        self.picker = self.bar.picker
        self.notice = Notice(self)
        self._notices = notices.CastNotices(at, self.notice)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._show_notice)

    def _lay_out(self) -> None:
        self._below_facts = hairline("horizontal", self)
        self._above_bar = hairline("horizontal", self)
        self._stack = QStackedWidget(self)
        self._work = QWidget(self)
        work = flush(QVBoxLayout(self._work))
        work.addWidget(self.frame.panel, 1)
        work.addWidget(self.rows)
        self.frame.panel.hide()
        for part in (self._work, self.notice):
            self._stack.addWidget(part)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.facts)
        column.addWidget(self._below_facts)
        column.addWidget(self._stack, 1)
        column.addWidget(self._above_bar)
        column.addWidget(self.bar)
        self._stage_changed()

    def _connect(self) -> None:
        at = self.controller
        at.stage_changed.connect(self._stage_changed)
        at.sheet_changed.connect(self._follow)
        self.company.found.connect(self.facts.show_company)
        self.header.chosen.connect(lambda chip: self.choose(Chip(chip)))
        self.header.next_wanted.connect(partial(self._pressed, "cast_next_video"))
        self.rows.played.connect(self.frame.play)
        self.rows.opened.connect(self.frame.show)
        self.frame.toggled.connect(self._frame_toggled)
        self.frame.panel.face_clicked.connect(at.cursor.go_to_face)
        self.frame.panel.failed.connect(at.messages.care)
        self.bar.pressed.connect(self._pressed)
        do = self.decisions
        do.name_wanted.connect(self.bar.ask_name)
        self.picker.opened.connect(do.begin_name)
        self.picker.chosen.connect(do.assign)
        self.picker.created.connect(do.assign_new)
        self.picker.closed.connect(self._take_focus)
        self.notice.chosen.connect(self._chosen)
        at.decider.came.connect(lambda _outcome: self.refresh())
        at.decider.reverted.connect(lambda _outcome: self.refresh())

    def _install_keys(self) -> None:
        stopping = {
            **deciding_keys(self.decisions),
            "cast_join": self.shaping.join,
            "cast_split": self.shaping.split,
            **moving_keys(self),
            **looking_keys(self),
        }
        self._handlers: dict[str, Callable[[], object]] = {
            **{name: partial(self._stopped, run) for name, run in stopping.items()},
            "cast_play": self.frame.play,
            **size_keys(lambda: self.rows.zoom),
        }
        install(self, self._handlers)
        context_menu(self, partial(menu_of, self.controller), at_hand(self.controller))

    # ------------------------------------------------------------------------------------- public

    def open(self, video: int, face: int | None = None, *, origin: str = "videos") -> None:
        """Show a video's sheet, the cursor on the row of ``face``; Escape leads to ``origin``."""
        self._from = origin
        self.frame.close()
        self.controller.open(video, face)

    def refresh(self) -> None:
        """The library changed: read the sheet again, now or when it is shown."""
        if self.isVisible():
            self.crops.forget_missing()
            self.controller.reload()
        else:
            self.controller.sheets.mark_outdated()

    def follow_others(self, _news: News) -> None:
        """Others changed something: all that the sheet shows may depend on it."""
        self.refresh()

    def choose(self, chip: Chip) -> None:
        """Show all rows, or those of one kind."""
        self.controller.choose(chip)
        self._take_focus()

    def go_back(self) -> None:
        """Escape: withdraw what waits for another press, close the frame, else leave the sheet."""
        asked = self.controller.twice.waiting is not None
        self.controller.twice.forget()
        if self.shaping.forget() or asked:
            return
        if self.frame.open:
            self.frame.close()
        else:
            self.left.emit(self._from)

    def scroll_rows(self, pages: int) -> None:
        """Move the cursor by pages of rows."""
        self.controller.cursor.move(pages * max(1, self.rows.page - 1))

    def review(self) -> None:
        """V: the face at hand on Review."""
        face = self.controller.cursor.looked_at
        if face is not None:
            self.review_requested.emit(face.id)

    # --------------------------------------------------------------------------------- what comes

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.controller.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.frame.close()

    def focusInEvent(self, event: object) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._take_focus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key stops playing, even one that does nothing else."""
        self.frame.panel.playback.stop()
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.facts.fit(self.height())
        self.bar.set_low(self.height() <= LOW)

    def _stopped(self, run: Callable[[], object]) -> None:
        self.frame.panel.playback.stop()
        run()

    def _pressed(self, action: str) -> None:
        """A button does what its key does, and gives the focus back to the page."""
        self._take_focus()
        self._handlers[action]()

    def _stage_changed(self) -> None:
        stage = self.controller.stage
        self._patience.stop()
        if stage is CastStage.SHEET:
            self._show_part(self._work)
        elif stage is CastStage.LOADING:
            self._patience.start()
        else:
            self._show_notice()
        self._follow()

    def _follow(self) -> None:
        """Only a video that is known has facts, and only rows have keys."""
        if self.controller.stage is CastStage.LOADING and not self.notice.isVisible():
            return  # the next sheet has both, and most often is there at once
        known = self.controller.sheet is not None and not self.frame.open
        self.facts.setVisible(known)
        self._below_facts.setVisible(known)
        rows = self.controller.stage is CastStage.SHEET
        self.bar.setVisible(rows)
        self._above_bar.setVisible(rows)

    def _show_notice(self) -> None:
        self._notices.show_stage()
        self.frame.close()
        self._show_part(self.notice)
        self._follow()

    def _show_part(self, part: QWidget) -> None:
        at, before = self.window().focusWidget(), self._stack.currentWidget()
        had = at is not None and before is not None and (at is before or before.isAncestorOf(at))
        self._stack.setCurrentWidget(part)
        if had or self.hasFocus():
            self._take_focus()

    def _frame_toggled(self, shown: bool) -> None:
        self.frame.panel.setVisible(shown)
        self.rows.show_one(shown)
        self._follow()
        self._take_focus()

    def _take_focus(self) -> None:
        """Keys belong to the rows while they are shown, else to the page."""
        if self.isVisible() and not self.picker.field.hasFocus():
            (self.rows if self.rows.isVisible() else self).setFocus()

    def _chosen(self, choice: str) -> None:
        match choice:
            case notices.RETRY:
                self.controller.reload()
            case notices.ALL:
                self.choose(Chip.ALL)
            case notices.NEXT:
                self.controller.open_next()
            case _:
                self.go_back()


def menu_of(at: CastController) -> Entries:
    """On a face that is not ticked there is nothing that decides: it would decide the others."""
    deciding, *others = MENUS["cast"]
    face = at.cursor.face
    if face is not None and face.id in at.cursor.unticked:
        return others
    return deciding, *others


def at_hand(at: CastController) -> AtHand:
    """What a menu acts on."""

    def what() -> tuple[int | None, int | None]:
        row, face = at.cursor.row, at.cursor.face
        return None if row is None else row.key, None if face is None else face.id

    return AtHand(what, (at.cursor.moved, at.sheet_changed))


def deciding_keys(do: CastDecisions) -> dict[str, Callable[[], object]]:
    """What the actions do that decide, by their id."""
    return {
        "cast_settle": do.settle,
        "cast_confirm": do.confirm,
        **{f"cast_pick_{n}": partial(do.pick, n) for n in range(1, 10)},
        "cast_name": do.ask_name,
        "cast_not_person": do.not_person,
        "cast_stranger": partial(do.reject, "cast_stranger", RejectReason.STRANGER),
        "cast_not_a_face": partial(do.reject, "cast_not_a_face", RejectReason.NOT_A_FACE),
        "cast_skip": do.skip,
        "cast_undo": do.undo,
        "cast_redo": do.redo,
    }


def moving_keys(page: CastPage) -> dict[str, Callable[[], object]]:
    """What the actions do that move the cursor, by their id."""
    at, cursor = page.controller, page.controller.cursor
    moves: dict[str, Callable[[], object]] = {
        "cast_up": partial(cursor.move, -1),
        "cast_down": partial(cursor.move, 1),
        "cast_first": partial(cursor.edge, last=False),
        "cast_last": partial(cursor.edge, last=True),
        "cast_left": partial(cursor.move_in_row, -1),
        "cast_right": partial(cursor.move_in_row, 1),
        "cast_page_up": partial(page.scroll_rows, -1),
        "cast_page_down": partial(page.scroll_rows, 1),
        "cast_tick": cursor.toggle,
    }
    videos: dict[str, Callable[[], object]] = {
        "cast_next_video": partial(at.open_next, 1),
        "cast_previous_video": partial(at.open_next, -1),
    }
    return {
        **{name: partial(at.do, run, on_row=True) for name, run in moves.items()},
        **{name: partial(at.do, run) for name, run in videos.items()},
    }


def looking_keys(page: CastPage) -> dict[str, Callable[[], object]]:
    """What the actions do that show something else, by their id."""
    return {
        "cast_back": page.go_back,
        "cast_frame": page.frame.look,
        "cast_review": page.review,
        "cast_more": partial(_more_like, page),
        "cast_show_all": partial(page.choose, Chip.ALL),
        "cast_show_sure": partial(page.choose, Chip.SURE),
        "cast_show_open": partial(page.choose, Chip.OPEN),
    }


def _more_like(page: CastPage) -> None:
    """L: all faces like the one chosen, else like the clearest of the row."""
    row, face = page.controller.cursor.row, page.controller.cursor.face
    if row is not None:
        page.alike_requested.emit((face or row.faces[0]).id)
