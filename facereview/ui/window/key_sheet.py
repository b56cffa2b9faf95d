"""The sheet of keys, made from the table of actions."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facereview.ui.actions.spec import EVERYWHERE, Spec
from facereview.ui.actions.table import ACTIONS, key_label, translated
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.dialog import Dialog, ScrollPart, fit
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import button, label, set_title

_AROUND = QSize(64, 150)
"""Room for everything but the groups."""


def rows(group: str) -> list[tuple[list[str], str]]:
    """The key caps and the sentence of each action of a group; 1 to 9 share a row."""
    specs = [spec for spec in ACTIONS if spec.group == group]
    made: list[tuple[list[str], str]] = []
    for tip, same in groupby(specs, key=lambda spec: spec.tip):
        made.append((_caps(list(same)), translated(tip)))
    return made


def groups(page: str = "review") -> list[str]:
    """The groups in the order of the table, those of a page first, then those of every page."""
    ranks = {page: 0, EVERYWHERE: 1}
    specs = sorted(ACTIONS, key=lambda spec: ranks.get(spec.page, 2))
    return list(dict.fromkeys(spec.group for spec in specs))


def _caps(specs: list[Spec]) -> list[str]:
    if len(specs) > 1:
        return [key_label(specs[0].keys[0]), "…", key_label(specs[-1].keys[0])]
    return list(dict.fromkeys(key_label(key) for key in specs[0].keys))


class KeySheet(Dialog):
    """All keys in groups, those of ``page`` first; Escape, Enter or Close closes it."""

    def __init__(self, page: str = "review", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_title(self, self.tr("facereview: keys"))
        self.setModal(True)
        self._groups = self._filled(page, columns=2)
        around = parent.window().width() if parent else self.screen().availableSize().width()
        if self._groups.sizeHint().width() + _AROUND.width() > around:
            self._groups.hide()
            self._groups.deleteLater()
            self._groups = self._filled(page, columns=1)
        scroll = ScrollPart(self.tr("Keys"), self)
        scroll.setWidget(self._groups)
        close = button(self.tr("Close"), "primary", self)
        close.clicked.connect(self.accept)
        close.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(label(self.tr("Keys"), "title", self))
        column.addWidget(scroll, 1)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self._fit()

    def _filled(self, page: str, columns: int) -> QWidget:
        """Each group goes to the shorter column, those of the page first."""
        body = QWidget(self)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(16)
        sides = [QVBoxLayout() for _ in range(columns)]
        for side in sides:
            side.setSpacing(16)
            row.addLayout(side, 1)
        own = {spec.group for spec in ACTIONS if spec.page == page}
        heights = [0] * columns
        for group in groups(page):
            shorter = heights.index(min(heights))
            heights[shorter] += len(rows(group)) + 2
            sides[shorter].addWidget(self._card(group, own=group in own))
        for side in sides:
            side.addStretch()
        return body

    def _fit(self) -> None:
        """As large as its content, no larger than the window."""
        fit(self, self._groups.sizeHint() + _AROUND)

    def _card(self, group: str, *, own: bool) -> Card:
        card = Card(translated(group), self)
        card.setProperty("current", own)
        card.setAccessibleName(translated(group))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        for row, (caps, tip) in enumerate(rows(group)):
            keys = QHBoxLayout()
            keys.setSpacing(4)
            for cap in caps:
                keys.addWidget(label(cap, "dim", card) if cap == "…" else KeyCap(cap, card))
            keys.addStretch()
            grid.addLayout(keys, row, 0)
            grid.addWidget(label(tip, "dim", card), row, 1)
        card.body.addLayout(grid)
        return card
