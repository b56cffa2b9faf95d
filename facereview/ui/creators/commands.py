"""What each key of the Creators page does; one public method per key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from facereview.records import Creator, RejectReason
from facereview.review.creators.intake import PICTURES
from facereview.review.creators.records import FaceOf
from facereview.review.creators.reference_records import HealthRow, ReferenceInfo
from facereview.ui.creators.changes import CreatorChanges, ReferenceChanges
from facereview.ui.creators.controller import CreatorsController
from facereview.ui.creators.dialog_opener import DialogOpener
from facereview.ui.creators.filtering import CreatorsFiltering
from facereview.ui.creators.header import ALL, HEALTH, PAIRS
from facereview.ui.creators.intake import IntakeRunner, IntakeStage
from facereview.ui.creators.intake_sheet import IntakeSheet
from facereview.ui.creators.loader import Suggested
from facereview.ui.creators.panel import FACES
from facereview.ui.creators.view import CreatorsView
from facereview.ui.creators.wording import CreatorAmounts
from facereview.ui.jobs.decider import Decider
from facereview.ui.widgets.file_choice import FileChooser, files_in
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.zoom import size_keys

SUGGESTED = 5
"""References suggested at once."""


class CreatorCommands(QObject):
    """Turns keys into changes of the creator, the references or the faces at hand."""

    alike_requested = Signal(int)
    """Show all faces like this one."""

    def __init__(
        self,
        view: CreatorsView,
        controller: CreatorsController,
        dialogs: DialogOpener,
        intake: IntakeRunner,
        *,
        changes: CreatorChanges,
        reference_changes: ReferenceChanges,
        decider: Decider,
        filtering: CreatorsFiltering,
    ) -> None:
        super().__init__(view)
        self._view, self._at, self._dialogs = view, controller, dialogs
        self._intake, self._filtering = intake, filtering
        self._changes, self._references = changes, reference_changes
        self._decider, self._messages = decider, controller.messages
        self.chooser = FileChooser(
            QStandardPaths.StandardLocation.PicturesLocation,
            self.tr("Add pictures"),
            self.tr("Pictures ({patterns})"),
            PICTURES,
            view,
        )
        self.choosing = False
        """Whether pictures are being chosen."""

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The actions of the page; any of them ends the wait for a second press."""
        acts = {**self._page_handlers(), **self._creator_handlers(), **self._face_handlers()}
        during = self._references.twice.during
        return {name: partial(during, run) for name, run in acts.items()}

    def _page_handlers(self) -> dict[str, Callable[[], object]]:
        view = self._view
        return {
            **size_keys(view.panel.zoom_at_hand),
            **self._filtering.handlers(),
            "find_creator": view.header.search.take_focus,
            "health": lambda: self._toggle(HEALTH),
            "lookalikes": lambda: self._toggle(PAIRS),
            "undo_creators": self._decider.undo,
            "redo_creators": self._decider.redo,
            "reload_creators": self._at.refresh,
            "next_part": self.next_part,
        }

    def _creator_handlers(self) -> dict[str, Callable[[], object]]:
        dialogs = self._dialogs
        return {
            "new_creator": lambda: dialogs.person(None, self._view.header.search.wanted),
            "rename_creator": self.rename,
            "merge_creators": lambda: self._on_creator(dialogs.merge),
            "merges": dialogs.merges,
            "delete_creator": lambda: self._on_creator(dialogs.delete),
            "erase_creator": lambda: self._on_creator(dialogs.erase),
            "profile_picture": self.set_picture,
        }

    def _face_handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "add_pictures": lambda: self.choose(self.chooser.files),
            "add_picture_folder": lambda: self.choose(self.chooser.folder),
            "paste_pictures": self.paste,
            "retire": self.retire,
            "move_reference": self.move,
            "suggest_references": self.suggest,
            "more_like_decided": lambda: self._on_faces(
                lambda faces: self.alike_requested.emit(faces[0].face.id)
            ),
            "promote": lambda: self._on_faces(self._references.promote),
            "split": self.split,
            "reject_faces": lambda: self.reject(RejectReason.STRANGER),
            "not_faces": lambda: self.reject(RejectReason.NOT_A_FACE),
        }

    # ---------------------------------------------------------------------------------- pictures

    def choose(self, ask: Callable[[str], QFileDialog]) -> None:
        """Ask for pictures of the creator at hand: whatever is at hand when they are chosen."""
        creator = self._whose()
        if creator is None or self.choosing:
            return
        text = self.tr("Pictures of {name}")
        dialog = ask(text.format(name=clear_text(creator.name)[:80]))
        self.choosing = True
        dialog.filesSelected.connect(lambda names: self._look(creator, [Path(n) for n in names]))
        dialog.finished.connect(self._chose)

    def _chose(self) -> None:
        self.choosing = False
        self._at.catch_up()

    def add(self, sources: Sequence[Path | QImage]) -> None:
        """Look at pictures for the creator at hand."""
        creator = self._whose() if sources else None
        if creator is not None:
            self._look(creator, sources)

    def paste(self) -> None:
        """A picture, or files, from the clipboard."""
        found = _pasted()
        if found:
            self.add(found)
        else:
            self._messages.care(self.tr("The clipboard contains no picture and no files."))

    def _look(self, creator: Creator, sources: Sequence[Path | QImage]) -> None:
        other = self._intake.busy_for(creator)
        if other is not None:
            text = self.tr("Store the pictures of {name} first, or leave them out.")
            self._messages.care(text.format(name=clear_text(other.name)[:80]))
            return
        begins = self._intake.stage is IntakeStage.IDLE
        self._intake.look(creator, sources)
        if begins:
            sheet = IntakeSheet(self._intake, self._view)
            sheet.finished.connect(sheet.deleteLater)
            sheet.open()

    def _whose(self) -> Creator | None:
        """The creator at hand; None, with a message, where there is none."""
        person = self._at.person
        if person is None:
            self._messages.care(self.tr("Choose a creator first, then add the pictures."))
        return person.creator if person else None

    # ------------------------------------------------------------------------------- the creator

    def rename(self) -> None:
        if self._at.person is not None:
            self._dialogs.person(self._at.person)

    def set_picture(self) -> None:
        """The face at hand becomes the creator's picture."""
        faces = self._view.panel.faces.targets()
        creator_id = faces[0].face.state.creator_id if faces else None
        if creator_id is not None and self._at.is_at_hand(creator_id):
            self._changes.set_picture(creator_id, faces[0].face.id)
        else:
            self._choose_faces()

    # ---------------------------------------------------------------------- references and faces

    def retire(self) -> None:
        """Retire the reference at hand, or restore it."""
        info = self._reference()
        if info is not None:
            self._references.retire(info)

    def move(self) -> None:
        """Move the reference at hand to the creator it looks like."""
        info = self._reference()
        if info is not None and info.other is not None:
            self._references.move(info)

    def suggest(self) -> None:
        """Select few, good and different faces; T makes them references."""
        person, panel = self._at.person, self._view.panel
        if person is None:
            return
        number = person.creator.id

        def came(answer: Suggested) -> None:
            found, unchecked = answer
            if not self._at.is_at_hand(number):
                return
            panel.show_part(FACES)
            panel.focus_part()
            panel.suggest(found)
            left_out = CreatorAmounts().left_out(unchecked) if unchecked else ""
            none = "" if found else self.tr("No decided face would improve the references.")
            if none or left_out:
                self._messages.info(f"{none} {left_out}".strip())

        self._at.loader.suggest(number, SUGGESTED, came)

    def split(self) -> None:
        """Ask whose the selected faces are."""
        self._on_faces(lambda faces: self._on_creator(lambda one: self._dialogs.split(one, faces)))

    def reject(self, reason: RejectReason) -> None:
        self._on_faces(lambda faces: self._references.reject(faces, reason))

    def next_part(self) -> None:
        """From the list to the references, to the faces or videos, and back."""
        people, panel = self._view.list, self._view.panel
        if people.hasFocus() and panel.references.isVisible():
            panel.focus_references()
        elif people.hasFocus() or panel.references.hasFocus():
            panel.focus_part()
        else:
            people.setFocus()

    def _on_creator(self, run: Callable[[Creator], object]) -> None:
        person = self._at.person
        if person is not None:
            run(person.creator)

    def _on_faces(self, run: Callable[[list[FaceOf]], object]) -> None:
        panel = self._view.panel
        faces = panel.faces.targets() if panel.part == FACES else []
        if faces and all(self._at.is_at_hand(one.face.state.creator_id) for one in faces):
            run(faces)
        else:
            self._choose_faces()

    def _choose_faces(self) -> None:
        panel = self._view.panel
        if panel.part != FACES:
            panel.show_part(FACES)
        panel.focus_part()
        self._messages.info(self.tr("Select faces with Space, then press the key again."))

    def _reference(self) -> ReferenceInfo | None:
        health, panel = self._view.care.health, self._view.panel
        if health.isVisible():
            row = health.current
            return row.info if isinstance(row, HealthRow) else None
        info = panel.reference()
        if info is not None and not self._at.is_at_hand(info.creator.id):
            return None
        if info is None and self._at.person is not None:
            panel.focus_references()
        return info

    def _toggle(self, what: str) -> None:
        shown = self._view.header.pills.current()
        self._view.show_view(ALL if shown == what else what)


def _pasted() -> tuple[Path | QImage, ...]:
    """The files or the picture on the clipboard; empty where it has neither."""
    data = QGuiApplication.clipboard().mimeData()
    files = files_in(data)
    if files:
        return files
    image = data.imageData() if data.hasImage() else None
    return (image,) if isinstance(image, QImage) and not image.isNull() else ()
