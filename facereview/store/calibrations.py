"""Calibrations: how sure a similarity is, fitted on decided tracks; the latest one counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from facereview.store.session import Session

_FITTED = "calibration"


@dataclass(frozen=True, slots=True)
class CalibrationRow:
    """One calibration: ``origin`` is ``shipped`` or ``library``, ``model`` decoded from JSON."""

    id: int
    origin: str
    model: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FittedAt:
    """When a pack's calibration was fitted last: the latest act then."""

    pack: str
    batch: int


class Calibrations:
    """The calibrations of one library."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def latest(self, pack: str) -> CalibrationRow | None:
        """The one in force for a pack; None where none was recorded."""
        found = self._session.rows("calibration", CalibrationRow, pack=pack)
        return found[0] if found else None

    def add(self, pack: str, origin: str, model: Mapping[str, Any]) -> int:
        """Record one, in force from now on; its id. ``model`` says its units and people."""
        return int(
            self._session.value(
                "add_calibration",
                pack=pack,
                origin=origin,
                units=model["units"],
                people=model["people"],
                model=json.dumps(model),
            )
        )

    def withdraw(self, pack: str) -> None:
        """Let none of the library's own count any more."""
        self._session.run("withdraw_calibrations", pack=pack)

    # ---------------------------------------------------------------------- what they are made of

    def decided_videos(self, most: int) -> list[int]:
        """Videos with faces of which people said something: all, or so many drawn at random.

        The same ones each time, so that another fit differs by what was decided.
        """
        return self._session.ids("decided_videos", most=most)

    def settled_videos(self) -> list[int]:
        """Videos with faces that the machine settled at an error rate and nobody has checked."""
        return self._session.ids("videos_with_settled")

    def looked_at(self, video_ids: Sequence[int]) -> dict[int, bool]:
        """The faces of videos that people decided, and whether each was looked at alone.

        Those that a sample stood for are not among them.
        """
        rows = self._session.tuples("faces_looked_at", videos=list(video_ids))
        return {row.id: row.alone for row in rows}

    def fitted_at(self, pack: str) -> FittedAt:
        """When the last fit was; before everything where there was none for this pack."""
        held = self._session.value("meta", key=_FITTED)
        same = held is not None and held["pack"] == pack
        return FittedAt(pack, int(held["batch"]) if same else 0)

    def set_fitted_at(self, at: FittedAt) -> None:
        """Remember when the last fit was."""
        value = {"pack": at.pack, "batch": at.batch}
        self._session.run("set_meta", key=_FITTED, value=json.dumps(value))

    def decided_since(self, at: FittedAt) -> int:
        """Faces on which people decided since, undoing included."""
        return int(self._session.value("faces_decided_since", batch=at.batch))
