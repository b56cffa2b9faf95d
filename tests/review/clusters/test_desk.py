"""The wall, its clusters, and what curators change in them, on a real database."""

from __future__ import annotations

import pytest

from facereview.records import Creator, SourceType, Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.regroup import Regrouper
from facereview.review.decisions import Decisions
from facereview.review.intents import Intent, Kind, Seen
from facereview.store.store import Store
from support import detection, direction, near, video_info

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
        self.regrouper = Regrouper(store, 0.5, 0.5)
        self.desk = ClusterDesk(store, lambda: Thresholds(0.5, 0.7, 0.5))
        self.decisions = Decisions(store, "me")

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


@pytest.fixture
def library(store: Store) -> Library:
    made = Library(store)
    made.regrouper.from_nothing()
    return made


def test_wall_shows_each_person_with_a_suggestion(library: Library) -> None:
    wall = library.desk.wall()
    assert [c.size for c in wall.clusters] == [EACH] * PEOPLE
    by_name = {c.suggestion.creator.name: c for c in wall.clusters if c.suggestion}
    assert set(by_name) == {"Ann", "Bob"}
    assert wall.clusters[-1].suggestion is None
    first = by_name["Ann"]
    assert first.suggestion is not None
    assert first.suggestion.agree == EACH
    assert first.suggestion.similarity == pytest.approx(0.85, abs=1e-3)
    assert first.suggestion.margin is not None
    assert first.suggestion.margin > 0.7
    assert first.suggestion.rival == library.bob
    assert first.videos == EACH
    assert (wall.single, wall.waiting, wall.new_people, wall.lookalikes) == (2, 0, 1, 0)
    assert wall.as_of is not None
    assert wall.keys_left == PEOPLE + 2


def test_a_library_nobody_grouped_waits(store: Store) -> None:
    made = Library(store)
    wall = made.desk.wall()
    assert wall.clusters == ()
    assert (wall.waiting, wall.single, wall.as_of) == (PEOPLE * EACH + 2, 0, None)
