"""The farm on the Videos page: how far many machines are with a queue of videos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QProgressBar,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.review.farm.status import FarmDesk, FarmStatus, Machine
from facereview.ui.jobs.lanes import Lane, Rank
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pressed_keys import SecondPress
from facereview.ui.videos.scans import FaultList
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.icons import Glyph, paint_icon
from facereview.ui.widgets.plain_text import button, clear_text, label
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import paint_line, tokens_of
from facereview.ui.wording import library as texts
from facereview.ui.wording.library import number

LOOK_MS = 2000
"""How often the farm is looked at while the page is shown."""


class FarmWatch(QObject):
    """Looks at the farm while its page is seen, and does what is asked of it."""

    changed = Signal()
    """What is known of it, or what a second press would do."""
    stored = Signal()
    """More videos are done: lists are to be looked at again."""

    def __init__(self, farm: FarmDesk, lane: Lane, messages: Messages, page: QWidget) -> None:
        super().__init__(page)
        self._farm, self._lane, self._messages = farm, lane, messages
        self._asked = False
        self._dismissed: datetime | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.status: FarmStatus | None = None
        """None: there is no farm, or nothing of it is to be shown."""
        self.twice = SecondPress(self)
        self.twice.changed.connect(self.changed)
        page.installEventFilter(self)

    @property
    def following(self) -> bool:
        """Whether it is looked at again and again."""
        return self._timer.isActive()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The page is shown or hidden."""
        if event.type() == QEvent.Type.Show:
            self._timer.start()
            QTimer.singleShot(0, self, self.look)  # behind what the page itself asks for
        elif event.type() == QEvent.Type.Hide:
            self._timer.stop()
        return super().eventFilter(watched, event)

    def look(self) -> None:
        """Read how far it is, unless that is being done."""
        if not self._asked:
            self._asked = True
            self._lane.run(self, self._farm.status, self._show, self._unread, rank=Rank.AHEAD)

    def pause_or_resume(self) -> None:
        """Have the machines stop after the video at hand, or go on."""
        if self.status is not None:
            self._do(self._farm.resume if self.status.paused else self._farm.pause)

    def cancel(self) -> None:
        """Take what is left out of the queue, at the second press."""
        if self.status is not None and self.twice.press("cancel"):
            self._do(self._farm.cancel)

    def dismiss(self) -> None:
        """The result was read."""
        if self.status is not None:
            self._dismissed, self.status = self.status.began, None
            self.changed.emit()

    def _do(self, act: Callable[[], object]) -> None:
        self.twice.forget()
        self._lane.run(self, act, lambda _: self.look(), self._messages.fault)

    def _show(self, status: FarmStatus | None) -> None:
        self._asked = False
        if status is not None and status.began == self._dismissed and status.over:
            status = None
        if status == self.status:
            return
        before, self.status = self.status, status
        if status is None or status.over:
            self.twice.forget()
        self.changed.emit()
        if status is not None and before is not None and status.done != before.done:
            self.stored.emit()

    def _unread(self, _error: Exception) -> None:
        """What the list says of the same fault is enough."""
        self._asked = False


_ROWS = 4
"""Machines shown at once; more of them scroll."""

_LINE = 24
_NAME, _FIGURE = 0.24, 132
"""Share of the width that a machine's name has, and pixels that each of its figures has."""


class MachineModel(RowsModel[Machine]):
    """Machines, those in trouble first."""

    def show(self, rows: Sequence[Machine]) -> None:
        self._named = Counter(machine.name for machine in rows)
        super().show(sorted(rows, key=_trouble_first))

    def title(self, row: Machine) -> str:
        """Its name, and the process where it has several."""
        if self._named[row.name] < 2:
            return clear_text(row.name)
        text = self.tr("{machine}, process {process}")
        return text.format(machine=clear_text(row.name), process=row.process)

    def rate(self, row: Machine) -> str:
        """Its rate; empty while it does nothing."""
        return texts.pace(row.a_minute) if row.works else ""

    def state(self, row: Machine) -> str:
        """What is the matter with it, else whether it works."""
        if row.fault is not None:
            return clear_text(row.fault)
        if row.ended:
            return self.tr("ended")
        if row.works:
            return self.tr("at work")
        return self.tr("not heard of for {time}").format(time=texts.silence(row.silent))

    def aloud(self, row: Machine) -> str:
        parts = (self.title(row), texts.videos(row.videos), self.rate(row), self.state(row))
        return ", ".join(filter(None, parts))


def _trouble_first(machine: Machine) -> tuple[bool, bool, bool, str, int]:
    at = machine.name, machine.process or 0
    return machine.fault is None, machine.ended, machine.works, *at


class MachineDelegate(QStyledItemDelegate):
    """A sign, the name, figures in columns, then what is the matter."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        machine, model = index.data(ROW), index.model()
        if not isinstance(model, MachineModel):
            return
        tokens, box = tokens_of(option.widget), QRectF(option.rect)
        silent = not machine.works and not machine.ended
        colour = tokens.red if machine.fault else tokens.amber if silent else tokens.dim
        if machine.fault or silent:
            paint_icon(painter, "warning", QRectF(box.left(), box.top() + 4, 16, 16), colour)
        elif machine.works:
            paint_icon(painter, "done", QRectF(box.left(), box.top() + 4, 16, 16), tokens.green)
        painter.save()
        painter.setFont(option.widget.font())
        left, name = box.left() + 24, box.width() * _NAME
        painter.setPen(QColor(tokens.text))
        paint_line(painter, QRectF(left, box.top(), name - 12, _LINE), model.title(machine))
        painter.setPen(QColor(tokens.dim))
        left += name
        for text in (texts.videos(machine.videos), model.rate(machine)):
            column = QRectF(left, box.top(), _FIGURE - 12, _LINE)
            painter.drawText(column, _RIGHT, text)
            left += _FIGURE
        painter.setPen(QColor(colour))
        rest = QRectF(left + 12, box.top(), box.right() - left - 12, _LINE)
        paint_line(painter, rest, model.state(machine), sentence=True)
        painter.restore()


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class FarmPanel(QWidget):
    """How far the farm is, its machines, and what could not be done; hidden without a farm."""

    def __init__(self, watch: FarmWatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watch = watch
        self._card = Tinted("line", self)
        self._sign = Glyph("done", 20, "green", self)
        self._doing = label("", "strong", self)
        self._pace = label("", "dim", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self.machines = MachineModel(self)
        self._list = QListView(self)
        self._faults = FaultList(self)
        self.keep = button(self.tr("Keep it going"), "plain", self)
        self.pause = button(self.tr("Pause"), "plain", self)
        self.cancel = button(self.tr("Cancel"), "plain", self)
        self.close_button = button(self.tr("Close"), "plain", self)
        self._set_up_list()
        self._lay_out()
        self.keep.clicked.connect(watch.twice.forget)
        self.pause.clicked.connect(watch.pause_or_resume)
        self.cancel.clicked.connect(watch.cancel)
        self.close_button.clicked.connect(watch.dismiss)
        watch.changed.connect(self.show_state)
        self.show_state()

    def _set_up_list(self) -> None:
        self._list.setModel(self.machines)
        self._list.setItemDelegate(MachineDelegate(self))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName(self.tr("Machines of the farm"))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._sign)
        top.addWidget(self._doing)
        top.addWidget(self._pace, 1)
        for made in (self.keep, self.pause, self.cancel, self.close_button):
            top.addWidget(made)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 12, 0, 0)
        around.addWidget(self._card)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(16, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._list)
        column.addWidget(self._faults)

    def show_state(self) -> None:
        """Show what is known now."""
        farm = self.watch.status
        self.setVisible(farm is not None)
        if farm is None:
            return
        sign, colour, doing = self._headline(farm)
        self._sign.show_icon(sign, colour)
        self._card.set_colour("line" if colour in ("green", "dim") else colour)
        self._doing.setText(doing)
        self._pace.setText(self._pace_of(farm))
        self._show_buttons(farm)
        self._show_bar(farm)
        self.machines.show(farm.machines)
        self._list.setVisible(bool(farm.machines))
        self._list.setFixedHeight(_LINE * min(_ROWS, len(farm.machines)) + 4)
        self._faults.show_faults(farm.faults)
        self.setAccessibleName(" · ".join(filter(None, (doing, self._pace.text()))))

    def _headline(self, farm: FarmStatus) -> tuple[str, str, str]:
        """Icon, colour and words."""
        if self.watch.twice.armed("cancel"):
            text = self.tr("Take {videos} out of the queue? What was found stays.")
            return "warning", "amber", text.format(videos=texts.videos(farm.left))
        if farm.over:
            if farm.left:
                given_up = self.tr("The farm gave up {videos}: their jobs failed again and again.")
                return "warning", "red", given_up.format(videos=texts.videos(farm.left))
            text = self.tr("The farm is done: {videos}.")
            sign = ("warning", "amber") if farm.faulty else ("done", "green")
            return *sign, text.format(videos=texts.videos(farm.done))
        text = self.tr("Farm: {done} of {videos}")
        if farm.paused:
            text = self.tr("The farm is paused: {done} of {videos}")
        elif not farm.working:
            text = self.tr("The farm waits for a machine: {done} of {videos}")
        said = text.format(done=number(farm.done), videos=texts.videos(farm.added))
        if farm.paused or not farm.working:
            return "warning", "amber", said
        return "videos", "dim", said

    def _pace_of(self, farm: FarmStatus) -> str:
        if farm.over or not farm.working or self.watch.twice.waiting:
            return ""
        parts = [self.tr("%Ln machines", "", farm.working)]
        if farm.a_minute and not farm.paused:
            parts.append(texts.pace(farm.a_minute))
        if farm.seconds_left is not None:
            parts.append(self.tr("{time} left").format(time=texts.duration(farm.seconds_left)))
        return " · ".join(parts)

    def _show_buttons(self, farm: FarmStatus) -> None:
        self.pause.setText(self.tr("Resume") if farm.paused else self.tr("Pause"))
        sure = self.watch.twice.armed("cancel")
        self.cancel.setText(self.tr("Cancel the farm") if sure else self.tr("Cancel"))
        self.keep.setVisible(sure)
        self.pause.setVisible(not farm.over and not sure)
        self.cancel.setVisible(not farm.over)
        self.close_button.setVisible(farm.over)

    def _show_bar(self, farm: FarmStatus) -> None:
        self._bar.setVisible(not farm.over)
        self._bar.setRange(0, max(1, farm.added))
        self._bar.setValue(farm.done)
        spoken = self.tr("{done} of {total} videos")
        self._bar.setAccessibleName(spoken.format(done=number(farm.done), total=number(farm.added)))
