"""What each key of the Creators page does; one public method per key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from facereview.records import Creator, RejectReason
from facereview.review.creators.records import FaceOf
from facereview.review.creators.reference_records import HealthRow, ReferenceInfo
from facereview.ui.creators.chooser import pasted
from facereview.ui.creators.header import ALL, HEALTH, PAIRS
from facereview.ui.creators.intake import IntakeStage
from facereview.ui.creators.intake_sheet import IntakeSheet
from facereview.ui.creators.loader import Suggested
from facereview.ui.creators.panel import FACES
from facereview.ui.creators.wording import CreatorAmounts
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.zoom import size_keys

if TYPE_CHECKING:
    from facereview.ui.creators.page import CreatorsPage

SUGGESTED = 5
"""References suggested at once."""


class CreatorKeys(QObject):
    """Turns keys into acts on the creator, the references or the faces at hand."""

    def __init__(self, page: CreatorsPage) -> None:
        super().__init__(page)
        self._page = page
        self.choosing = False
        """Whether pictures are being chosen."""

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The actions of the page; any ends what waits for another key."""
        page = self._page
        acts = {
            **size_keys(page.panel.zoom_at_hand),
            "find_creator": page.header.search.take_focus,
            "new_creator": lambda: page.dialogue.person(None, page.header.search.wanted),
            "rename_creator": self.rename,
            "merge_creators": lambda: self._on(page.dialogue.merge),
            "merges": page.dialogue.merges,
            "delete_creator": lambda: self._on(page.dialogue.delete),
            "erase_creator": lambda: self._on(page.dialogue.erase),
            "health": lambda: self._toggle(HEALTH),
            "lookalikes": lambda: self._toggle(PAIRS),
            "undo_creators": page.runner.decider.undo,
            "redo_creators": page.runner.decider.redo,
            "reload_creators": page.refresh,
            "add_pictures": lambda: self.choose(page.chooser.files),
            "add_picture_folder": lambda: self.choose(page.chooser.folder),
            "paste_pictures": self.paste,
            "retire": self.retire,
            "move_reference": self.move,
            "suggest_references": self.suggest,
            "promote": lambda: self._on_faces(page.reference_acts.promote),
            "profile_picture": self.picture,
            "split": self.split,
            "reject_faces": lambda: self.reject(RejectReason.STRANGER),
            "not_faces": lambda: self.reject(RejectReason.NOT_A_FACE),
            "next_part": self.next_part,
        }
        during = page.reference_acts.twice.during
        return {name: partial(during, run) for name, run in acts.items()}

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
        self._page.at_hand.catch_up()

    def add(self, sources: Sequence[Path | QImage]) -> None:
        """Look at pictures for the creator at hand."""
        creator = self._whose() if sources else None
        if creator is not None:
            self._look(creator, sources)

    def _look(self, creator: Creator, sources: Sequence[Path | QImage]) -> None:
        page = self._page
        other = page.intake.busy_for(creator)
        if other is not None:
            text = self.tr("Store the pictures of {name} first, or leave them out.")
            page.messages.care(text.format(name=clear_text(other.name)[:80]))
            return
        begins = page.intake.stage is IntakeStage.IDLE
        page.intake.look(creator, sources)
        if begins:
            sheet = IntakeSheet(page.intake, page)
            sheet.finished.connect(sheet.deleteLater)
            sheet.open()

    def _whose(self) -> Creator | None:
        """The creator at hand; where there is none it is said."""
        person = self._page.person
        if person is None:
            self._page.messages.care(self.tr("Choose the creator whose pictures these are."))
        return person.creator if person else None

    def paste(self) -> None:
        """A picture, or files, from the clipboard."""
        found = pasted()
        if found:
            self.add(found)
        else:
            self._page.messages.care(self.tr("The clipboard holds no picture and no files."))

    def rename(self) -> None:
        """Names and description."""
        if self._page.person is not None:
            self._page.dialogue.person(self._page.person)

    def retire(self) -> None:
        """Retire the reference at hand, or restore it."""
        info = self._reference()
        if info is not None:
            self._page.reference_acts.retire(info)

    def move(self) -> None:
        """Move the reference at hand to the creator it looks like."""
        info = self._reference()
        if info is not None and info.other is not None:
            self._page.reference_acts.move(info)

    def suggest(self) -> None:
        """Select few, good and different faces; T makes them references."""
        page, person = self._page, self._page.person
        if person is None:
            return
        number = person.creator.id

        def came(answer: Suggested) -> None:
            found, unchecked = answer
            if not self._at_hand(number):
                return
            page.panel.show_part(FACES)
            page.panel.focus_part()
            page.panel.suggest(found)
            left_out = CreatorAmounts().left_out(unchecked) if unchecked else ""
            if not found:
                none = self.tr("No decided face would make a better reference.")
                page.messages.info(f"{none} {left_out}".strip())
            elif left_out:
                page.messages.info(left_out)

        page.loader.suggest(number, SUGGESTED, came)

    def picture(self) -> None:
        """The face at hand becomes the creator's picture."""
        person, faces = self._page.person, self._page.panel.faces.targets()
        if person is not None and faces and self._at_hand(faces[0].face.state.creator_id):
            self._page.acts.set_picture(person.creator.id, faces[0].face.id)
        else:
            self._choose_faces()

    def split(self) -> None:
        """The selected faces are somebody else's."""
        self._on_faces(lambda faces: self._on(lambda one: self._page.dialogue.split(one, faces)))

    def _at_hand(self, creator_id: int | None) -> bool:
        """Whether this is still the creator at hand, not one whose page is about to change."""
        person = self._page.person
        return person is not None and person.creator.id == creator_id

    def reject(self, reason: RejectReason) -> None:
        """The selected faces are nobody's."""
        self._on_faces(lambda faces: self._page.reference_acts.reject(faces, reason))

    def next_part(self) -> None:
        """From the list to the references, to the faces or videos, and back."""
        page = self._page
        if page.list.hasFocus() and page.panel.references.isVisible():
            page.panel.focus_references()
        elif page.list.hasFocus() or page.panel.references.hasFocus():
            page.panel.focus_part()
        else:
            page.list.setFocus()

    def _on(self, run: Callable[[Creator], object]) -> None:
        person = self._page.person
        if person is not None:
            run(person.creator)

    def _on_faces(self, run: Callable[[list[FaceOf]], object]) -> None:
        faces = self._page.panel.faces.targets() if self._page.panel.part == FACES else []
        if faces and all(self._at_hand(one.face.state.creator_id) for one in faces):
            run(faces)
        else:
            self._choose_faces()

    def _choose_faces(self) -> None:
        page = self._page
        if page.panel.part != FACES:
            page.panel.show_part(FACES)
        page.panel.focus_part()
        page.messages.info(self.tr("Select faces with Space, then press the key again."))

    def _reference(self) -> ReferenceInfo | None:
        page = self._page
        if page.care.health.isVisible():
            row = page.care.health.current
            return row.info if isinstance(row, HealthRow) else None
        info = page.panel.reference()
        if info is not None and not self._at_hand(info.creator.id):
            return None
        if info is None and page.person is not None:
            page.panel.focus_references()
        return info

    def _toggle(self, what: str) -> None:
        self._page.show_view(ALL if self._page.header.pills.current() == what else what)
