"""Keys that settle a library: cluster by cluster, and face by face, by a curator with perfect eyes.

5,000 synthetic faces, 40 creators known. The curator presses only keys of the pages and everything
goes through the real desks. Unknown people and false detections are to be rejected. Counted are:

- a cluster: Enter where the suggestion is right, X where its person is unknown, else M, the
  letters until the name stands first, and Enter; before that, for faces that are wrongly ticked or
  not, Tab into the faces, Right up to each of them, and Space; the second press where it is asked;
- the single faces, 60 at a time: the same, and X;
- what is left in Review: Enter, a digit, X, or M with letters and Enter.

usage: triage.py [--folder DIR]
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psycopg
from figures import Figure, emit
from synth_faces import make_library
from synthetic import fill

from facereview.records import Creator, RejectReason, Status, Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import Care, ClusterView, Member
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.creators.names import NameIndex
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk, QueueKind
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

FACES, CREATORS = 5_000, 40
ONE_BY_ONE = 500
PACK = Thresholds(0.5, 0.7)


class Eyes:
    """Who everybody is: the known creator of each face, 0 for unknown people and no faces."""

    def __init__(self, url: str) -> None:
        made = make_library(FACES, seed=7, creators=CREATORS)
        with psycopg.connect(url) as connection:
            rows = connection.execute("SELECT id FROM video_face_detections ORDER BY id").fetchall()
        known = set(made.creators.tolist())
        self.truth = {
            face: int(who) + 1 if int(who) in known else 0
            for (face,), who in zip(rows, made.identity, strict=True)
        }

    def most(self, members: Sequence[Member]) -> int:
        """Whom most of these faces show."""
        return Counter(self.truth[m.face.id] for m in members).most_common(1)[0][0]


class Curator:
    """Hands on the keys; every press is counted."""

    def __init__(self, desk: Desk, eyes: Eyes, creators: Sequence[Creator], care: Care) -> None:
        self._desk = desk
        self._care = care
        self._eyes = eyes
        self._creators = {creator.id: creator for creator in creators}
        self._names = NameIndex(creators)
        self.keys: Counter[str] = Counter()

    def settle(self, view: ClusterView) -> list[Member]:
        """Decide a cluster or a pile; the faces that were left unticked."""
        who = self._eyes.most([m for m in view.members if not m.doubtful] or view.members)
        right = [self._eyes.truth[m.face.id] == who for m in view.members]
        self._tick(view, right)
        ticked = [m for m, good in zip(view.members, right, strict=True) if good]
        suggestion = view.cluster.suggestion
        if who == 0:
            self._press("X", len(ticked))
            self._decide(Intent(Kind.REJECT, seen(ticked), reason=RejectReason.STRANGER))
        elif suggestion is not None and suggestion.creator.id == who:
            self._press("Enter", len(ticked), suggestion.similarity)
            self._decide(Intent(Kind.ACCEPT, seen(ticked), suggestion.creator))
        else:
            self._name(who)
            self._decide(Intent(Kind.ASSIGN, unlike(ticked), self._creators[who]))
        return [m for m, good in zip(view.members, right, strict=True) if not good]

    def face(self, face_id: int) -> None:
        """Decide one face in Review."""
        view = self._desk.views([face_id])[face_id]
        who = self._eyes.truth[face_id]
        places = {s.creator.id: n for n, s in enumerate(view.suggestions)}
        faces = (Seen(face_id, view.video.id, view.face.state),)
        if who == 0:
            self._press("X", 1)
            self._decide(Intent(Kind.REJECT, faces, reason=RejectReason.STRANGER))
        elif who in places:
            self._press("Enter" if places[who] == 0 else "digit", 1)
            self._decide(Intent(Kind.ACCEPT, faces, self._creators[who]))
        else:
            self._name(who)
            self._decide(Intent(Kind.ASSIGN, faces, self._creators[who]))

    def _tick(self, view: ClusterView, right: list[bool]) -> None:
        """Tab, then Right and Space for every face that is ticked and should not be, or not."""
        wrong = [n for n, m in enumerate(view.members) if right[n] == m.doubtful]
        if wrong:
            self.keys["Tab"] += 1
            self.keys["arrow"] += wrong[-1]
            self.keys["Space"] += len(wrong)

    def _name(self, who: int) -> None:
        """M, letters until the name stands first, Enter."""
        name = self._creators[who].name
        number = name.split()[-1]
        typed = (number[:n] for n in range(1, len(number) + 1))
        letters = next((len(t) for t in typed if self._first(t) == who), len(name))
        self.keys["M"] += 1
        self.keys["letter"] += letters
        self.keys["Enter"] += 1

    def _first(self, text: str) -> int | None:
        """The creator that Enter would take."""
        answer = self._names.answer(text)
        row = answer.row(answer.preselected)
        return row.creator.id if row is not None and row.creator is not None else None

    def _press(self, key: str, faces: int, similarity: float | None = None) -> None:
        self.keys[key] += 2 if self._care.wanted(faces, similarity) else 1

    def _decide(self, intent: Intent) -> None:
        outcome = self._desk.decide(intent)
        if outcome.conflicts:
            raise RuntimeError(outcome.conflicts)


def seen(members: Sequence[Member]) -> tuple[Seen, ...]:
    """Faces as they are shown."""
    return tuple(Seen(m.face.id, m.video.id, m.face.state, m.similarity) for m in members)


def unlike(members: Sequence[Member]) -> tuple[Seen, ...]:
    """The same for a creator whose similarity is not on screen."""
    return tuple(Seen(m.face.id, m.video.id, m.face.state) for m in members)


def by_clusters(curator: Curator, wall: ClusterDesk, updater: ClusterUpdater, desk: Desk) -> None:
    """The wall from its first cluster to its last, the singles, and the rest in Review."""
    updater.from_nothing()
    while clusters := wall.wall().clusters:
        for cluster in clusters:
            view = wall.view(cluster.id)
            if view is None:
                continue
            left = curator.settle(view)
            if left:
                wall.exclude(cluster.id, [m.face.id for m in left])
        updater.up_to_date()
    after = 0
    while pile := wall.singles(after):
        after = max(m.face.id for m in pile.members)
        curator.settle(pile)
    for face in desk.queue(QueueKind.PENDING).tolist():
        curator.face(face)


def number_plainly(url: str) -> None:
    """Names without leading zeros: a name is found by how a word of it begins."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE creators SET name = regexp_replace(name, ' 0+', ' ')")


def measure(url: str) -> list[Figure]:
    """First face by face on a sample, taken back; then the whole library by clusters."""
    number_plainly(url)
    database, eyes = Database(url), Eyes(url)
    with tempfile.TemporaryDirectory() as folder, Store.open(database) as store:
        window = Store(database)
        desk = Desk(window, Journal(Path(folder) / "journal", "b"), lambda: PACK, "bench")
        creators = store.creators.all()
        wall = ClusterDesk(window, lambda: PACK)
        single = Curator(desk, eyes, creators, wall.care())
        sample = desk.queue(QueueKind.PENDING)[:: FACES // ONE_BY_ONE].tolist()
        for face in sample:
            single.face(face)
        for _ in sample:
            desk.undo()
        curator = Curator(desk, eyes, creators, wall.care())
        by_clusters(curator, wall, ClusterUpdater(store, PACK.cluster, PACK.match), desk)
        faces = store.faces.get(list(eyes.truth))
        pending = sum(f.state.status is Status.PENDING for f in faces.values())
        right = sum((f.state.creator_id or 0) == eyes.truth[i] for i, f in faces.items())
        desk.close()
    database.close()
    each = 100 * sum(curator.keys.values()) / FACES
    alone = 100 * sum(single.keys.values()) / len(sample)
    return [
        Figure("keys for 100 faces, by clusters", round(each, 2), "keys", 12, pressed(curator)),
        Figure("keys for 100 faces, one by one", round(alone, 2), "keys", None, pressed(single)),
        Figure("fewer keys by", round(alone / each, 1), "times"),
        Figure("labels wrong", round(100 * (1 - right / FACES), 2), "%", 0.5),
        Figure("faces still pending", pending, "faces", 0),
    ]


def pressed(curator: Curator) -> str:
    """Which keys how often."""
    return ", ".join(f"{key} {count}" for key, count in curator.keys.most_common())


def main() -> None:
    """Make the library, measure, drop it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = Path(tempfile.gettempdir()) / "facereview-bench"
    parser.add_argument("--folder", type=Path, default=default)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    base = EmbeddedServer(options.folder / "server").start()
    url = psycopg.conninfo.make_conninfo(base, dbname="triage")
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS triage")
        connection.execute("CREATE DATABASE triage TEMPLATE template0")
        fill(url, FACES, CREATORS)
        figures = measure(url)
        connection.execute("DROP DATABASE triage")
    emit(figures)


if __name__ == "__main__":
    main()
