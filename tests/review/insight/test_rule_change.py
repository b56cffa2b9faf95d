"""What a change of the rule is said to do is what it then does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray
from pgvector import Vector
from pgvector.psycopg import register_vector

from facereview.errors import Cancelled, Invalid
from facereview.home import Home
from facereview.records import Embedding, RejectReason
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence.certainty import Mode, Reason
from facereview.review.evidence.track_update import TrackUpdater
from facereview.review.insight.rule_change import change_rule, rule_in_force, save
from facereview.review.insight.thresholds import ByRate, ByThresholds, Rule
from facereview.review.library.config import Settings
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.store.store import Store
from support import go_by_rate, make_faces, match_by_machine, pack, unit

Sql = psycopg.Connection[Any]

PEOPLE, STRANGERS, VIDEOS, FRAMES = 12, 24, 310, 4
DECIDED, LATER = 250, 140
"""Videos decided at once, and such that are decided after a calibration was fitted."""


@dataclass
class Made:
    """A library of 280 videos with two people each; 2,000 faces are decided, the others are not."""

    store: Store
    library: OpenLibrary
    faces: NDArray[np.int64]
    people: NDArray[np.int64]
    videos: NDArray[np.int64]

    def decide(self, videos: NDArray[np.int64]) -> None:
        """Say of every face of videos who it is."""
        here = np.isin(self.videos, videos)
        for who in np.unique(self.people[here]).tolist():
            faces = self.faces[here & (self.people == who)].tolist()
            now = self.store.faces.get(faces)
            seen = tuple(Seen(face, now[face].video_id, now[face].state, None) for face in faces)
            if who < PEOPLE:
                intent = Intent(Kind.ASSIGN, seen, self.store.creators.get(who + 1))
            else:
                intent = Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER)
            assert Decisions(self.store, "me").apply(intent)

    def states(self) -> dict[int, tuple[Any, ...]]:
        """Every face as it is now: status, creator, confidence."""
        now = self.store.faces.get(self.faces.tolist())
        return {
            face: (one.state.status, one.state.creator_id, one.state.confidence)
            for face, one in now.items()
        }


def embeddings(rng: np.random.Generator) -> tuple[Embedding, NDArray[np.int64], NDArray[np.int64]]:
    """Faces (n, 512) of videos of two people each; strangers are like one of the others."""
    people = unit(rng.standard_normal((PEOPLE + STRANGERS, 512)).astype(np.float32))
    people[PEOPLE:] = unit(people[PEOPLE:] + 0.75 * people[rng.integers(0, PEOPLE, STRANGERS)])
    vectors, whose, videos = [people[:PEOPLE]], [np.arange(PEOPLE)], [np.zeros(PEOPLE, np.int64)]
    for video in range(1, VIDEOS + 1):
        for who in rng.choice(len(people), 2, replace=False):
            look = people[who] + rng.uniform(0.5, 1.6) * unit(
                rng.standard_normal(512).astype(np.float32)
            )
            noise = unit(rng.standard_normal((FRAMES, 512)).astype(np.float32))
            spread = rng.uniform(0.3, 1.3, (FRAMES, 1)).astype(np.float32)
            vectors.append(unit(look + spread * noise))
            whose.append(np.full(FRAMES, who))
            videos.append(np.full(FRAMES, video))
    return np.concatenate(vectors), np.concatenate(whose), np.concatenate(videos)


def fill(sql: Sql) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The library in an empty database: faces with who they are and their videos."""
    register_vector(sql)
    for (index,) in sql.execute(
        "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%%hnsw%%'"
    ).fetchall():
        sql.execute(f'DROP INDEX "{index}"')
    vectors, whose, videos = embeddings(np.random.default_rng(5))
    sql.execute("INSERT INTO creators (name) SELECT 'Creator ' || n FROM generate_series(1, %s) n",
                [PEOPLE])  # fmt: skip
    sql.execute(
        "INSERT INTO videos (file_path, width, height, duration_seconds) "
        "SELECT '/' || n, 1280, 720, 90 FROM generate_series(1, %s) n",
        [VIDEOS],
    )
    with sql.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO creator_face_embeddings (creator_id, embedding, source_type, "
            "quality_score) VALUES (%s, %s, 'manual', 0.9)",
            [(who + 1, Vector(vectors[who])) for who in range(PEOPLE)],
        )
        places = np.arange(PEOPLE, len(vectors))
        cursor.executemany(
            "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, "
            "bbox_y, bbox_width, bbox_height, quality_score) "
            "VALUES (%s, %s, %s, %s, 100, 120, 140, 0.8)",
            [
                (int(videos[i]), float(10 * (i % FRAMES)), Vector(vectors[i]), 200 * (i % 10))
                for i in places.tolist()
            ],
        )
    ids = np.arange(1, len(places) + 1)
    return ids, whose[places], videos[places]


@pytest.fixture
def made(store: Store, sql: Sql, tmp_path: Path) -> Iterator[Made]:
    """The library with a calibration of its own that is due to be fitted again."""
    faces = fill(sql)
    TrackUpdater(store, 0.4).up_to_date()
    with closing(open_library(Home(tmp_path).create(), store.database.url)) as library:
        one = Made(store, library, *faces)
        one.decide(np.arange(1, DECIDED + 1 - LATER))
        assert library.fitter(store).fit() is not None
        one.decide(np.arange(DECIDED + 1 - LATER, DECIDED + 1))
        assert library.fitter(store).due()
        yield one


RULES: list[Rule] = [ByRate(0.05), ByThresholds(0.4, 0.45), ByRate(0.02), ByThresholds(0.5, 0.8)]


def test_what_a_change_is_said_to_do_is_what_it_does(made: Made) -> None:
    store, library = made.store, made.library
    assert sum(state[0] != "pending" for state in made.states().values()) == 2_000
    settled = taken_back = 0
    for rule in RULES:
        before = made.states()
        said = change_rule(library, store, rule, dry_run=True)
        assert made.states() == before
        save(library.settings(store), rule)
        if library.fitter(store).due():
            library.fitter(store).fit()
        report = library.rematcher(store).rematch()
        assert changed(before, made.states()) == {
            ("pending", "matched"): set(said.settled),
            ("matched", "pending"): set(said.taken_back),
            ("matched", "matched"): set(said.renamed),
        }
        assert report.shifts == said.report.shifts
        settled, taken_back = settled + len(said.settled), taken_back + len(said.taken_back)
    assert min(settled, taken_back) > 100


def changed(
    before: dict[int, tuple[Any, ...]], after: dict[int, tuple[Any, ...]]
) -> dict[tuple[str, str], set[int]]:
    """The faces of which the name is another one, by what they were and are."""
    found: dict[tuple[str, str], set[int]] = {
        ("pending", "matched"): set(), ("matched", "pending"): set(), ("matched", "matched"): set()
    }  # fmt: skip
    for face, (was, who, _) in before.items():
        now, whom, _ = after[face]
        if was != now or (was == "matched" and who != whom):
            found[str(was), str(now)].add(face)
    return found


def test_thresholds_are_written_together_and_count_from_then_on(store: Store) -> None:
    go_by_rate(store)
    settings = Settings(store, pack)
    save(settings, ByThresholds(0.45, 0.6))
    rows = {row.key: row.value for row in store.library.config_rows()}
    assert (rows["match_threshold"], rows["auto_tag_threshold"]) == ("0.45", "0.6")
    certainty = settings.certainty()
    assert (certainty.mode, certainty.reason) == (Mode.THRESHOLDS, Reason.CHOSEN)
    assert rule_in_force(settings.config(), certainty) == ByThresholds(0.45, 0.6)


def test_an_error_rate_leaves_the_rows_alone(store: Store) -> None:
    go_by_rate(store)
    settings = Settings(store, pack)
    save(settings, ByThresholds(0.45, 0.6))
    before = store.library.config_rows()
    save(settings, ByRate(0.02))
    assert store.library.config_rows() == before
    assert rule_in_force(settings.config(), settings.certainty()) == ByRate(0.02)


@pytest.mark.parametrize(("suggest", "match"), [(0.7, 0.6), (0.5, 1.2)])
def test_what_cannot_be_set_changes_nothing(store: Store, suggest: float, match: float) -> None:
    before = store.library.config_rows()
    with pytest.raises(Invalid):
        save(Settings(store, pack), ByThresholds(suggest, match))
    assert store.library.config_rows() == before


def test_a_face_with_another_name_is_neither_settled_nor_taken_back(
    store: Store, tmp_path: Path
) -> None:
    faces = make_faces(store)
    match_by_machine(store, faces.ids, faces.bob)
    with closing(open_library(Home(tmp_path).create(), store.database.url)) as library:
        said = change_rule(library, store, ByThresholds(0.5, 0.7), dry_run=True)
        none = change_rule(library, store, ByThresholds(0.5, 0.8), dry_run=True)
    assert (said.settled, said.taken_back, said.renamed) == ((), (), tuple(faces.ids))
    assert (none.settled, none.taken_back, none.renamed) == ((), tuple(faces.ids), ())


def test_a_dry_run_that_is_stopped_says_nothing(store: Store, tmp_path: Path) -> None:
    make_faces(store)
    with closing(open_library(Home(tmp_path).create(), store.database.url)) as library:
        rows = store.library.config_rows()
        with pytest.raises(Cancelled):
            change_rule(
                library, store, ByThresholds(0.5, 0.7), dry_run=True, cancelled=lambda: True
            )
        assert store.library.config_rows() == rows
