"""What is chosen for the scans of one computer: names that are left out, cards that decode."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from facereview.errors import ReviewError
from facereview.home import Home
from facereview.media.finding import LEFT_OUT, keep_patterns, kept_patterns


class ScanChoices:
    """Kept in the computer's folder of facereview."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def left_out(self) -> tuple[str, ...]:
        """The names of files and folders that scans leave out."""
        return kept_patterns(self._home)

    def leave_out(self, patterns: Sequence[str]) -> tuple[str, ...]:
        """Leave these out from now on; nothing: those that are left out unless others are chosen.

        Raises:
            ReviewError: they cannot be kept.
        """
        try:
            keep_patterns(self._home, patterns or LEFT_OUT)
        except OSError as fault:
            raise _not_kept("names", self._home.root, fault) from fault
        return self.left_out()

    def card_decodes(self) -> bool:
        """Whether scans let a graphics card decode."""
        return self._home.card_decodes()

    def let_card_decode(self, on: bool) -> bool:
        """Let a graphics card decode from now on, or not; which of the two counts now.

        Raises:
            ReviewError: it cannot be kept.
        """
        try:
            self._home.let_card_decode(on)
        except OSError as fault:
            raise _not_kept("choice", self._home.root, fault) from fault
        return on


def _not_kept(what: str, place: Path, fault: OSError) -> ReviewError:
    return ReviewError(
        f"The {what} cannot be kept in {place} ({fault.strerror}): free its disk and try again."
    )
