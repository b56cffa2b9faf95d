"""What the Creators page says where it has no list to show."""

from __future__ import annotations

from PySide6.QtCore import QObject

from facereview.ui.widgets.notice import Choice, Notice
from facereview.ui.wording.library import creators

NEW, SCAN, CLEAR, WIDEN, RETRY = "new", "scan", "clear", "widen", "retry"


class CreatorsNotices(QObject):
    """Fills the notice."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(notice)
        self._notice = notice

    def loading(self) -> None:
        """The list takes long."""
        self._notice.show_notice(
            "creators", self.tr("Reading the creators …"), self.tr("It takes a moment.")
        )

    def fault(self, sentence: str) -> None:
        """There is no list, and why."""
        again = Choice(RETRY, "", "", "", self.tr("Try again"))
        heading = self.tr("The creators cannot be listed now")
        self._notice.show_notice("database", heading, sentence, colour="red", choices=[again])

    def nothing(self, text: str, hidden: int) -> None:
        """Nobody fits; so many do, but have references and are not asked for."""
        choices = [Choice(CLEAR, "", "", "", self.tr("Show all creators"))]
        if not text:
            words = self.tr("Every creator has a reference.")
        elif hidden:
            words = self.tr("“Needs references” hides {creators} called anything like “{text}”.")
            choices.insert(0, Choice(WIDEN, "", "", "", self.tr("Show these")))
        else:
            words = self.tr("Nobody is called anything like “{text}”.")
        said = words.format(text=text, creators=creators(hidden))
        self._notice.show_notice("search", self.tr("Nobody found"), said, choices=choices)

    def empty(self) -> None:
        """Nobody is known yet."""
        new = Choice(
            NEW,
            "creators",
            self.tr("Somebody you know"),
            self.tr("A name, then a few pictures of the face: dropped, pasted or chosen."),
            self.tr("New creator"),
        )
        scan = Choice(
            SCAN,
            "videos",
            self.tr("Videos first"),
            self.tr("Scan videos, then name the faces found in them on the Review page."),
            self.tr("Go to Videos"),
        )
        heading = self.tr("No creators yet")
        words = self.tr(
            "Creators are the people whose faces are recognised. Each needs a few references: "
            "pictures of the face, or faces decided in videos."
        )
        self._notice.show_notice("creators", heading, words, choices=[new, scan])
