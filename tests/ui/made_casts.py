"""Settling the made videos from their cast sheets alone, by keys in the real window."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

from made_library import MadeLibrary, Score
from real_window import Program, until, virtual_screen

from facereview.home import Home
from facereview.review.cast.acts import plan
from facereview.review.library.opening import open_library
from facereview.ui.actions.table import BY_ID
from support import all_videos


class Hands:
    """Presses the keys of a window and counts every one of them."""

    def __init__(self, window: Program) -> None:
        self._window = window
        self.pressed: list[str] = []

    def press(self, action: str) -> None:
        """Press the first key of an action, and wait until the window stands still."""
        key = BY_ID[action].keys[0]
        self.pressed.append(key)
        self._window.press(key)
        self._window.still()


def settle_by_sheets(made: MadeLibrary) -> tuple[list[str], Score]:
    """The keys that settle every row that is sure, and what stands in the library then.

    Starts the program, opens the first sheet from Videos, and goes from sheet to sheet.
    """
    with (
        virtual_screen() as screen,
        closing(open_library(Home(made.home), made.url)) as library,
        library.store() as store,
    ):
        window = Program(screen, made.url, Path(made.home))
        desk = library.cast_desk(store)
        videos = [one.video.id for one in all_videos(store)]

        def left() -> int:
            sheets = (desk.sheet(video) for video in videos)
            return sum(len(plan(sheet).faces) for sheet in sheets if sheet is not None)

        def fewer(pending: int) -> bool:
            return store.library.counts().pending < pending

        try:
            window.start()
            hands = Hands(window)
            hands.press("page_videos")
            hands.press("open_cast")
            while left():
                pending = store.library.counts().pending
                hands.press("cast_settle")
                until("a sheet is settled", partial(fewer, pending))
                if left():
                    hands.press("cast_next_video")
            window.quit()
        finally:
            window.kill()
        return hands.pressed, made.score(store)
