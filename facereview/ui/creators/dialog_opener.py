"""Opens the dialogs of the Creators page and starts the changes they ask for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from facereview.records import Creator, Person
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.records import (
    ErasePlan,
    FaceOf,
    Loss,
    MergePreview,
    PastChange,
    Profile,
)
from facereview.ui.creators import wording as texts
from facereview.ui.creators.changes import ChangeRunner, CreatorChanges
from facereview.ui.creators.dialogs import (
    CreatorDialog,
    KnownPersonDialog,
    MergeDialog,
    MergesDialog,
    NewPersonDialog,
    SureDialog,
    WhoDialog,
)
from facereview.ui.jobs.lanes import Rank, Ticket
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.plain_text import clear_text


class DialogOpener(QObject):
    """One dialog at a time; it stays open until what it asks for is done, whatever else is.

    A dialog that has to wait for the library opens only while the creator it was asked for is
    at hand and nothing else was asked for since.
    """

    closed = Signal()

    creator_wanted = Signal(int)
    """An existing name was entered for a new creator: show that creator."""

    def __init__(
        self,
        desk: CreatorsDesk,
        changes: CreatorChanges,
        runner: ChangeRunner,
        crops: CropStore,
        names: KnownNames,
        *,
        page: QWidget,
        at_hand: Callable[[], int | None],
    ) -> None:
        """``at_hand`` is the id of the creator that the page shows as chosen."""
        super().__init__(page)
        self._desk, self._names, self._changes = desk, names, changes
        self._lane, self._messages = runner.lane, runner.messages
        self._crops, self._page = crops, page
        self._at_hand = at_hand
        self._asked = Ticket()
        self._doing = Ticket()  # what the open dialog asked for
        self.open: CreatorDialog | None = None
        runner.ended.connect(self._ended)

    def person(self, person: Person | None, name: str = "") -> None:
        """Somebody new, or the names and description of somebody known."""
        if person is None:
            dialog: CreatorDialog = self._somebody_new(name)
        else:
            creator = person.creator
            number = creator.id
            known = Profile(creator.name, person.aliases, creator.description or "")
            dialog = KnownPersonDialog(number, known, self._names, self._page)
            self._does(dialog.saved, partial(self._changes.change, number, known))
        self._show(dialog)

    def _somebody_new(self, name: str) -> NewPersonDialog:
        dialog = NewPersonDialog(name, self._names, self._crops, self._page)
        self._does(dialog.saved, self._changes.add)
        dialog.known.connect(lambda _creator: dialog.accept())
        dialog.known.connect(lambda creator: self.creator_wanted.emit(creator.id))
        return dialog

    def split(self, creator: Creator, faces: list[FaceOf]) -> None:
        """Whose the selected faces are."""
        name = clear_text(creator.name)[:80]
        amounts = texts.CreatorAmounts()
        dialog = WhoDialog(
            amounts.whose(len(faces)).format(name=name),
            amounts.splitting(len(faces)).format(name=name),
            self._names,
            self._crops,
            self._page,
        )
        dialog.faces.show_faces(faces)
        split = partial(self._changes.split, creator, faces)
        self._does(dialog.named, lambda new: split(name=new))
        self._does(dialog.chosen, lambda other: split(target=other.id))
        self._show(dialog)

    def merge(self, keep: Creator, drop: Creator | None = None) -> None:
        """Which creator is the same person, and what merging them would do."""
        if drop is None:
            self._show(self._merging(keep))
            return

        def show(preview: MergePreview) -> None:
            dialog = self._merging(keep)
            dialog.show_preview(preview)
            self._show(dialog)

        self._ask(partial(self._desk.merging.preview, keep.id, drop.id), show, keep.id)

    def _merging(self, keep: Creator) -> MergeDialog:
        dialog = MergeDialog(keep, self._names, self._crops, self._page)
        dialog.wanted.connect(partial(self._preview, dialog))
        self._does(dialog.agreed, self._changes.merge)
        return dialog

    def merges(self) -> None:
        """Past merges and splits."""

        def show(changes: tuple[PastChange, ...]) -> None:
            dialog = MergesDialog(changes, self._page)
            self._does(dialog.undo_wanted, self._changes.undo_change)
            self._show(dialog)

        self._ask(self._desk.changes.past, show, self._at_hand())

    def delete(self, creator: Creator) -> None:
        """What would be lost."""

        def show(loss: Loss) -> None:
            heading = self.tr("Delete {name}?").format(name=clear_text(creator.name)[:80])
            dialog = SureDialog(
                heading, self.tr("Delete"), texts.loss_lines(loss), parent=self._page
            )
            self._does(dialog.agreed, partial(self._changes.delete, creator.id))
            self._show(dialog)

        self._ask(partial(self._desk.erasing.loss, creator.id), show, creator.id)

    def erase(self, creator: Creator) -> None:
        """Everything that goes; the name is typed."""

        def show(plan: ErasePlan) -> None:
            heading = self.tr("Erase {name}?").format(name=clear_text(creator.name)[:80])
            dialog = SureDialog(
                heading,
                self.tr("Erase permanently"),
                texts.erase_lines(plan),
                creator.name,
                self._page,
            )
            self._does(dialog.agreed, partial(self._changes.erase, creator.id))
            self._show(dialog)

        self._ask(partial(self._desk.erasing.plan, creator.id), show, creator.id)

    def _preview(self, dialog: MergeDialog, keep: Creator, drop: Creator) -> None:
        """Load the preview for an open dialog; it is dropped once the dialog is closed."""
        self._asked.cancel()
        job = partial(self._desk.merging.preview, keep.id, drop.id)
        self._asked = self._lane.run(
            dialog, job, dialog.show_preview, dialog.refuse, rank=Rank.URGENT
        )

    def _ask(
        self, job: Callable[[], object], show: Callable[..., object], creator_id: int | None
    ) -> None:
        def came(answer: object) -> None:
            if self._at_hand() == creator_id:
                show(answer)

        self._asked.cancel()
        self._asked = self._lane.run(self, job, came, self._messages.fault, rank=Rank.URGENT)

    def _show(self, dialog: CreatorDialog) -> None:
        self._asked.cancel()
        if self.open is not None:
            self.open.accept()
        self.open, self._doing = dialog, Ticket()
        dialog.finished.connect(lambda _code: self._forget(dialog))
        dialog.open()

    def _forget(self, dialog: CreatorDialog) -> None:
        if self.open is dialog:
            self.open = None
        dialog.deleteLater()
        self.closed.emit()

    def _does(self, wanted: SignalInstance, act: Callable[..., Ticket]) -> None:
        """Start a change at this signal; once done, it closes the dialog."""

        def begin(*what: Any) -> None:
            self._doing = act(*what)

        wanted.connect(begin)

    def _ended(self, act: Ticket, error: Exception | None) -> None:
        mine = self.open if act is self._doing else None
        if error is not None:
            refuse = mine.refuse if mine else self._messages.fault
            refuse(error)
        elif mine is not None:
            mine.accept()
