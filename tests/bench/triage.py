"""Keys that settle a library and check the machine's matches, by a curator with perfect eyes.

5,000 synthetic faces, 40 creators known; and the made videos, by the zoo pack, 20 frames a video,
whose truth says who is known. First the machine settles what it may at the error rate of a new
library. The curator presses only keys of the pages and everything goes through the real desks.
Unknown people and false detections are to be rejected. Counted are:

- a cluster: Enter where the suggestion is right, X where its person is unknown, else M, the
  letters until the name stands first, and Enter; before that, for faces that are wrongly ticked
  or not, Tab into the faces, arrows to each of them, and Space; the second press where it is asked;
- the single faces, 180 at a time: Tab and the arrows to each known one, a digit or its name, then
  X, or nothing where Review takes fewer keys;
- what is left in Review: Enter, a digit, X, or M with letters and Enter;
- before and after, every match of the machine: Shift+5, and in each group Space on the wrong ones,
  Enter, and for each person among those Ctrl+A, or arrows and Space, and X or a name.

usage: triage.py [--folder DIR] [--data DIR] [--pack DIR]
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import calibration
import psycopg
from figures import Figure, emit
from known_videos import Known, KnownVideo, read
from synth_faces import make_library
from synthetic import SEED, Make, fill

from facereview.faces import packs
from facereview.records import (
    Box,
    Creator,
    Detection,
    RejectReason,
    SourceType,
    Status,
    Thresholds,
    VideoInfo,
)
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import ClusterView, Member, Order, has_open
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.creators.names import NameIndex
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk, QueueKind
from facereview.review.evidence.calibration import fit
from facereview.review.evidence.certainty import USUAL_RATE, Calibrated, Choice, Mode, Origin
from facereview.review.evidence.fitting import recorded
from facereview.review.evidence.rematch import Rematcher
from facereview.review.evidence.track_update import TrackUpdater
from facereview.review.library.config import Settings
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

SHARED = Path(__file__).resolve().parents[3] / "shared"
FACES, CREATORS, FRAMES = 5_000, 40, 20
ONE_BY_ONE = 500
COLUMNS = 7
"""So many faces stand side by side in a window of 1600 pixels."""
OTHERS = 20_000
SYNTHETIC = Thresholds(0.5, 0.7, pack="synthetic")


class Eyes:
    """Who everybody is: the known creator of each face, 0 for unknown people and no faces."""

    def __init__(self, truth: Mapping[int, int]) -> None:
        self.truth = truth

    def most(self, members: Sequence[Member]) -> int:
        """Whom most of these faces show."""
        return Counter(self.truth[m.face.id] for m in members).most_common(1)[0][0]


class Curator:
    """Hands on the keys; every press is counted."""

    def __init__(
        self, desk: Desk, eyes: Eyes, creators: Sequence[Creator], wall: ClusterDesk
    ) -> None:
        self._desk = desk
        self._wall = wall
        self._care = wall.care()
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
            asked = has_open(ticked) and not self._care.wanted(len(ticked), suggestion.similarity)
            self.keys["Enter"] += asked
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

    def pile(self, view: ClusterView) -> None:
        """Name known single faces that would be rejected, each as the current one, then reject.

        Those that have a likely creator are not ticked and are left for Review.
        """
        sure = [m for m in view.members if not m.doubtful]
        known = [m for m in sure if self._eyes.truth[m.face.id]]
        if known:
            places = [view.members.index(member) for member in known]
            arrows = shortest(n - named for named, n in enumerate(places))
            if 2 + arrows + len(known) > len(sure):
                return  # in Review each takes one key
            self.keys["Tab"] += 1
            self.keys["arrow"] += arrows
        for member in known:
            who = self._eyes.truth[member.face.id]
            offered = [one.creator.id for one in self._wall.likely([member.face.id])]
            if who in offered:
                self._press("digit", 1)
                self._decide(Intent(Kind.ACCEPT, unlike([member]), self._creators[who]))
            else:
                self._name(who)
                self._decide(Intent(Kind.ASSIGN, unlike([member]), self._creators[who]))
        strangers = [m for m in sure if not self._eyes.truth[m.face.id]]
        if strangers:
            self._press("X", len(strangers))
            self._decide(Intent(Kind.REJECT, seen(strangers), reason=RejectReason.STRANGER))

    def check(self, view: ClusterView) -> None:
        """Check the machine's matches with one creator: confirm the right ones, name the others."""
        who = -view.cluster.id
        right = [self._eyes.truth[m.face.id] == who for m in view.members]
        self._tick(view, right)
        ticked = [m for m, good in zip(view.members, right, strict=True) if good]
        if ticked:
            self._press("Enter", len(ticked))
            self._decide(Intent(Kind.CONFIRM, seen(ticked), self._creators[who]))
        left = [m for m, good in zip(view.members, right, strict=True) if not good]
        while left:
            other = self._eyes.most(left)
            places = [n for n, m in enumerate(left) if self._eyes.truth[m.face.id] == other]
            self._take(places, len(left))
            chosen = [left[place] for place in places]
            if other == 0:
                self._press("X", len(chosen))
                faces, stranger = seen(chosen), RejectReason.STRANGER
                self._decide(Intent(Kind.REJECT, faces, reason=stranger, replaces=True))
            else:
                self._name(other)
                creator = self._creators[other]
                self._decide(Intent(Kind.ASSIGN, unlike(chosen), creator, replaces=True))
            left = [m for m in left if m not in chosen]

    def _take(self, places: Sequence[int], count: int) -> None:
        """Tick these of faces that are all unticked: Ctrl+A, or arrows and Space."""
        if len(places) == count:
            self.keys["Ctrl+A"] += 1
        else:
            self.keys["arrow"] += shortest(places)
            self.keys["Space"] += len(places)

    def _tick(self, view: ClusterView, right: list[bool]) -> None:
        """Tab, then arrows and Space for every face that is ticked and should not be, or not."""
        wrong = [n for n, m in enumerate(view.members) if right[n] == m.doubtful]
        if wrong:
            self.keys["Tab"] += 1
            self.keys["arrow"] += shortest(wrong)
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


def shortest(places: Iterable[int]) -> int:
    """Presses of arrows from the first face to these in turn, by rows and columns."""
    row = column = presses = 0
    for place in places:
        presses += abs(place // COLUMNS - row) + abs(place % COLUMNS - column)
        row, column = divmod(place, COLUMNS)
    return presses


def seen(members: Sequence[Member]) -> tuple[Seen, ...]:
    """Faces as they are shown."""
    return tuple(Seen(m.face.id, m.video.id, m.face.state, m.similarity) for m in members)


def unlike(members: Sequence[Member]) -> tuple[Seen, ...]:
    """The same for a creator whose similarity is not on screen."""
    return tuple(Seen(m.face.id, m.video.id, m.face.state) for m in members)


@dataclass(frozen=True)
class Task:
    """A library to be settled: who everybody in it is, what its pack says, and the budget."""

    name: str
    url: str
    truth: Mapping[int, int]
    pack: Thresholds
    keys: float


class Machine:
    """What the program does by itself: tracks, matches at the error rate, clusters."""

    def __init__(self, store: Store, pack: Thresholds) -> None:
        settings = Settings(store, lambda: pack)
        self._tracks = TrackUpdater(store, pack.cluster)
        self._rematcher = Rematcher(store, settings.config(), settings.certainty())
        self._clusters = ClusterUpdater(store, pack.cluster, pack.match)

    def begin(self) -> int:
        """Link, settle and cluster everything; how many faces are matched."""
        self._tracks.from_nothing()
        report = self._rematcher.rematch()
        self._clusters.from_nothing()
        return sum(shift.matched for shift in report.shifts)

    def follow(self) -> None:
        """Follow what was decided."""
        self._tracks.up_to_date()
        self._rematcher.rematch()
        self._clusters.up_to_date()


def by_clusters(curator: Curator, wall: ClusterDesk, machine: Machine, desk: Desk) -> None:
    """The wall from its first cluster to its last, the singles, and the rest in Review."""
    while clusters := wall.wall().clusters:
        for cluster in clusters:
            view = wall.view(cluster.id)
            if view is None:
                continue
            left = curator.settle(view)
            if left:
                wall.exclude(cluster.id, [m.face.id for m in left])
        machine.follow()
    after = 0
    while pile := wall.singles(after):
        after = max(m.face.id for m in pile.members)
        curator.pile(pile)
    machine.follow()
    for face in desk.queue(QueueKind.PENDING).tolist():
        curator.face(face)


def by_groups(curator: Curator, wall: ClusterDesk, machine: Machine) -> None:
    """Every match of the machine that nobody has checked, and what it matches by those."""
    if wall.wall().to_check:
        curator.keys["Shift+5"] += 1
    while groups := wall.wall(Order.CHECK).clusters:
        for group in groups:
            view = wall.view(group.id)
            if view is not None:
                curator.check(view)
        machine.follow()


def number_plainly(url: str) -> None:
    """Names without leading zeros: a name is found by how a word of it begins."""
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE creators SET name = regexp_replace(name, ' 0+', ' ')")


def measure(task: Task) -> list[Figure]:
    """First face by face on a sample, taken back; then the whole library."""
    database, eyes, faces = Database(task.url), Eyes(task.truth), len(task.truth)
    with tempfile.TemporaryDirectory() as folder, Store.open(database) as store:
        window = Store(database)
        desk = Desk(window, Journal(Path(folder) / "journal", "b"), lambda: task.pack, "bench")
        creators = store.creators.all()
        wall = ClusterDesk(window, lambda: task.pack)
        single = Curator(desk, eyes, creators, wall)
        sample = desk.queue(QueueKind.PENDING)[:: max(1, faces // ONE_BY_ONE)].tolist()
        for face in sample:
            single.face(face)
        for _ in sample:
            desk.undo()
        curator = Curator(desk, eyes, creators, wall)
        machine = Machine(store, task.pack)
        matched = machine.begin()
        by_groups(curator, wall, machine)
        checking = curator.keys.total()
        by_clusters(curator, wall, machine, desk)
        by_groups(curator, wall, machine)
        known = store.faces.get(list(eyes.truth))
        left = sum(f.state.status is Status.PENDING or f.by_machine for f in known.values())
        right = sum((f.state.creator_id or 0) == eyes.truth[i] for i, f in known.items())
        desk.close()
    database.close()
    each = 100 * curator.keys.total() / faces
    alone = 100 * single.keys.total() / len(sample)
    name = f"{task.name}: keys for 100 faces"
    first = round(100 * checking / faces, 2)
    beside = f"{matched} of {faces} faces matched by the machine at first"
    return [
        Figure(f"{name}, with the check", round(each, 2), "keys", task.keys, pressed(curator)),
        Figure(f"{name}, the check of what was matched first", first, "keys", None, beside),
        Figure(f"{name}, one by one", round(alone, 2), "keys", None, pressed(single)),
        Figure(f"{task.name}: labels wrong", round(100 * (1 - right / faces), 2), "%", 0.5),
        Figure(f"{task.name}: faces pending or unchecked", left, "faces", 0),
    ]


def pressed(curator: Curator) -> str:
    """Which keys how often."""
    return ", ".join(f"{key} {count}" for key, count in curator.keys.most_common())


# ----------------------------------------------------------------------------------- libraries


def synthetic(url: str, faces: int = FACES, seed: int = SEED, make: Make = make_library) -> Task:
    """Faces like those of a model of 512 dimensions, calibrated on another such library."""
    fill(url, faces, CREATORS, seed=seed, make=make)
    number_plainly(url)
    made = make(faces, seed, CREATORS)
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT id FROM video_face_detections ORDER BY id").fetchall()
    known = set(made.creators.tolist())
    truth = {
        face: int(who) + 1 if int(who) in known else 0
        for (face,), who in zip(rows, made.identity, strict=True)
    }
    database = Database(url)
    with Store.open(database) as store:
        others = fit(calibration.synthetic(OTHERS, seed=8, make=make).units)
        recorded(store, Calibrated(others, Origin.LIBRARY, SYNTHETIC.pack))
        store.library.choose_certainty(Choice(Mode.ERROR_RATE, USUAL_RATE).to_json())
    database.close()
    return Task("synthetic", url, truth, SYNTHETIC, 4)


def made_videos(url: str, data: Path, pack: Path) -> Task:
    """The made videos as a scan finds their faces, and the references that their truth names."""
    known, database = read(data, pack, FRAMES), Database(url)
    with Store.open(database) as store:
        creators = enrolled(store, known)
        truth = {
            face: creators.get(who, 0)
            for video in known.videos
            for face, who in zip(add_video(store, video), video.identity.tolist(), strict=True)
        }
    database.close()
    return Task("made videos", url, truth, packs.at(pack).thresholds, 12)


def enrolled(store: Store, known: Known) -> dict[int, int]:
    """The creators of the people who have references, by the numbers of the people."""
    creators: dict[int, int] = {}
    pictures = known.pictures
    for place in known.references.tolist():
        who = int(pictures.identity[place])
        creator = store.creators.find_or_add(known.people[who].replace("_", " "))
        creators[who] = creator.id
        vector, quality = pictures.embeddings[place], float(pictures.quality[place])
        store.creators.add_reference(creator.id, vector, SourceType.MANUAL, None, quality)
    return creators


def add_video(store: Store, video: KnownVideo) -> list[int]:
    """Add a video with its faces, all pending; their ids."""
    path = f"/made/{video.name}.mp4"
    added = store.videos.add(VideoInfo(path, video.name, 60.0, 1280, 720, "h264", 1, ""))
    faces = video.faces
    return [
        store.videos.add_face(
            added,
            Detection(
                float(faces.timestamps[n]),
                Box(*map(float, faces.boxes[n])),
                float(faces.quality[n]),
                faces.embeddings[n],
            ),
        )
        for n in range(len(faces.ids))
    ]


def main() -> None:
    """Make each library, measure, drop it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = Path(tempfile.gettempdir()) / "facereview-bench"
    parser.add_argument("--folder", type=Path, default=default)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    makers: list[Callable[[str], Task]] = [synthetic]
    if options.data.is_dir():
        makers.append(lambda url: made_videos(url, options.data, options.pack))
    base = EmbeddedServer(options.folder / "server").start()
    url = psycopg.conninfo.make_conninfo(base, dbname="triage")
    with psycopg.connect(base, autocommit=True) as connection:
        figures = []
        for make in makers:
            connection.execute("DROP DATABASE IF EXISTS triage")
            connection.execute("CREATE DATABASE triage TEMPLATE template0")
            figures += measure(make(url))
            connection.execute("DROP DATABASE triage")
    emit(figures)


if __name__ == "__main__":
    main()
