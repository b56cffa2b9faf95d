"""Shows messages: one sentence over the page's lower edge, hidden again after a while."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from facereview.ui.jobs.messages import KEPT_CLEAR, Level, Message, Messages
from facereview.ui.widgets.accessible import announce
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import LONG, wrapped

_SHOWN_MS = {Level.INFO: 3500, Level.CARE: 8000, Level.FAULT: 20000}
_LOOKS = {
    Level.INFO: ("done", "green"),
    Level.CARE: ("warning", "amber"),
    Level.FAULT: ("warning", "red"),
}
_WIDEST = 720
_FROM_EDGE = 18


class MessageLine(QFrame):
    """Lies over ``host``; a click or the next message hides it."""

    def __init__(self, messages: Messages, host: QWidget) -> None:
        super().__init__(host)
        self.setProperty("toast", True)
        self._host = host
        self.message: Message | None = None
        self._glyphs = {
            level: Glyph(icon, 20, colour, self) for level, (icon, colour) in _LOOKS.items()
        }
        self.text = wrapped("", "text", self)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 18, 10)
        row.setSpacing(10)
        for glyph in self._glyphs.values():
            row.addWidget(glyph)
        row.addWidget(self.text, 1)
        self._over = QTimer(self, singleShot=True)
        self._over.timeout.connect(self.hide)
        messages.said.connect(self.say)
        host.installEventFilter(self)
        self.hide()

    def say(self, message: Message) -> None:
        """Show a message; an information does not replace an error."""
        pushed = message.level is Level.INFO and self.isVisible()
        if pushed and self.message is not None and self.message.level is Level.FAULT:
            return
        self.message = message
        for level, glyph in self._glyphs.items():
            glyph.setVisible(level is message.level)
        self.text.setText(message.text[: 2 * LONG])
        self.setAccessibleName(message.text)
        self._place()
        self.show()
        self.raise_()
        self._over.start(_SHOWN_MS[message.level])
        announce(self, message.text)

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the host's lower edge."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _lower_edge(self) -> int:
        """Of the host, or of what is above its keys: whom a digit names stays in sight."""
        keys = self._host.findChildren(QWidget, KEPT_CLEAR)
        tops = (key.mapTo(self._host, QPoint()).y() for key in keys if key.isVisible())
        return min(tops, default=self._host.height())

    def _place(self) -> None:
        width = min(_WIDEST, self._host.width() - 48)
        wanted = self.text.fontMetrics().horizontalAdvance(self.text.text()) + 70
        width = min(width, max(220, wanted))
        self.setFixedWidth(width)
        self.setFixedHeight(max(40, self._row.heightForWidth(width)))
        left = (self._host.width() - width) // 2
        self.move(left, max(0, self._lower_edge() - self.height() - _FROM_EDGE))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
