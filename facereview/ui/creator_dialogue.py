"""Opens the dialogs of the Creators page and hands on what was answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from facereview.records import Creator
from facereview.review.creators.records import ErasePlan, FaceOf, Loss, PastChange, Person
from facereview.ui import creator_texts as texts
from facereview.ui.creator_acts import CreatorActs, profile_of
from facereview.ui.creator_dialogs import CreatorDialog, PersonDialog, SureDialog, WhoDialog
from facereview.ui.creator_merge import MergeDialog, MergesDialog
from facereview.ui.creator_port import CreatorParts
from facereview.ui.creator_runner import CreatorRunner
from facereview.ui.crop_store import CropStore
from facereview.ui.lanes import Rank
from facereview.ui.library_texts import faces as faces_text
from facereview.ui.widgets import clear_text


class CreatorDialogue(QObject):
    """One dialog at a time; it stays open until what it asks for is done."""

    def __init__(
        self,
        parts: CreatorParts,
        acts: CreatorActs,
        runner: CreatorRunner,
        crops: CropStore,
        *,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._desk, self._review, self._acts = parts.creators, parts.review, acts
        self._lane, self._messages = runner.lane, runner.messages
        self._crops, self._page = crops, page
        self.open: CreatorDialog | None = None
        runner.done.connect(lambda _creator: self._close())
        runner.refused.connect(self._refused)

    def person(self, person: Person | None, name: str = "") -> None:
        """Somebody new, or the names and description of somebody known."""
        if person is None:
            dialog = PersonDialog(None, name, self._page)
            dialog.saved.connect(self._acts.add)
        else:
            number, known = person.creator.id, profile_of(person)
            dialog = PersonDialog(known, parent=self._page)
            dialog.saved.connect(lambda wanted: self._acts.change(number, known, wanted))
        self._show(dialog)

    def split(self, creator: Creator, faces: list[FaceOf]) -> None:
        """Whose the selected faces are."""
        heading = self.tr("Whose are these faces?")
        text = self.tr(
            "{faces} of {name} become another creator's; references made of them go along."
        )
        dialog = WhoDialog(
            heading,
            text.format(faces=faces_text(len(faces)), name=clear_text(creator.name)[:80]),
            self._review,
            self._lane,
            self._page,
        )
        dialog.named.connect(lambda name: self._acts.split(creator, faces, name))
        self._show(dialog)

    def merge(self, keep: Creator, drop: Creator | None = None) -> None:
        """Which creator is the same person, and what merging them would do."""
        dialog = MergeDialog(keep, self._review, self._lane, self._crops, self._page)
        dialog.wanted.connect(lambda other: self._preview(dialog, other))
        dialog.agreed.connect(self._acts.merge)
        if drop is not None:
            self._preview(dialog, drop)
        else:
            self._show(dialog)

    def merges(self) -> None:
        """Past merges and splits."""
        desk = self._desk

        def show(changes: tuple[PastChange, ...]) -> None:
            dialog = MergesDialog(changes, self._page)
            dialog.undo_wanted.connect(self._acts.undo_change)
            self._show(dialog)

        self._ask(desk.merges, show)

    def delete(self, creator: Creator) -> None:
        """What would be lost."""
        desk = self._desk

        def show(loss: Loss) -> None:
            heading = self.tr("Delete {name}?").format(name=clear_text(creator.name)[:80])
            dialog = SureDialog(
                heading, self.tr("Delete"), texts.loss_lines(loss), parent=self._page
            )
            dialog.agreed.connect(lambda: self._acts.delete(creator.id))
            self._show(dialog)

        self._ask(lambda: desk.delete_preview(creator.id), show)

    def erase(self, creator: Creator) -> None:
        """Everything that goes; the name is typed."""
        desk = self._desk

        def show(plan: ErasePlan) -> None:
            heading = self.tr("Erase {name}?").format(name=clear_text(creator.name)[:80])
            dialog = SureDialog(
                heading,
                self.tr("Erase for ever"),
                texts.erase_lines(plan),
                creator.name,
                self._page,
            )
            dialog.agreed.connect(lambda: self._acts.erase(creator.id))
            self._show(dialog)

        self._ask(lambda: desk.erase_preview(creator.id), show)

    def _preview(self, dialog: MergeDialog, other: Creator) -> None:
        desk, keep = self._desk, dialog.keep.id

        def show(preview: object) -> None:
            dialog.show_preview(preview)  # type: ignore[arg-type]
            if not dialog.isVisible():
                self._show(dialog)

        self._lane.run(
            dialog,
            lambda: desk.merge_preview(keep, other.id),
            show,
            dialog.refuse,
            rank=Rank.URGENT,
        )

    def _ask(self, job: Callable[[], object], show: Callable[..., object]) -> None:
        self._lane.run(self, job, show, self._messages.fault, rank=Rank.URGENT)

    def _show(self, dialog: CreatorDialog) -> None:
        self._close()
        self.open = dialog
        dialog.finished.connect(lambda _code: self._forget(dialog))
        dialog.open()

    def _close(self) -> None:
        if self.open is not None:
            self.open.accept()

    def _forget(self, dialog: CreatorDialog) -> None:
        if self.open is dialog:
            self.open = None
        dialog.deleteLater()

    def _refused(self, error: Exception) -> None:
        if self.open is not None:
            self.open.refuse(error)
        else:
            self._messages.fault(error)
