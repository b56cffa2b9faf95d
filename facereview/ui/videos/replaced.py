"""The banner about files that are another film than before, and what becomes of their faces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from facereview.review.decisions.intents import Kind, Outcome
from facereview.review.library.desk import LibraryDesk
from facereview.review.scanning.replaced import Answer, Answered, ReplacedFilm
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Banner
from facereview.ui.widgets.plain_text import clear_text, set_tip
from facereview.ui.wording import library as texts

_NAMES = 3
"""Creators named; an ellipsis stands for the others."""


class ReplacedBanner(Banner):
    """The first of these films with its three answers; the next one follows its answer."""

    answered = Signal(object, object)
    """A :class:`ReplacedFilm`, and the :class:`Answer` to it."""

    changed = Signal()
    """It is shown or hidden now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warning", "amber", parent)
        self._films: Sequence[ReplacedFilm] = ()
        self.match = self._button(
            Answer.MATCH,
            self.tr("Match to the new film"),
            self.tr("Pass the decisions on to the faces of the new film that look the same"),
        )
        self.keep = self._button(
            Answer.KEEP,
            self.tr("Keep aside"),
            self.tr("The faces come back when their film is found again"),
        )
        self.drop = self._button(
            Answer.DROP, self.tr("Drop"), self.tr("The faces are not listed any longer")
        )

    def _button(self, answer: Answer, text: str, tip: str) -> QPushButton:
        made = self.add_button(text)
        set_tip(made, tip)
        made.setAccessibleDescription(tip)
        made.clicked.connect(lambda _checked: self._answer(answer))
        return made

    def show_films(self, films: Sequence[ReplacedFilm]) -> None:
        """Show the first of these; nothing where there are none."""
        self._films = films
        for made in (self.match, self.keep, self.drop):
            made.setEnabled(True)
        self.say(self._sentence() if films else "")
        set_tip(self, clear_text(films[0].path) if films else "")
        self.changed.emit()

    def _sentence(self) -> str:
        film, more = self._films[0], len(self._films) - 1
        text = self.tr(
            "The file {file} was replaced by another film ({time}). Decided faces of the earlier "
            "one are set aside: {faces}{names}."
        ).format(
            file=clear_text(PurePath(film.path).name),
            time=texts.when(film.replaced_at),
            faces=texts.faces(len(film.faces)),
            names=self._names(film),
        )
        others = self.tr("%Ln more files wait.", "", more)
        return f"{text} {others}" if more else text

    def _names(self, film: ReplacedFilm) -> str:
        named = [f"{clear_text(name)} {texts.number(count)}" for name, count in film.names[:_NAMES]]
        if not named:
            return ""
        dots = ["…"] if len(film.names) > _NAMES else []
        return self.tr(", of them {names}").format(names=", ".join(named + dots))

    def _answer(self, answer: Answer) -> None:
        """Each film is answered once: the buttons rest until the next one is shown."""
        if self._films:
            for made in (self.match, self.keep, self.drop):
                made.setEnabled(False)
            self.answered.emit(self._films[0], answer)


class ReplacedFiles(QObject):
    """Has the banner show what waits, and writes the answers."""

    settled = Signal()
    """An answer was written or taken back: lists and faces may have changed."""

    def __init__(
        self, desk: LibraryDesk, lane: Lane, messages: Messages, banner: ReplacedBanner
    ) -> None:
        super().__init__(banner)
        self._desk, self._lane, self._messages = desk, lane, messages
        self._banner = banner
        banner.answered.connect(self._answer)

    def refresh(self) -> None:
        """Read again what waits."""
        self._lane.run(self, self._desk.replaced, self._banner.show_films, self._unread)

    def follow(self, outcome: Outcome) -> None:
        """An answer was taken back, or given again."""
        if outcome.undone is Kind.REPLACED:
            self.refresh()
            self.settled.emit()

    def _answer(self, film: ReplacedFilm, answer: Answer) -> None:
        def settled(done: Answered) -> None:
            self._messages.info(texts.settled(answer, done))
            self.refresh()
            self.settled.emit()

        def failed(error: Exception) -> None:
            self._messages.fault(error)
            self.refresh()

        self._lane.run(self, lambda: self._desk.settle(film.id, answer), settled, failed)

    def _unread(self, _error: Exception) -> None:
        """What the list says of the same fault is enough."""
        self._banner.show_films(())
