"""A library in which people have decided faces, to replay what they said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from facereview.records import Creator, Embedding, RejectReason, SourceType
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence.certainty import Certainty
from facereview.review.evidence.track_update import TrackUpdater
from facereview.review.insight.replay import replay
from facereview.review.insight.thresholds import Replay
from facereview.store.store import Store
from support import by_rate, detection, direction, near, pack, video_info


@dataclass
class Decided:
    """Ann and Bob have a reference each; faces are added video by video and decided."""

    store: Store
    ann: Creator
    bob: Creator
    videos: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, embeddings: Sequence[Embedding], *, at: float = 10.0) -> list[int]:
        """Linked faces of a video, ten seconds apart."""
        video = self.store.videos.add(video_info(f"/videos/{name}.mp4"))
        self.videos[name] = video
        made = [
            self.store.videos.add_face(video, detection(one, at=at + 10.0 * place))
            for place, one in enumerate(embeddings)
        ]
        TrackUpdater(self.store, 0.4).up_to_date()
        return made

    def act(self, kind: Kind, faces: Sequence[int], creator: Creator | None = None) -> None:
        """Decide faces, as strangers where they are rejected."""
        now = self.store.faces.get(faces)
        seen = tuple(Seen(face, now[face].video_id, now[face].state, None) for face in faces)
        reason = RejectReason.STRANGER if kind is Kind.REJECT else None
        outcome = History(self.store, "me", pack).apply(Intent(kind, seen, creator, reason=reason))
        assert outcome
        assert not outcome.conflicts

    def undo(self) -> None:
        """Take the last decision back."""
        assert History(self.store, "me", pack).apply(Intent(Kind.UNDO)) is not None

    def replay(self, certainty: Certainty | None = None) -> Replay:
        """What was decided, replayed."""
        return replay(self.store, certainty or by_rate())


def decided(store: Store) -> Decided:
    """The library without videos."""
    ann, bob = (store.creators.find_or_add(name) for name in ("Ann", "Bob"))
    for axis, creator in enumerate((ann, bob)):
        store.creators.add_reference(creator.id, direction(axis), SourceType.MANUAL, None, 0.9)
    return Decided(store, ann, bob)


def like(axis: int, similarity: float, count: int = 1, seed: int = 0) -> list[Embedding]:
    """Different pictures of somebody, each with this cosine to the axis."""
    return [near(axis, similarity, 100 * seed + place) for place in range(count)]
