"""What a curator, a scan worker and a reader may do: exactly what was granted, and it is enough."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from getpass import getuser
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import numpy as np
import psycopg
import pytest
from library_support import film
from library_support import opened as open_library_here
from procrastinate.manager import JobManager
from psycopg import conninfo
from psycopg.sql import SQL, Identifier

from facereview.cli.advice import told
from facereview.errors import DatabaseError, Remedy
from facereview.media.make import Film, Shot, View, make_video
from facereview.records import Creator, FaceState, SourceType, Status
from facereview.review.creators.merges import Merging
from facereview.review.decisions.decide import Decisions
from facereview.review.evidence.automatic import take_back
from facereview.review.farm import watching
from facereview.review.farm.of_library import worker_of
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.trial import Trial
from facereview.store.address import user
from facereview.store.farm import worker as queue_worker
from facereview.store.log import Step
from facereview.store.rights import CLUSTERING, FARMING, SCANNING, Duty, needed
from facereview.store.session import Database, queries
from facereview.store.store import Store
from facereview.store.tracks import StandingRows, TrackRows
from support import make_faces

Sql = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def role(sql: Sql) -> Iterator[str]:
    """A user who may log in, and nothing else."""
    name = f"Role {uuid4().hex[:8]}"  # a name that has to be quoted
    sql.execute(f'CREATE ROLE "{name}" LOGIN')
    yield name
    sql.execute(f'DROP OWNED BY "{name}"')
    sql.execute(f'DROP ROLE "{name}"')


@pytest.fixture
def as_role(library_url: str, role: str) -> Iterator[Store]:
    """A store of that user's own connection."""
    database = Database(conninfo.make_conninfo(library_url, user=role))
    with Store(database) as store:
        yield store
    database.close()


def _granted(sql: Sql, statements: list[str]) -> None:
    for statement in statements:
        sql.execute(statement)


@pytest.mark.parametrize("duty", list(Duty))
def test_exactly_what_is_lacking_is_named(
    store: Store, as_role: Store, role: str, sql: Sql, duty: Duty
) -> None:
    statements = store.rights.lacking(duty, role)
    assert statements == as_role.rights.lacking(duty)
    assert f'GRANT USAGE ON SCHEMA facereview TO "{role}"' in statements
    given = [right for right, wanted in _rights_in(statements)]
    assert ("INSERT" in given) is (duty is not Duty.READER)
    _granted(sql, statements)
    assert store.rights.lacking(duty, role) == [] == as_role.rights.lacking(duty)
    for right, thing in _rights_in(statements):  # each of them is needed
        sql.execute(f'REVOKE {right} ON {thing} FROM "{role}"')
        assert any(thing in one for one in store.rights.lacking(duty, role)), (right, thing)
        sql.execute(f'GRANT {right} ON {thing} TO "{role}"')


def _rights_in(statements: list[str]) -> list[tuple[str, str]]:
    parts = [one.removeprefix("GRANT ").rsplit(" TO ", 1)[0].split(" ON ") for one in statements]
    return [(right, thing) for rights, thing in parts for right in rights.split(", ")]


def test_the_advice_of_old_was_not_enough(
    store: Store, as_role: Store, role: str, sql: Sql
) -> None:
    sql.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA public, facereview TO "{role}"')
    faces = make_faces(store)
    with pytest.raises(DatabaseError) as caught:
        Decisions(as_role, role).apply(faces.accept(0))
    assert caught.value.remedy is Remedy.GRANT_RIGHTS
    assert f"`facereview db grant '{role}' --curator --run`" in told(caught.value)
    assert "GRANT ALL" not in told(caught.value)
    _granted(sql, store.rights.lacking(Duty.CURATOR, role))
    Decisions(as_role, role).apply(faces.accept(0))


def test_a_curator_can_do_all_that_is_tried(store: Store, as_role: Store, role: str) -> None:
    make_faces(store)
    store.rights.grant(Duty.CURATOR, role)
    before = _everything(store)
    assert Trial(as_role).refused() is None
    assert Trial(store).refused() is None
    assert _everything(store) == before


def _everything(store: Store) -> dict[str, object]:
    """All rows of all tables."""
    with psycopg.connect(store.database.url) as sql:
        tables = sql.execute(
            "SELECT schemaname, tablename FROM pg_tables "
            "WHERE schemaname IN ('public', 'facereview')"
        ).fetchall()
        rows = "SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM {} t"
        return {
            name: sql.execute(SQL(rows).format(Identifier(schema, name))).fetchone()
            for schema, name in tables
        }


@pytest.mark.parametrize(
    ("taken", "act"),
    [
        ("INSERT ON facereview.scan", "note a scan"),
        ("USAGE ON SEQUENCE public.creators_id_seq", "make a creator"),
        ("INSERT ON creator_face_embeddings", "store a reference"),
        ("INSERT ON facereview.decision", "decide a face"),
        ("UPDATE ON facereview.batch", "undo a decision"),
        ("INSERT ON facereview.apart", "rearrange clusters"),
        ("INSERT ON facereview.alias", "rename a creator"),
        ("INSERT ON facereview.person_move", "merge creators"),
        ("UPDATE ON face_recognition_config", "change a setting"),
    ],
)
def test_the_trial_says_what_is_refused(
    store: Store, as_role: Store, role: str, sql: Sql, taken: str, act: str
) -> None:
    store.rights.grant(Duty.CURATOR, role)
    sql.execute(f'REVOKE {taken} FROM "{role}"')
    before = _everything(store)
    refused = Trial(as_role).refused()
    assert refused is not None and refused.act == act, refused
    assert _everything(store) == before
    assert len(store.rights.grant(Duty.CURATOR, role)) == 1
    assert Trial(as_role).refused() is None


def test_the_trial_finds_what_no_right_explains(store: Store, sql: Sql) -> None:
    sql.execute(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE insufficient_privilege USING MESSAGE = 'not today'; END $$"
    )
    sql.execute("CREATE TRIGGER t BEFORE UPDATE ON video_face_detections EXECUTE FUNCTION no()")
    refused = Trial(store).refused()
    assert refused is not None and "not today" in str(refused.fault)


def test_the_trial_waits_for_nobody(store: Store, sql: Sql) -> None:
    with psycopg.connect(store.database.url) as other:
        other.execute("LOCK TABLE facereview.batch IN ACCESS EXCLUSIVE MODE")
        refused = Trial(store).refused()
    assert refused is not None
    assert Trial(store).refused() is None


def test_a_curator_works_with_exactly_these_rights(store: Store, as_role: Store, role: str) -> None:
    faces = make_faces(store)
    assert store.rights.grant(Duty.CURATOR, role)
    assert store.rights.grant(Duty.CURATOR, role) == []
    as_role.library.install()
    Decisions(as_role, role).apply(faces.accept(0, 1))
    Merging(as_role, role).merge(faces.ann.id, faces.bob.id)


class Heard(dict[str, str]):
    """The queries, and the names of those that were run."""

    def __init__(self) -> None:
        super().__init__(queries())
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)


@pytest.fixture
def worker(
    store: Store, role: str, library_url: str, tmp_path: Path, zoo_pack: Path
) -> Iterator[OpenLibrary]:
    """The library as a scan worker opens it."""
    store.rights.grant(Duty.WORKER, role)
    url = conninfo.make_conninfo(library_url, user=role)
    library = open_library_here(tmp_path / "worker", url, zoo_pack)
    yield library
    library.close()


def test_a_worker_scans_and_does_nothing_else(
    worker: OpenLibrary, store: Store, tmp_path: Path
) -> None:
    heard = Heard()
    with worker.store() as mine:
        video = film(tmp_path / "one.mp4", 4.0)
        store.library.set_config("frames_per_video", "2")
        with patch("facereview.store.session.queries", lambda: heard):
            assert worker.scanner(mine).scan([video]).faces
        ann = _known(store, mine)
        store.library.set_config("auto_tag_threshold", "0.999")  # her reference is one of them
        broken = tmp_path / "broken.mp4"
        broken.write_bytes(b"no film")
        with patch("facereview.store.session.queries", lambda: heard):
            again = worker.scanner(mine).scan([video], again=True)
            assert again.matched and again.suggested and not again.faults
            moved = video.rename(tmp_path / "two.mp4")
            assert not worker.scanner(mine).scan([moved]).faults
            assert worker.scanner(mine).scan([broken]).faults
            worker.scanner(mine).scan_known()
        _make_uncertain(store)
        with patch("facereview.store.session.queries", lambda: heard):
            look = worker.further_look(mine)
            assert look.look(look.plan()).frames
        first = store.faces.queue("automatic").tolist()[0]
        store.log.deny([(first, store.creators.find_or_add("Bob").id)])
        with patch("facereview.store.session.queries", lambda: heard):
            _replace_and_return(worker, mine, moved)
        assert first in store.faces.queue("automatic")
        _settle_and_take_back(worker, mine, store, tmp_path, heard)
        with pytest.raises(DatabaseError) as caught:
            Merging(mine, "worker").merge(ann.id, mine.creators.all()[-1].id)
        assert caught.value.remedy is Remedy.GRANT_RIGHTS
    assert heard.names - SCANNING == set()
    opening = {"counts", "own_tables", "server_versions", "config", "meta"}
    assert SCANNING - heard.names - opening == set()


def test_a_worker_of_the_farm_works_and_does_nothing_else(
    worker: OpenLibrary, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = Heard()
    store.library.set_config("frames_per_video", "2")
    folder = store.farm.add_root(str(tmp_path))
    films = [film(tmp_path / f"{seconds}.mp4", seconds) for seconds in (4.0, 5.0)]
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    beats: list[int] = []

    async def beat(manager: JobManager, number: int) -> None:
        await update_heartbeat(manager, number)
        beats.append(number)

    update_heartbeat = JobManager.update_heartbeat
    monkeypatch.setattr(JobManager, "update_heartbeat", beat)
    monkeypatch.setattr(queue_worker, "_HEARTBEATS", 60)
    monkeypatch.setattr(queue_worker, "_POLL_SECONDS", 0.1)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.05)
    for names in (["4.0.mp4", "broken.mp4"], ["5.0.mp4"]):  # clusters from nothing, then more
        store.farm.add(folder, [(name,) for name in names])
        with patch("facereview.store.session.queries", lambda: heard):
            worked = worker_of(worker, 1).work(until_empty=True, lease=6.0)
        assert worked.jobs == len(names) and worked.videos == 1
        assert beats
        beats.clear()
    assert heard.names - SCANNING - FARMING - CLUSTERING == set()
    assert FARMING - heard.names == set()
    assert store.clusters.state() is not None and len(films) == 2
    assert store.clustering.scope()[1] == 0  # no face waits for a cluster
    ann, cleo = (store.creators.find_or_add(name) for name in ("Ann", "Cleo"))
    with worker.store() as mine:
        for act in (
            lambda: mine.farm.add(folder, [("two.mp4",)]),
            lambda: mine.farm.add_root("/elsewhere"),
            lambda: mine.creators.find_or_add("Bob"),
            lambda: Merging(mine, "worker").merge(ann.id, cleo.id),
            lambda: mine.session.count("DELETE FROM creators RETURNING 1"),
        ):
            with pytest.raises(DatabaseError) as caught:
                act()
            assert caught.value.remedy is Remedy.GRANT_RIGHTS


def _settle_and_take_back(
    worker: OpenLibrary, mine: Store, store: Store, folder: Path, heard: Heard
) -> None:
    """By an error rate, of films that show who is known; then no reference is left."""
    worker.settings(store).save("error_rate", "1/100")
    films = [film(folder / f"other {seconds}.mp4", seconds) for seconds in (5.0, 6.0)]
    with patch("facereview.store.session.queries", lambda: heard):
        assert worker.scanner(mine).scan(films).matched > 1
    settled = sorted(store.faces.queue("automatic").tolist())
    store.references.retire(store.creators.matrix().ids.tolist(), "me")
    _wait_again(store, settled[-1])
    _make_uncertain(store, settled[-1])
    with patch("facereview.store.session.queries", lambda: heard):
        look = worker.further_look(mine)
        assert look.look(look.plan()).frames
    assert len(store.faces.queue("automatic")) < len(settled) - 1


def _wait_again(store: Store, face: int) -> None:
    """The machine takes one of its matches back."""
    with store.transaction():
        now = store.log.lock([face])[face]
        pending = FaceState(Status.PENDING)
        take_back(store, [Step(face, now.video_id, now.state, pending, now.automatic)])


def _make_uncertain(store: Store, which: int | None = None) -> None:
    """A pending face, the first or this one, is a track, and somewhat like somebody."""
    face = store.faces.queue("pending")[:1] if which is None else np.asarray([which], np.int32)
    (seen,) = store.faces.get(face.tolist()).values()
    none = np.zeros(1, np.float32)
    vectors = np.ones((1, 512), np.float32)
    ids = store.tracks.write(
        TrackRows(
            np.zeros(1, np.int64),
            np.asarray([seen.video_id], np.int32),
            np.ones(1, np.int32),
            np.ones(1, np.float32),
            none,
            none,
            vectors,
        )
    )
    store.tracks.put(face, ids)
    ann = np.asarray([store.creators.all()[0].id], np.int32)
    like = np.full(1, 0.3, np.float32)
    risk = np.full(1, 0.5, np.float32)
    nobody = np.zeros(1, np.int32)
    store.tracks.judge(StandingRows(ids, ann, nobody, like, none, risk), None)


def _replace_and_return(library: OpenLibrary, mine: Store, path: Path) -> None:
    """A film is replaced by an empty one, and is there again and in a copy later."""
    kept = path.read_bytes()
    grey = View(160, 120, 320)
    picture = np.full((240, 320, 3), 90, np.uint8)
    make_video(Film((Shot(picture, grey, grey, 1.0),), 320, 240), path)
    assert library.scanner(mine).scan([path]).replaced
    path.write_bytes(kept)
    assert not library.scanner(mine).scan([path]).faults
    copy = Path(shutil.copy(path, path.with_name("copy.mp4")))
    assert not library.scanner(mine).scan([copy]).faults


def _known(store: Store, mine: Store) -> Creator:
    """Somebody whose reference is the face that was found."""
    ann = store.creators.find_or_add("Ann")
    store.creators.find_or_add("Bob")
    vector = mine.library.any_embedding()
    assert vector is not None
    store.creators.add_reference(ann.id, vector, SourceType.MANUAL, None, 0.9)
    return ann


def test_a_worker_of_another_programs_library_may_list_folders(
    store: Store, as_role: Store, role: str, sql: Sql
) -> None:
    sql.execute("CREATE TABLE folders (id serial PRIMARY KEY, path text NOT NULL)")
    sql.execute("ALTER TABLE videos ADD directory_id integer NOT NULL REFERENCES folders(id)")
    statements = store.rights.grant(Duty.WORKER, role)
    assert any("ON public.folders TO" in one for one in statements)
    assert any("SEQUENCE public.folders_id_seq" in one for one in statements)
    assert as_role.videos.add_unread("/new/film.mp4", "film")
    assert not any("folders" in one for one in store.rights.lacking(Duty.READER, role))


def test_a_reader_reads_and_is_told_of_all_else(store: Store, as_role: Store, role: str) -> None:
    faces = make_faces(store)
    statements = store.rights.grant(Duty.READER, role)
    rights = {right for right, _ in _rights_in(statements)}
    assert rights == {"USAGE", "SELECT"}
    as_role.library.install()
    assert as_role.library.counts().pending == 5
    with pytest.raises(DatabaseError) as caught:
        Decisions(as_role, role).apply(faces.accept(0))
    assert told(caught.value).endswith(" --reader for a reader).")
    assert faces.state(0).creator_id is None


def test_only_an_owner_can_give_rights(store: Store, as_role: Store, role: str, sql: Sql) -> None:
    store.rights.grant(Duty.READER, role)
    with pytest.raises(DatabaseError) as caught:
        as_role.rights.grant(Duty.CURATOR, role)
    assert "let their owner postgres run `facereview db grant`" in told(caught.value)
    assert store.rights.lacking(Duty.READER, role) == []
    with pytest.raises(DatabaseError) as unknown:
        store.rights.lacking(Duty.READER, "nobody at all")
    assert unknown.value.remedy is Remedy.MAKE_USER


def test_a_database_that_takes_no_changes_says_so(store: Store, sql: Sql) -> None:
    faces = make_faces(store)
    name = sql.info.dbname
    sql.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    database = Database(store.database.url)
    try:
        with Store.open(database) as other:
            assert other.library.counts().pending == 5
            with pytest.raises(DatabaseError, match="is read-only now, and nothing was"):
                Decisions(other, "me").apply(faces.accept(0))
            refused = Trial(other).refused()
            assert refused is not None and refused.act == "note a scan"
    finally:
        database.close()


def test_the_needs_of_each_contain_those_of_the_lesser() -> None:
    curator, worker, reader = (needed(d) for d in (Duty.CURATOR, Duty.WORKER, Duty.READER))
    assert reader.tables < curator.tables and worker.tables < curator.tables
    assert {right for _, right in reader.tables} == {"SELECT"}
    assert not any(
        table == "facereview.schema_step" and right != "SELECT" for table, right in curator.tables
    )


def test_the_user_is_who_libpq_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGUSER", "anna")
    assert user("postgresql://host/library") == "anna"
    assert user("postgresql://bob@host/library") == "bob"
    monkeypatch.delenv("PGUSER")
    assert user("dbname=library") == getuser()
