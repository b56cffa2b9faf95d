"""Two curators at one wall, each a process of its own: no face twice, no decision lost."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import psycopg
import pytest

from facereview.records import SourceType
from facereview.review.clusters.update import ClusterUpdater
from facereview.store.store import Store
from support import detection, direction, near, video_info

PEOPLE = 12
EACH = 8

CURATOR = """
import json, sys, threading
from pathlib import Path
from facereview.records import Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.desk import Desk
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.store.session import Database
from facereview.store.store import Store

url, actor, folder = sys.argv[1:]
database = Database(url)
pack = lambda: Thresholds(0.5, 0.7)
wall = ClusterDesk(Store(database), pack)
desk = Desk(Store(database), Journal(Path(folder) / actor, "library"), pack, actor)
# both see the same wall before either decides
seen = [wall.view(cluster.id) for cluster in wall.wall().clusters]
print("ready", flush=True)
sys.stdin.readline()
written, conflicts = {}, 0
for view in seen:
    faces = tuple(
        Seen(m.face.id, m.video.id, m.face.state, m.similarity)
        for m in view.members if not m.doubtful
    )
    outcome = desk.decide(Intent(Kind.ACCEPT, faces, view.cluster.suggestion.creator))
    conflicts += len(outcome.conflicts)
    assert outcome.saved
    for change in outcome.changes:
        written[change.face_id] = change.after.creator_id
left = wall.wall()
print(json.dumps({"written": written, "conflicts": conflicts, "left": len(left.clusters)}))
database.close()
"""


@pytest.fixture
def crowd(store: Store) -> dict[int, int]:
    """Many faces of known people, clustered; face -> creator."""
    videos = [store.videos.add(video_info(f"/v/{n}.mp4")) for n in range(EACH)]
    truth: dict[int, int] = {}
    for person in range(PEOPLE):
        creator = store.creators.find_or_add(f"Person {person}")
        store.creators.add_reference(creator.id, direction(person), SourceType.MANUAL, None, 0.9)
        for n, video in enumerate(videos):
            vector = near(person, 0.85, seed=100 * person + n)
            truth[store.videos.add_face(video, detection(vector, at=10.0 * person))] = creator.id
    ClusterUpdater(store, 0.5, 0.5).from_nothing()
    return truth


def curator(url: str, actor: str, folder: Any) -> subprocess.Popen[str]:
    """A curator who confirms the whole wall, once told to go."""
    return subprocess.Popen(
        [sys.executable, "-c", CURATOR, url, actor, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_never_decide_a_face_twice(
    crowd: dict[int, int],
    library_url: str,
    tmp_path: Any,
    sql: psycopg.Connection[tuple[Any, ...]],
) -> None:
    both = [curator(library_url, actor, tmp_path) for actor in ("ann", "bob")]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    answers = []
    for one in both:
        out, err = one.communicate(timeout=60)
        assert one.returncode == 0, err
        answers.append(json.loads(out))
    written = [{int(f): c for f, c in answer["written"].items()} for answer in answers]
    assert written[0].keys().isdisjoint(written[1])
    assert written[0] | written[1] == crowd
    assert sum(answer["conflicts"] for answer in answers) == len(crowd)
    logged = sql.execute(
        "SELECT d.detection_id, d.after_creator_id, b.actor FROM facereview.decision d "
        "JOIN facereview.batch b ON b.id = d.batch_id"
    ).fetchall()
    assert len(logged) == len(crowd)
    said = {"ann": written[0], "bob": written[1]}
    assert all(said[actor][face] == creator for face, creator, actor in logged)
    rows = sql.execute("SELECT id, matched_creator_id FROM video_face_detections").fetchall()
    assert dict(rows) == crowd
    assert min(answer["left"] for answer in answers) == 0
