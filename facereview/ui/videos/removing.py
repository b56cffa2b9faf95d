"""Removing the selected videos: what goes with them is shown, and a second press removes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from facereview.review.library.files import LibraryFiles
from facereview.ui.actions.table import first_key
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.videos.rows import Chosen
from facereview.ui.widgets.cards import Banner
from facereview.ui.wording import video_files as texts

if TYPE_CHECKING:
    from facereview.review.library.removing import RemovalPlan


class RemovalBanner(Banner):
    """What would go with videos, with the button that removes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("warning", "red", parent)
        self.keep = self.add_button(self.tr("Keep"))
        self.remove = self.add_button(self.tr("Remove for good"), "danger")

    def show_plan(self, plan: RemovalPlan | None) -> None:
        """Show what goes; None: nothing is to be removed."""
        text = texts.removal_text(plan) if plan else ""
        if plan is not None and not plan.forbidding:
            again = self.tr("Press {key} again to remove.").format(key=first_key("remove_video"))
            text = f"{text} {again}"
        self.remove.setVisible(plan is not None and not plan.forbidding)
        self.say(text)


class Removals(QObject):
    """Shows what goes with the selected videos, and removes them when that is asked for again."""

    removed = Signal()
    """Videos and faces are gone."""

    def __init__(
        self,
        files: LibraryFiles,
        lane: Lane,
        messages: Messages,
        selected: Callable[[], Chosen],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._files, self._lane, self._messages = files, lane, messages
        self._selected = selected
        self._asked = Ticket()
        self._plan: RemovalPlan | None = None
        self._about: list[int] = []
        """The videos that were asked about."""
        self._removing = False
        self.place = QWidget(parent)
        """The banner with its distance to what is above it."""
        self.banner = RemovalBanner(self.place)
        around = QVBoxLayout(self.place)
        around.setContentsMargins(0, 12, 0, 0)
        around.addWidget(self.banner)
        self.place.hide()
        self.banner.keep.clicked.connect(self.forget)
        self.banner.remove.clicked.connect(self._remove)

    def press(self) -> None:
        """Show what goes with the selected videos; pressed again, remove them."""
        ids = list(self._selected().ids)
        if not ids or self._removing:
            return
        if self._plan is not None and self._about == ids:
            self._remove()
            return
        self.forget()
        self._about = ids
        files = self._files
        self._asked = self._lane.run(self, lambda: files.removal(ids), self._show, self._fault)

    def forget(self) -> None:
        """Something else is selected, or nothing is to be removed."""
        if not self._removing:
            self._asked.cancel()
            self._about = []
            self._show(None)

    def follow(self, chosen: Chosen) -> None:
        """What is selected now: a plan is about these videos or is forgotten."""
        if sorted(self._about) != sorted(chosen.ids):
            self.forget()

    def _show(self, plan: RemovalPlan | None) -> None:
        self._plan = plan
        self.banner.show_plan(plan)
        self.place.setVisible(plan is not None)

    def _remove(self) -> None:
        plan, files = self._plan, self._files
        if plan is None or plan.forbidding or self._removing:
            return

        def done(_none: None) -> None:
            self._removing = False
            self._show(None)
            self._messages.info(texts.FileAmounts().removed(len(plan.videos)))
            self.removed.emit()

        def failed(error: Exception) -> None:
            self._removing = False
            self._show(None)
            self._fault(error)

        self._removing = True
        self._lane.run(self, lambda: files.remove(plan), done, failed)

    def _fault(self, error: Exception) -> None:
        self._messages.fault(error)
