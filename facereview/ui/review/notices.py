"""What the Review page says where there is no face to show."""

from __future__ import annotations

from PySide6.QtCore import QObject

from facereview.filters import FaceFilter
from facereview.ui.review.controller import ReviewController, Stage
from facereview.ui.review.queue import Tab
from facereview.ui.widgets.placeholders import Choice, Notice

RETRY = "retry"
VIDEOS = "videos"
DATABASE = "database"
MIGRATE = "migrate"
AUTOMATIC = "automatic"
PENDING = "pending"
FILTER = "filter"
CLEAR = "clear filter"


class ReviewNotices(QObject):
    """Fills a :class:`Notice` for the stage the controller is in."""

    def __init__(self, controller: ReviewController, notice: Notice) -> None:
        super().__init__(notice)
        self._at = controller
        self._notice = notice

    def show_stage(self) -> None:
        match self._at.stage:
            case Stage.LOADING:
                self._notice.show_notice("review", self.tr("Loading …"), "")
            case Stage.FAULT:
                self._fault()
            case Stage.EMPTY:
                self._empty()
            case _:
                self._done()

    def _fault(self) -> None:
        self._notice.show_notice(
            "database",
            self.tr("The library cannot be read"),
            self._at.fault,
            colour="red",
            choices=[
                Choice(RETRY, "", "", "", self.tr("Try again")),
                Choice(DATABASE, "", "", "", self.tr("Settings")),
            ],
        )

    def _empty(self) -> None:
        counts = self._at.tally.counts
        videos = Choice(
            VIDEOS,
            "videos",
            self.tr("Add videos"),
            self.tr("Choose files or folders. Faces are detected in the background."),
            self.tr("Add videos"),
        )
        if counts is not None and counts.videos:
            self._notice.show_notice(
                "review",
                self.tr("No faces yet"),
                self.tr(
                    "The library has %n videos, but no faces have been found yet.",
                    "",
                    counts.videos,
                ),
                choices=[videos],
            )
            return
        self._notice.show_notice(
            "review",
            self.tr("This library is empty"),
            self.tr("Start with one of these."),
            choices=[videos, *self._elsewhere()],
        )

    def _elsewhere(self) -> list[Choice]:
        return [
            Choice(
                DATABASE,
                "database",
                self.tr("Connect to a database"),
                self.tr("Use an existing PostgreSQL library, which others may share."),
                self.tr("Connect"),
            ),
            Choice(
                MIGRATE,
                "import",
                self.tr("Import a library"),
                self.tr("Import an existing library into this database."),
                self.tr("Import …"),
            ),
        ]

    def _filtered(self) -> None:
        done = len(self._at.queue.cursor) > 0
        self._notice.show_notice(
            "done" if done else "search",
            self.tr("All of this filter is done") if done else self.tr("No face fits this filter"),
            self.tr("Other queues may have faces that fit it: their numbers stand above."),
            colour="green" if done else "blue",
            choices=[
                Choice(CLEAR, "", "", "", self.tr("Clear the filter")),
                Choice(FILTER, "", "", "", self.tr("Change the filter")),
            ],
        )

    def _done(self) -> None:
        tab, tally = self._at.queue.tab, self._at.tally
        if self._at.queue.wanted != FaceFilter():
            self._filtered()
            return
        if tab is not Tab.PENDING:
            self._notice.show_notice(
                "done",
                self.tr("This queue is empty"),
                self.tr("%n faces are pending.", "", tally.pending),
                colour="green",
                choices=[Choice(PENDING, "", "", "", self.tr("Go to the pending faces"))],
            )
            return
        choices = [Choice(VIDEOS, "", "", "", self.tr("Add videos"))]
        if tally.automatic:
            look = self.tr("Check %n automatic matches", "", tally.automatic)
            choices.insert(0, Choice(AUTOMATIC, "", "", "", look))
        self._notice.show_notice(
            "done",
            self.tr("All done"),
            self.tr("Every face in this library is decided."),
            colour="green",
            choices=choices,
        )
