"""Decisions that the database refused: retry or discard them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from facereview.review.decisions.journal import Aside
from facereview.review.decisions.unsaved import in_words
from facereview.ui.jobs.delivery import SetAside
from facereview.ui.widgets.dialog import Dialog, fit
from facereview.ui.widgets.plain_text import button, clear_text, label, set_title, wrapped
from facereview.ui.wording.acts import act_text
from facereview.ui.wording.advice import told

_SIZE = QSize(860, 420)


class AsidesDialog(Dialog):
    """The decisions, each with the database's reason."""

    def __init__(self, asides: SetAside, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Aside, ...] = ()
        set_title(self, self.tr("facereview: decisions set aside"))
        self.setModal(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Decisions that the database refused"))
        self.list.setWordWrap(True)
        self.retry = button(self.tr("Try again"), "primary", self)
        self.retry.setDefault(True)
        self.retry.clicked.connect(lambda: self._on_chosen(asides.retry))
        self.drop = button(self.tr("Discard"), "plain", self)
        self.drop.clicked.connect(lambda: self._on_chosen(asides.drop))
        self.fault = wrapped("", "fault", self)
        self.fault.hide()
        self._lay_out()
        asides.changed.connect(self._fill)
        asides.failed.connect(self._refuse)
        self._fill(asides.held)
        self.list.setFocus()
        fit(self, _SIZE)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.drop)
        buttons.addStretch(1)
        buttons.addWidget(self.retry)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label(self.tr("The database refused these decisions"), "title", self))
        column.addWidget(self.list, 1)
        column.addWidget(self.fault)
        column.addLayout(buttons)

    def _on_chosen(self, do: Callable[[str], None]) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            self.fault.hide()
            do(self._shown[row].token)

    def _refuse(self, error: Exception) -> None:
        self.fault.setText(told(error))
        self.fault.show()

    def _fill(self, held: tuple[Aside, ...]) -> None:
        row = max(0, self.list.currentRow())
        self._shown = held
        self.list.clear()
        self.list.addItems([self._words(aside) for aside in held])
        self.list.setCurrentRow(min(row, len(held) - 1))
        if not held:
            self.accept()

    def _words(self, aside: Aside) -> str:
        what = self.tr("an entry that cannot be read")
        if aside.intent is not None:
            what = act_text(in_words(aside.intent))
        at = aside.kept_at
        when = f"{at.astimezone():%Y-%m-%d %H:%M}" if at else ""
        return self.tr("{when} {what}: {why}").format(
            what=what, when=when, why=clear_text(aside.reason)
        )
