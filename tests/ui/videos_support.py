"""The Videos page for its tests."""

from __future__ import annotations

from ui_support import known_names

from facereview.media.pixels import LibraryPixels
from facereview.review.creators.desk import NamesDesk
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.videos.page import VideosPage


def videos_page(
    library: OpenLibrary,
    desk: LibraryDesk,
    service: LibraryService,
    lanes: Lanes,
    messages: Messages,
) -> VideosPage:
    """The page on a real library."""
    return VideosPage(
        desk,
        service,
        service.thumbnails(),
        lanes,
        messages,
        names=known_names(NamesDesk(library.store()), lanes),
        pixels=LibraryPixels(library.crops(), library.reference_pictures(), library.local),
    )
