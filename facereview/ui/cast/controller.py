"""The cast sheet without widgets: the video that is open, its sheet, and the cursor in it.

What keys act on is read here, and is what is painted at that moment:

- ``controller.sheet`` is the whole :class:`CastSheet`. ``controller.cursor`` has the rows that the
  chosen chip shows (``rows``), the current one (``row``, None while there is none), and the face
  chosen in it with Left and Right (``face``; None: the row as a whole).
- ``cursor.ticked(row)`` are the faces of a row that are not unticked. Ticks are kept by face while
  a video is open, over reading it again; ``cursor.set_ticked`` changes them.
- ``sight`` is what of this was painted: keys decide nothing else.
- Keys that decide go through ``controller.do(run, on_row=True)``, which holds them while a sheet is
  loading or an undo is under way; ``controller.twice`` is for those that must be pressed twice.
  They hand intents to ``controller.decider``.
- After a decision ``cursor.move(1)`` moves on at once; the sheet is read again when the outcome
  comes (``reload``), and the current row stays the one that holds the same faces.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from facereview.errors import DatabaseUnreachable
from facereview.records import VideoSummary
from facereview.review.cast.acts import expected
from facereview.review.cast.records import CastSheet
from facereview.review.decisions.intents import Change, Intent
from facereview.review.decisions.unsaved import predicted
from facereview.ui.cast.cursor import KINDS, CastCursor, Chip
from facereview.ui.cast.sheets import CastParts, CastSheets, VideoOrder
from facereview.ui.cast.sight import Sight
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pressed_keys import Command, KeyLine, SecondPress, UndoPatience
from facereview.ui.wording.advice import told


class CastStage(StrEnum):
    """What the page has to show."""

    LOADING = "loading"
    SHEET = "sheet"
    FILTERED = "filtered"
    """The video has rows, but none of the kind that was asked for."""
    EMPTY = "empty"
    """No face was found in the video."""
    GONE = "gone"
    """The video was removed."""
    NOTHING = "nothing"
    """No video was opened, and none waits for a curator."""
    FAULT = "fault"


class CastController(QObject):
    """Opens videos one after the other, and keeps what is shown of them up to date."""

    stage_changed = Signal()
    sheet_changed = Signal()
    """Another video, or its rows were read again, or other rows are shown."""

    def __init__(
        self,
        parts: CastParts,
        *,
        decider: Decider,
        lanes: Lanes,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk, self.decider, self.messages = parts.desk, decider, messages
        self.lane = lanes.database
        self.sheets = CastSheets(parts.desk, self.lane, self)
        self.order = VideoOrder(parts.survey, lanes.survey, self)
        self.cursor = CastCursor(self)
        self.twice = SecondPress(self)
        self.line = KeyLine(self._may_run, self.twice)
        self._patience = UndoPatience(decider, self.line, messages, self)
        self.stage = CastStage.LOADING
        self.fault = ""
        self.video: int | None = None
        self.sight = Sight()
        self.sheet: CastSheet | None = None
        self.shaping = 0
        """Changes of rows under way."""
        self._wanted: int | None = None
        self._expected: dict[str, tuple[Change, ...]] = {}
        """What decisions under way will change, by their tokens."""
        self._connect()

    def _connect(self) -> None:
        self.sheets.arrived.connect(self._arrived)
        self.sheets.gone.connect(self._gone)
        self.sheets.failed.connect(self._failed)
        self.order.changed.connect(self._order_came)
        self.order.failed.connect(self._order_failed)
        self.cursor.moved.connect(self.twice.forget)
        self.cursor.ticks_changed.connect(self.twice.forget)
        self.decider.ready.connect(self.line.go_on)

    def count(self, chip: Chip) -> int | None:
        """How many rows a chip shows; None while that is not known."""
        if self.sheet is None:
            return None
        return sum(row.kind in KINDS[chip] for row in self.sheet.rows)

    # ------------------------------------------------------------------------------------- opening

    def read_ahead(self, video: VideoSummary | None) -> None:
        """Read the sheet of a video ahead: it is likely to be opened."""
        if video is not None:
            self.sheets.ask(video.video.id, None)

    def open(self, video: int, face: int | None = None) -> None:
        """Show a video's sheet, with the cursor on the row of a face."""
        self._wanted = face
        self.cursor.chip = Chip.ALL
        self.sheets.mark_outdated([video])
        self._show_video(video)
        self.order.begin(video)

    def open_next(self, by: int = 1) -> None:
        """Go to the next or previous video that waits for a curator."""
        found = self.order.step(self.video, by)
        if found is not None:
            self._wanted = None
            self._show_video(found)
            self.order.look(found)
        else:
            last = self.tr("This is the last video to review.")
            first = self.tr("This is the first video to review.")
            self.messages.info(last if by > 0 else first)

    def choose(self, chip: Chip) -> None:
        """Show other rows; the cursor stays on its row where that is shown."""
        if chip is not self.cursor.chip:
            self.cursor.chip = chip
            self.twice.forget()
            if self.sheet is not None:
                self._take(self.sheet)

    def reload(self) -> None:
        """Read the video again; what is shown stays until then."""
        self.sheets.mark_outdated()
        if self.video is not None:
            self._want(self.video)
        if self.video is None:
            self.order.look()
        elif not self.order.read:
            self.order.begin(self.video)

    def _show_video(self, video: int) -> None:
        if video != self.video:
            self.video, self.sheet = video, None
            self.sight.leave()
            self.cursor.leave()
            self.twice.forget()
        kept = self.sheets.get(video)
        if kept is not None:
            self._take(kept)
        else:
            self._set_stage(CastStage.LOADING)
            self.sheet_changed.emit()
        self._want(video)

    def _want(self, video: int) -> None:
        ahead = self.order.step(video, 1)
        self.sheets.want(video, [ahead] if ahead is not None else [])

    # ------------------------------------------------------------------------------------ decided

    def expect(self, intent: Intent) -> None:
        """A decision is handed over: show what will come of it until it is answered."""
        self._expected[intent.token] = predicted(intent).changes
        if self.sheet is not None:
            self._take(self.sheet)

    def answered(self, token: str) -> None:
        """The database has it, or never will."""
        self._expected.pop(token, None)

    def taken_back(self, token: str, face: int) -> None:
        """A decision was undone: expect nothing of it, also where the database lacks it yet."""
        if self._expected.pop(token, None) is not None and self.sheet is not None:
            kept = self.sheets.get(self.video)
            if kept is not None:
                self._wanted = face
                self._take(kept)

    def show_face(self, video: int, face: int) -> None:
        """Go to the row of a face, of whichever video."""
        self._wanted = face
        if video != self.video:
            self._show_video(video)
        else:
            self.reload()

    # -------------------------------------------------------------------------------------- keys

    def do(self, run: Callable[[], object], *, on_row: bool = False) -> None:
        """What a key does, once those before it are done; ``on_row``: only while rows are shown."""
        if not on_row or self.stage in (CastStage.SHEET, CastStage.LOADING):
            self.line.add(Command(run, on_face=on_row))

    def _may_run(self, command: Command) -> bool:
        if self._patience.holds(command) or (self.shaping and command.on_face):
            return False
        return not command.on_face or self.stage is not CastStage.LOADING

    # --------------------------------------------------------------------------------- what comes

    def _arrived(self, video: int) -> None:
        sheet = self.sheets.get(video)
        if video == self.video and sheet is not None:
            self._take(sheet)

    def _take(self, sheet: CastSheet) -> None:
        changes = (change for some in self._expected.values() for change in some)
        self.sheet = sheet = expected(sheet, changes)
        self.cursor.show(sheet, self._wanted)
        self._wanted = None
        self._set_stage(self._stage_of(sheet))
        self.sheet_changed.emit()
        self.line.go_on()

    def _stage_of(self, sheet: CastSheet) -> CastStage:
        if not sheet.rows:
            return CastStage.EMPTY
        return CastStage.SHEET if self.cursor.rows else CastStage.FILTERED

    def _set_stage(self, stage: CastStage) -> None:
        if stage is not self.stage or stage is CastStage.FAULT:
            self.stage = stage
            self.stage_changed.emit()

    def _gone(self, video: int) -> None:
        self.sheets.drop([video])
        if video == self.video:
            self.sheet = None
            self.cursor.leave()
            self.line.clear()
            self._set_stage(CastStage.GONE)
            self.sheet_changed.emit()

    def _failed(self, video: int, error: Exception) -> None:
        """What is shown stays; a sheet that was not read yet gives way to the reason."""
        if video != self.video:
            return
        self.line.clear()
        if self.sheet is None:
            self.fault = told(error)
            self._set_stage(CastStage.FAULT)
        elif not isinstance(error, DatabaseUnreachable):  # the status bar tells of that
            self.messages.fault(error)

    def _order_came(self) -> None:
        if self.video is not None:
            self._want(self.video)
        elif (first := self.order.step(None, 1)) is not None:
            self._show_video(first)
        else:
            self._set_stage(CastStage.NOTHING)

    def _order_failed(self, error: Exception) -> None:
        if self.video is None:
            self.fault = told(error)
            self._set_stage(CastStage.FAULT)
