"""What the Creators page needs of the world below, as protocols.

``facereview.review.creators`` and ``library_service`` fulfil them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from facereview.records import Creator, Embedding, Progress
from facereview.review.creators.records import (
    AppearsIn,
    Erased,
    ErasePlan,
    FaceOf,
    Lookalike,
    Loss,
    Merged,
    MergePreview,
    PastChange,
    Person,
    PersonView,
    Profile,
    Split,
    Unmerged,
)
from facereview.review.creators.reference_records import (
    Changed,
    HealthRow,
    Intake,
    Point,
    Promoted,
    ReferenceInfo,
    RematchReport,
    StoredReferences,
    SuggestedReferences,
)


@dataclass(frozen=True, slots=True)
class CreatorParts:
    """What the page works with.

    ``listing`` and ``survey`` are desks of their own for the lanes of these names.
    """

    creators: CreatorsDesk
    references: ReferencesDesk
    listing: CreatorsDesk
    survey: tuple[CreatorsDesk, ReferencesDesk]
    pictures: PictureLibrary


class CreatorsDesk(Protocol):
    """Creators as people. Every method is called on the database lane."""

    def people(self) -> tuple[Person, ...]:
        """Every creator with counts, by name."""

    def find(self, text: str, limit: int | None = None) -> tuple[int, ...]:
        """Ids of creators by a few letters of a name or alias, best first; all without text."""

    def person(self, creator_id: int) -> PersonView | None:
        """What stands at the head of a creator's page; None where there is no such creator."""

    def decided(self, creator_id: int, after: int = 0, limit: int = 200) -> tuple[FaceOf, ...]:
        """Decided faces, those least like the references first, without the first ``after``."""

    def appearances(self, creator_id: int) -> tuple[AppearsIn, ...]:
        """Videos in which a creator appears."""

    def lookalikes(self, limit: int = 100) -> tuple[Lookalike, ...]:
        """Creators whose references are close, closest first."""

    def add(self, profile: Profile) -> Creator:
        """A new creator; Invalid where the name is taken."""

    def change(self, creator_id: int, known: Profile, wanted: Profile) -> Creator:
        """Another name, other names, another description; Invalid where a name is taken."""

    def set_picture(
        self, creator_id: int, path: Path | None = None, face: int | None = None
    ) -> Creator:
        """Show a creator by a picture file or by one of its faces."""

    def merge_preview(self, keep: int, drop: int) -> MergePreview:
        """What a merge would do."""

    def merge(self, keep: int, drop: int) -> Merged:
        """Make two creators one."""

    def undo_merge(self, change_id: int) -> Unmerged:
        """Take a merge or a split back."""

    def merges(self) -> tuple[PastChange, ...]:
        """Merges and splits that can be undone, newest first."""

    def split(
        self,
        creator_id: int,
        face_ids: Sequence[int],
        name: str | None = None,
        target: int | None = None,
    ) -> Split:
        """Give decided faces to another creator: new by ``name``, known by the id ``target``."""

    def delete_preview(self, creator_id: int) -> Loss:
        """What would be lost."""

    def delete(self, creator_id: int) -> Loss:
        """Delete a creator; decided faces become pending again."""

    def erase_preview(self, creator_id: int) -> ErasePlan:
        """What an erasure would remove."""

    def erase(self, creator_id: int) -> Erased:
        """Remove everything biometric of a person."""


class ReferencesDesk(Protocol):
    """References and their health. Every method is called on the database lane."""

    def references(self, creator_id: int) -> tuple[ReferenceInfo, ...]:
        """A creator's references, live and retired."""

    def health(self, limit: int, cancelled: Callable[[], bool]) -> tuple[HealthRow, ...]:
        """References that need care, worst first; ends early, by raising, once cancelled."""

    def retire(self, ids: Sequence[int]) -> Changed:
        """Keep references without using them."""

    def restore(self, ids: Sequence[int]) -> Changed:
        """Use retired references again."""

    def move(self, ids: Sequence[int], to_creator: int) -> Changed:
        """Give references to another creator."""

    def promote(self, face_ids: Sequence[int], *, anyway: bool = False) -> Promoted:
        """Make references of decided faces, of doubtful ones only ``anyway``."""

    def suggest_references(self, creator_id: int, count: int) -> SuggestedReferences:
        """Few, good and different decided faces."""


class PictureLibrary(Protocol):
    """Pictures that may become references, and what follows. Called on the work lane."""

    def pictures_in(self, sources: Sequence[Path | bytes]) -> tuple[Path | bytes, ...]:
        """The pictures among files and in folders; pasted ones as they are."""

    def look(
        self, source: Path | bytes, creator_id: int | None, beside: Sequence[Embedding] = ()
    ) -> Intake:
        """Look at a picture; nothing is stored. ``beside`` are faces to be stored before it."""

    def store_picture(
        self,
        intake: Intake,
        face: int,
        creator: Creator,
        confirmed: Collection[Point] = (),
        act: str | None = None,
    ) -> StoredReferences:
        """Store a face of a picture, counted from 0, unless it has doubts not ``confirmed``.

        What is stored under one token ``act`` is undone as one.
        """

    def rematch(
        self,
        changed: Changed | None,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> RematchReport:
        """Match pending faces again."""
