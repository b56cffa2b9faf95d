"""Keys and clicks by chance in the real window, of somebody who does not look."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from key_judge import ENTER, REDO, SHIFT_ENTER, UNDO, WHOLE, Batch, Judge, Log, Press, Sql
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QWidget
from shown_at_press import shown

from facereview.app import Opened
from facereview.errors import Invalid
from facereview.records import RejectReason
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence.certainty import Mode
from facereview.store.store import Store
from facereview.ui.clusters.likely import LikelyList
from facereview.ui.review.suggestion_list import SuggestionList
from facereview.ui.shots import settle
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.name_rows import NameRows

Part = TypeVar("Part", bound=QWidget)
Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton

NAMES = ("an", "ann", "bo", "Bob", "cora", "Coraa", "annn", "the young", "Zoe Quist", "da")
"""Beginnings, misspellings, and somebody new."""
KEYS: tuple[tuple[int, str, Key, Qt.KeyboardModifier], ...] = (
    (18, ENTER, Key.Key_Return, NONE),
    (3, SHIFT_ENTER, Key.Key_Return, SHIFT),
    (5, "A", Key.Key_A, NONE),
    (5, "N", Key.Key_N, NONE),
    (5, "X", Key.Key_X, NONE),
    (2, "Shift+X", Key.Key_X, SHIFT),
    (5, "S", Key.Key_S, NONE),
    (4, "G", Key.Key_G, NONE),
    (3, "J", Key.Key_J, NONE),
    (1, "Shift+J", Key.Key_J, SHIFT),
    (3, "K", Key.Key_K, NONE),
    (1, "R", Key.Key_R, NONE),
    (1, "T", Key.Key_T, NONE),
    (2, "Ctrl+A", Key.Key_A, CTRL),
    (2, "Ctrl+Space", Key.Key_Space, CTRL),
    (6, "Space", Key.Key_Space, NONE),
    (5, "Esc", Key.Key_Escape, NONE),
    (8, UNDO, Key.Key_Z, CTRL),
    (5, REDO, Key.Key_Y, CTRL),
)
CAST_KEYS: tuple[tuple[int, str, Key, Qt.KeyboardModifier], ...] = (
    (8, "V", Key.Key_V, NONE),
    (8, WHOLE, Key.Key_Return, CTRL),
    (5, "Ctrl+PgDown", Key.Key_PageDown, CTRL),
)
"""Those of somebody who also opens cast sheets."""
GRID_KEYS: tuple[tuple[int, str, Key, Qt.KeyboardModifier], ...] = (
    (6, "Ctrl+G", Key.Key_G, CTRL),
    (8, "Shift+Right", Key.Key_Right, SHIFT),
    (4, "Shift+Down", Key.Key_Down, SHIFT),
    (2, "Shift+3", Key.Key_3, SHIFT),
)
"""Those of somebody who also uses the grid of the Review page."""
ARROWS = (
    ("Left", Key.Key_Left),
    ("Right", Key.Key_Right),
    ("Up", Key.Key_Up),
    ("Down", Key.Key_Down),
    ("Home", Key.Key_Home),
    ("End", Key.Key_End),
)
DIGITS = (1, 1, 1, 2, 2, 3, 4, 6)
MANY = 400
"""More acts than are ever to be undone."""


class Monkey:
    """Presses keys; ``faults`` is what came of them that no label had said.

    ``pauses`` is how often it waits until all is done that the keys asked for; ``more`` are keys
    that are pressed, too.
    """

    def __init__(
        self,
        opened: Opened,
        sql: Sql,
        seed: int,
        pauses: float,
        *,
        more: tuple[tuple[int, str, Key, Qt.KeyboardModifier], ...] = (),
    ) -> None:
        self.opened, self.faults, self.keys = opened, list[str](), 0
        self._sql, self._pauses, self._dice = sql, pauses, random.Random(seed)
        library = opened.library
        with library.store() as store:
            by_rate = library.settings(store).certainty().mode is Mode.ERROR_RATE
        threshold = None if by_rate else library.thresholds.match
        self.judge = Judge(Log(sql, library.curator), threshold)
        self._trail: list[str] = []
        self._presses: list[Press] = []
        self._acts = self._all_acts((*KEYS, *more))

    def go(self, acts: int) -> None:
        """Do so many things by chance, until one is done that was not said."""
        for _ in range(acts):
            weights = [weight for weight, _act in self._acts]
            self._dice.choices([act for _weight, act in self._acts], weights)[0]()
            if self.faults:
                return
        self._settle()

    def undo_all(self) -> None:
        """Ctrl+Z until nothing is left."""
        while (dialog := QApplication.activeModalWidget()) is not None:
            dialog.close()
        self._pauses = 1.0
        for _ in range(MANY):
            due = self.judge.log.due()
            if due is None or self.faults:
                return
            self._key("Esc", Key.Key_Escape)
            self._key("Esc", Key.Key_Escape)
            self._key(UNDO, Key.Key_Z, CTRL)
            if self.judge.log.due() == due:
                self._fault(f"Ctrl+Z did nothing about {self.judge.log.words(due)!r}")

    # --------------------------------------------------------------------------------- what it does

    def _all_acts(
        self, known: Iterable[tuple[int, str, Key, Qt.KeyboardModifier]]
    ) -> list[tuple[int, Callable[[], object]]]:
        keys = [
            (weight, lambda what=what, key=key, held=held: self._key(what, key, held))
            for weight, what, key, held in known
        ]
        return [
            *keys,
            (9, self._digit),
            (12, self._arrow),
            (7, self._page),
            (10, self._name),
            (8, self._click),
            (1, self._tab),
            (3, self._colleague),
        ]

    def _digit(self) -> None:
        number = self._dice.choice(DIGITS)
        self._key(str(number), Key(Key.Key_0 + number))

    def _arrow(self) -> None:
        (name, key), extends = self._dice.choice(ARROWS), self._dice.random() < 0.4
        self._key(f"Shift+{name}" if extends else name, key, SHIFT if extends else NONE)

    def _page(self) -> None:
        number = self._dice.choice((1, 1, 2, 2, 3))
        self._key(f"Ctrl+{number}", Key(Key.Key_0 + number), CTRL)

    def _name(self) -> None:
        """M, a name, and what one does then."""
        self._key("M", Key.Key_M)
        name = self._dice.choice(NAMES)
        self._press(f"“{name}”", lambda: QTest.keyClicks(self._focus(), name))
        if self._dice.random() < 0.3:
            self._key("Down", Key.Key_Down)
        for _ in range(self._dice.choice((1, 1, 2, 2, 3))):
            keys = ((ENTER, NONE), (SHIFT_ENTER, SHIFT), ("Esc", NONE))
            what, held = self._dice.choices(keys, (14, 3, 3))[0]
            self._key(what, Key.Key_Escape if what == "Esc" else Key.Key_Return, held)

    def _tab(self) -> None:
        """Another queue of the Review page."""
        if self.opened.window.page() == "review" and QApplication.activeModalWidget() is None:
            pills = self.opened.pages.review.header.pills.findChildren(QWidget)
            pill = self._dice.choice([one for one in pills if one.isVisible()])
            self._press("a tab", lambda: QTest.mouseClick(pill, LEFT))

    def _colleague(self) -> None:
        """Somebody else decides a face, one at hand as likely as any."""
        here = shown(self.opened).faces
        pending = self._sql.execute(
            "SELECT id, video_id FROM video_face_detections WHERE match_status = 'pending' "
            "ORDER BY id"
        ).fetchall()
        if pending:
            one = self._dice.choice([row for row in pending if row[0] in here] or pending)
            self._trail.append(f"(Bob: {one[0]})")
            with self.opened.library.store() as store, suppress(Invalid):  # decided just now
                self.judge.others.add(one[0])
                self._decide_as_bob(store, *one)

    def _decide_as_bob(self, store: Store, face: int, video: int) -> None:
        seen = (Seen(face, video, store.faces.get([face])[face].state, 0.7),)
        rejects = Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER)
        bob = Intent(Kind.ACCEPT, seen, store.creators.find_or_add("Bob"))
        Decisions(store, "Bob").apply(self._dice.choice((rejects, bob)))

    # ------------------------------------------------------------------------------------ the mouse

    def _click(self) -> None:
        """A button, or a row of a list; sometimes twice."""
        window = QApplication.activeModalWidget() or self.opened.window
        buttons = [one for one in _seen(window.findChildren(KeyButton)) if " O" not in one.key]
        lists = [one for one in _seen(window.findChildren(QListView)) if one.model().rowCount()]
        if buttons and (self._dice.random() < 0.6 or not lists):
            button = self._dice.choice(buttons)
            key = button.key.replace("⇧", "Shift+").replace("Ctrl ", "Ctrl+")
            self._mouse(key, button, button.rect().center())
        elif lists:
            self._click_row(self._dice.choice(lists))

    def _click_row(self, view: QListView) -> None:
        index = view.model().index(self._dice.randrange(min(view.model().rowCount(), 6)), 0)
        at = view.visualRect(index).center()
        if not view.viewport().rect().contains(at):
            return
        if isinstance(view, NameRows):
            said = str(index.data()).removeprefix("yes: ").removeprefix("no: ")
            self._mouse(ENTER, view.viewport(), at, line=said if "“" in said else said[:60])
        elif isinstance(view, SuggestionList | LikelyList):
            self._mouse(str(index.row() + 1), view.viewport(), at)
        else:
            self._mouse(f"{type(view).__name__} {index.row()}", view.viewport(), at)

    def _mouse(self, what: str, widget: QWidget, at: QPoint, line: str | None = None) -> None:
        """A click; on a found name it does what Enter does on that row, its ``line``."""
        twice = self._dice.random() < 0.35

        def click() -> None:
            QTest.mouseClick(widget, LEFT, NONE, at)
            if twice:
                QTest.mouseDClick(widget, LEFT, NONE, at)

        self._press(what, click, clicked=True, line=line)

    # ---------------------------------------------------------------------------------- each press

    def _key(self, what: str, key: Key, held: Qt.KeyboardModifier = NONE) -> None:
        self._press(what, lambda: QTest.keyClick(self._focus(), key, held))

    def _focus(self) -> QWidget:
        """Where the keys go."""
        window = QApplication.activeModalWidget() or self.opened.window
        window.activateWindow()  # off screen nobody does so after a dialog
        assert QTest.qWaitForWindowActive(window)
        return window.focusWidget() or window

    def _press(
        self,
        what: str,
        do: Callable[[], object],
        *,
        clicked: bool = False,
        line: str | None = None,
    ) -> None:
        due = self.judge.log.due() if what == UNDO and not self._presses else None
        at = shown(self.opened)
        if line is not None:
            at, clicked = replace(at, line=line), False
        self._presses.append(Press(what, at, clicked, due))
        self._trail.append(f"<{what}>" if clicked else what)
        self.keys += 1
        do()
        QApplication.processEvents()
        if self._dice.random() < self._pauses:
            self._settle()

    def _settle(self) -> None:
        """Wait for all that follows, then compare what was written with what was said."""
        settle(self.opened.lanes, self.opened.window)
        first = 0
        for batch in self.judge.log.new():
            first = self._explained(batch, first)
        if fault := self.judge.status(self.opened.window.status.last.text()):
            self._fault(fault)
        self._presses.clear()

    def _explained(self, batch: Batch, first: int) -> int:
        """The first of the presses that can have written a batch."""
        against = []
        for place, press in enumerate(self._presses[first:], first):
            fault = self.judge.fault(batch, press)
            if not fault:
                return place
            against.append(f"\n    {press.what}: {fault}; {press.shown}")
        self._fault(f"{batch} is not what was said:{''.join(against)}")
        return first

    def _fault(self, text: str) -> None:
        self.faults.append(f"{text}\n    after {' | '.join(self._trail)}")


def _seen(parts: Iterable[Part]) -> list[Part]:
    return [one for one in parts if one.isVisible() and one.isEnabled()]
