"""Decisions that the database refused: retry or discard them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from facereview.review.decisions.journal import Kept
from facereview.review.decisions.unsaved import in_words
from facereview.ui.jobs.delivery import SetAside
from facereview.ui.widgets.dialog import ListDialog
from facereview.ui.widgets.plain_text import clear_text, set_title
from facereview.ui.wording.acts import act_text
from facereview.ui.wording.advice import told


class AsidesDialog(ListDialog):
    """The decisions, each with the database's reason."""

    def __init__(self, asides: SetAside, parent: QWidget | None = None) -> None:
        super().__init__(
            self.tr("The database refused these decisions"),
            self.tr("Decisions that the database refused"),
            (self.tr("Discard"), self.tr("Try again")),
            parent,
        )
        set_title(self, self.tr("facereview: decisions set aside"))
        self._shown: tuple[Kept, ...] = ()
        self.main.clicked.connect(lambda: self._on_chosen(asides.retry))
        self.other.clicked.connect(lambda: self._on_chosen(asides.drop))
        asides.changed.connect(self._fill)
        asides.failed.connect(self._refuse)
        self._fill(asides.held)

    def _on_chosen(self, do: Callable[[str], None]) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            self.fault.hide()
            do(self._shown[row].token)

    def _refuse(self, error: Exception) -> None:
        self.fault.setText(told(error))
        self.fault.show()

    def _fill(self, held: tuple[Kept, ...]) -> None:
        self._shown = held
        self.show_rows([self._words(aside) for aside in held])

    def _words(self, aside: Kept) -> str:
        what = self.tr("an entry that cannot be read")
        if aside.intent is not None:
            what = act_text(in_words(aside.intent))
        at = aside.kept_at
        when = f"{at.astimezone():%Y-%m-%d %H:%M}" if at else ""
        return self.tr("{when} {what}: {why}").format(
            what=what, when=when, why=clear_text(aside.reason or "")
        )
