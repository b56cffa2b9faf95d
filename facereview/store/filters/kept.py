"""Filters with names, and what a filter may be made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from facereview.store.filters.parameters import within
from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class Run:
    """A run of automatic matching, and how many faces it decided."""

    id: int
    created_at: datetime
    faces: int


class KeptFilters:
    """The filters that curators gave a name, by page; every curator sees them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, page: str) -> list[tuple[str, dict[str, Any]]]:
        """Name and :meth:`FaceFilter.to_json` of each, by name."""
        return [(row.name, row.wanted) for row in self._session.tuples("kept_filters", page=page)]

    def keep(self, page: str, name: str, wanted: dict[str, Any], actor: str) -> None:
        """Keep a filter, in place of the one of this name."""
        self._session.run(
            "keep_filter", page=page, name=name, wanted=json.dumps(wanted), actor=actor
        )

    def drop(self, page: str, name: str) -> None:
        """Keep it no longer."""
        self._session.run("drop_filter", page=page, name=name)

    def folders(self) -> list[str]:
        """The folders that videos lie in."""
        return [row.folder for row in self._session.tuples("video_folders")]

    def has_videos(self, folder: str) -> bool:
        """Whether any video lies in a folder, at any depth."""
        return bool(self._session.value("folder_has_videos", **within(folder)))

    def curators(self) -> list[str]:
        """Everybody whose decisions are logged, by the name that others see."""
        return [row.who for row in self._session.tuples("curators")]

    def runs(self, limit: int) -> list[Run]:
        """The last runs of automatic matching, newest first."""
        return self._session.rows("machine_runs", Run, limit=limit)

    def run(self, run: int) -> Run | None:
        """One of them."""
        return self._session.first("run", Run, run=run)
