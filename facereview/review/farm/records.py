"""What was put into the farm, and what a worker did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FarmAdded:
    """What adding did: ``videos`` wait now in so many ``jobs`` that did not before.

    ``waiting`` ones waited already, ``unchanged`` ones were scanned with the settings in force.
    ``faults`` are (path, sentence) of files and folders that could not be looked at;
    ``left_out`` are (pattern, count) of those whose names say that they hold no videos of the user.
    ``revived`` jobs had been given up and wait again.
    """

    videos: int = 0
    jobs: int = 0
    waiting: int = 0
    unchanged: int = 0
    revived: int = 0
    cancelled: bool = False
    faults: tuple[tuple[str, str], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class FarmWorked:
    """What a worker did. ``faults`` are (path, sentence) of videos that gave nothing.

    ``refused`` are sentences: why this computer could not do jobs, which others will.
    """

    jobs: int = 0
    videos: int = 0
    frames: int = 0
    faces: int = 0
    faults: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, ...] = ()
