"""What the Creators page works with."""

from __future__ import annotations

from dataclasses import dataclass

from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.library_health import LibraryHealth
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.library.service import LibraryService


@dataclass(frozen=True, slots=True)
class CreatorParts:
    """The desks of the page: ``listing`` and ``health`` are for lanes of their own."""

    creators: CreatorsDesk
    references: ReferencesDesk
    listing: NamesDesk
    health: LibraryHealth
    pictures: LibraryService
