"""A small library with clusters in it, for the tests of clusters."""

from __future__ import annotations

from facereview.records import Creator, SourceType, Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.store.store import Store
from support import detection, direction, near, pack, video_info

PEOPLE = 3
EACH = 6


class Library:
    """Three people of six faces each in six videos, two of them known, and two odd faces."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.ann = self._creator("Ann", 0)
        self.bob = self._creator("Bob", 1)
        self.videos = [store.videos.add(video_info(f"/v/{n}.mp4")) for n in range(EACH)]
        self.people = [
            [self.add(person, 0.85, n, at=10.0 * (person + 1)) for n in range(EACH)]
            for person in range(PEOPLE)
        ]
        self.odd = [self.add(40, 0.1, 0, at=90.0), self.add(41, 0.1, 1, at=90.0)]
        self.updater = ClusterUpdater(store, 0.5, 0.5)
        self.desk = ClusterDesk(store, lambda: Thresholds(0.5, 0.7))
        self.decisions = History(store, "me", pack)

    def _creator(self, name: str, axis: int) -> Creator:
        creator = self.store.creators.find_or_add(name)
        self.store.creators.add_reference(creator.id, direction(axis), SourceType.MANUAL, None, 0.9)
        return creator

    def add(self, person: int, similarity: float, video: int, at: float, x: float = 100.0) -> int:
        vector = near(person, similarity, seed=1000 * person + video + int(x))
        return self.store.videos.add_face(self.videos[video], detection(vector, at=at, x=x))

    def cluster_of(self, face: int) -> int:
        found = self.store.clusters.of(face)
        return -1 if found is None else found

    def seen(self, *faces: int) -> tuple[Seen, ...]:
        now = self.store.faces.get(faces)
        return tuple(Seen(i, now[i].video_id, now[i].state, 0.8) for i in faces)

    def accept(self, *faces: int, creator: Creator | None = None) -> None:
        self.decisions.apply(Intent(Kind.ACCEPT, self.seen(*faces), creator or self.ann))

    def undo(self) -> None:
        self.decisions.apply(Intent(Kind.UNDO))
