"""What the cast sheet says where it has no rows to show."""

from __future__ import annotations

from PySide6.QtCore import QObject

from facereview.ui.cast.controller import CastController, CastStage
from facereview.ui.widgets.placeholders import Choice, Notice, loading

RETRY = "retry"
ALL = "all"
NEXT = "next"
BACK = "back"


class CastNotices(QObject):
    """Fills a :class:`Notice` for the stage the controller is in."""

    def __init__(self, controller: CastController, notice: Notice) -> None:
        super().__init__(notice)
        self._at = controller
        self._notice = notice
        self._said: tuple[object, ...] = ()
        """What the notice that is shown depends on."""
        controller.sheet_changed.connect(self._say_again)
        controller.order.changed.connect(self._say_again)

    def _say_again(self) -> None:
        """The video is another one, was scanned, or has another behind it now."""
        waits = self._at.stage is CastStage.LOADING  # that is said only where it takes long
        if self._notice.isVisible() and not waits and self._said != self._facts():
            self.show_stage()

    def _facts(self) -> tuple[object, ...]:
        return self._at.stage, self._at.fault, self._seen(), bool(self._next())

    def _seen(self) -> bool:
        """Whether frames of the video were looked at."""
        sheet = self._at.sheet
        return sheet is not None and sheet.frames > 0

    def show_stage(self) -> None:
        self._said = self._facts()
        match self._at.stage:
            case CastStage.FAULT:
                self._fault()
            case CastStage.FILTERED:
                self._filtered()
            case CastStage.EMPTY:
                self._empty()
            case CastStage.GONE:
                self._gone()
            case CastStage.NOTHING:
                self._nothing()
            case _:
                self._notice.show_notice("videos", loading(), "")

    def _fault(self) -> None:
        self._notice.show_notice(
            "database",
            self.tr("The video cannot be shown"),
            self._at.fault,
            colour="red",
            choices=[Choice(RETRY, "", "", "", self.tr("Try again")), self._back()],
        )

    def _filtered(self) -> None:
        self._notice.show_notice(
            "done",
            self.tr("No row of this kind"),
            self.tr("The video has other people."),
            choices=[Choice(ALL, "", "", "", self.tr("Show all rows"))],
        )

    def _empty(self) -> None:
        found = self.tr("No face was found in the frames that were looked at.")
        unseen = self.tr("No frame of it was looked at yet: scan it on the Videos page.")
        self._notice.show_notice(
            "videos",
            self.tr("No faces in this video"),
            found if self._seen() else unseen,
            choices=[*self._next(), self._back()],
        )

    def _gone(self) -> None:
        self._notice.show_notice(
            "warning",
            self.tr("This video is no longer in the library"),
            self.tr("It was removed meanwhile, with its faces."),
            colour="amber",
            choices=[*self._next(), self._back()],
        )

    def _nothing(self) -> None:
        self._notice.show_notice(
            "done",
            self.tr("No video to review"),
            self.tr("No video has pending faces."),
            colour="green",
            choices=[self._back()],
        )

    def _next(self) -> list[Choice]:
        further = self._at.order.step(self._at.video, 1) is not None
        return [Choice(NEXT, "", "", "", self.tr("Next video"))] if further else []

    def _back(self) -> Choice:
        return Choice(BACK, "", "", "", self.tr("Go back"))
