"""What the Creators page works with."""

from __future__ import annotations

from dataclasses import dataclass

from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.library.service import LibraryService


@dataclass(frozen=True, slots=True)
class CreatorParts:
    """The desks of the page.

    ``listing`` and ``survey`` are desks of their own for the lanes of these names.
    """

    creators: CreatorsDesk
    references: ReferencesDesk
    listing: CreatorsDesk
    survey: tuple[CreatorsDesk, ReferencesDesk]
    pictures: LibraryService
