"""A calibration whose numbers can be followed, and libraries in which tracks are settled by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from facereview.records import Config, Creator, Embedding, FaceState, SourceType
from facereview.review.evidence.calibration import Calibration
from facereview.review.evidence.certainty import Calibrated, Certainty, Mode, Origin, Reason
from facereview.review.evidence.rematch import Rematcher
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.store import Store
from support import detection, direction, near, video_info

MODEL = Calibration((0.0, 40.0, 40.0, 10.0, 0.0, 0.0), (0.4,), 3_000, 50, ())
"""Even odds at a cosine of .4, and more with every hundredth and with the lead."""

KNOWN = Calibrated(MODEL, Origin.SHIPPED, "made")
AT_MOST_ONE_IN_200 = Certainty(Mode.ERROR_RATE, Reason.CHOSEN, 1 / 200, KNOWN)


@dataclass
class Tracked:
    """A library of videos, each with faces ten seconds apart; Ann and Bob have a reference."""

    store: Store
    ann: Creator
    bob: Creator
    faces: dict[str, list[int]] = field(default_factory=dict)
    videos: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, embeddings: Sequence[Embedding], start: float = 10.0) -> list[int]:
        """Faces of a video, which is there or new; they are linked."""
        video = self.store.videos.add(video_info(f"/videos/{name}.mp4"))
        self.videos[name] = video
        made = [
            self.store.videos.add_face(video, detection(one, at=start + 10.0 * place))
            for place, one in enumerate(embeddings)
        ]
        self.faces.setdefault(name, []).extend(made)
        TrackUpdater(self.store, 0.4).up_to_date()
        return made

    def rematcher(
        self, certainty: Certainty = AT_MOST_ONE_IN_200, *, automatic: bool = True
    ) -> Rematcher:
        return Rematcher(self.store, Config(0.5, 0.7, automatic=automatic), certainty)

    def states(self, name: str) -> list[FaceState]:
        """The faces of a video now."""
        now = self.store.faces.get(self.faces[name])
        return [now[face].state for face in self.faces[name]]


def tracked(store: Store) -> Tracked:
    """The library without videos."""
    ann, bob = (store.creators.find_or_add(name) for name in ("Ann", "Bob"))
    for axis, creator in enumerate((ann, bob)):
        store.creators.add_reference(creator.id, direction(axis), SourceType.MANUAL, None, 0.9)
    return Tracked(store, ann, bob)


def like(axis: int, similarity: float, count: int, seed: int = 0) -> list[Embedding]:
    """Different pictures of somebody, each with this cosine to the axis."""
    return [near(axis, similarity, 100 * seed + place) for place in range(count)]
