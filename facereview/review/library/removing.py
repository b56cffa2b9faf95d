"""Removing videos from a library: what goes with them is listed first; it cannot be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from facereview.errors import Invalid, NotFound
from facereview.media.crops import CropCache
from facereview.records import Video
from facereview.review.decisions.intents import Kind
from facereview.review.scanning.thumbnails import thumbnail_key
from facereview.store.faults import still_needed
from facereview.store.store import Store
from facereview.store.videos import Tied

_NAMES = 20
"""Videos that the log names; the others are counted."""


@dataclass(frozen=True, slots=True)
class RemovalPlan:
    """What goes with videos.

    ``decided`` of their ``faces`` were decided by curators, for the creators ``names``. ``others``
    are rows of other programs that go with them, ``unlinked`` those whose link to them is emptied,
    by table; a count is None where this user may not read the table. ``forbidding`` is a table
    whose rows keep a video in the library, "" where there is none.
    """

    videos: tuple[Video, ...]
    faces: int
    decided: int
    names: tuple[str, ...]
    others: tuple[tuple[str, int | None], ...]
    unlinked: tuple[tuple[str, int | None], ...]
    forbidding: str


class Removing:
    """Removes videos of one library for one curator. Belongs to one lane."""

    def __init__(self, store: Store, crops: CropCache, thumbnails: CropCache, actor: str) -> None:
        self._store = store
        self._crops = crops
        self._thumbnails = thumbnails
        self._actor = actor

    def plan(self, videos: Sequence[int]) -> RemovalPlan:
        """What would go with these videos; nothing is changed.

        Raises:
            NotFound: none of them is in the library any longer.
        """
        found = self._store.videos.get(videos)
        if not found:
            raise NotFound("The video is not in the library any longer: list the videos again.")
        known = [found[video] for video in videos if video in found]
        ids = [video.id for video in known]
        tied, held = self._store.removal.tied(ids), self._store.removal.faces(ids)
        forbidding = [one.place for one in tied if one.effect == "forbid" and one.rows]
        return RemovalPlan(
            tuple(known),
            held.faces,
            held.decided,
            tuple(held.names),
            _of_others(tied, "go"),
            _of_others(tied, "lose"),
            forbidding[0] if forbidding else "",
        )

    def remove(self, plan: RemovalPlan) -> None:
        """Remove the videos of a plan, as long as nothing else goes with them than it says.

        Their files stay where they are. It is logged, and cannot be undone.

        Raises:
            DatabaseError: a table of another program forbids it; nothing was changed.
            NotFound: none of them is in the library any longer.
            Invalid: the plan does not hold any longer.
        """
        ids = [video.id for video in plan.videos]
        with self._store.rearranging():
            self._store.films.lock_paths()
            self._store.removal.lock(ids)
            now = self.plan(ids)
            if now.forbidding:
                raise still_needed(now.forbidding, "video")
            if now != plan:
                raise Invalid(
                    "What goes with the video has changed since it was shown: look at it again."
                )
            self._log(plan)
            faces = self._store.removal.remove(ids)
        self._crops.remove(faces)
        keys = (thumbnail_key(video) for video in plan.videos)
        self._thumbnails.remove(key for key in keys if key is not None)

    def _log(self, plan: RemovalPlan) -> None:
        detail = {
            "videos": len(plan.videos),
            "paths": [video.path for video in plan.videos[:_NAMES]],
            "faces": plan.faces,
            "decided": plan.decided,
            "others": {place: rows for place, rows in plan.others if rows is not None},
        }
        self._store.log.note(self._actor, Kind.VIDEO_REMOVED.value, detail)


def _of_others(tied: Sequence[Tied], effect: str) -> tuple[tuple[str, int | None], ...]:
    return tuple((one.place, one.rows) for one in tied if not one.own and one.effect == effect)
