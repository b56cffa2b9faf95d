"""What a library lacks is named, and made again; what a user may not do is named too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from catalog import catalog
from psycopg import conninfo
from test_library import BACKEND

from facereview.cli.advice import told
from facereview.errors import DatabaseError, SchemaError
from facereview.records import Status
from facereview.review.creators.merges import Merging
from facereview.review.decisions.decide import Decisions
from facereview.store.contract import contract, statements
from facereview.store.rights import Duty
from facereview.store.session import Database
from facereview.store.store import Store
from support import make_faces

NewDatabase = Callable[..., str]
Sql = psycopg.Connection[Any]

DAMAGES = {
    "DROP TABLE facereview.person_move": "the table facereview.person_move",
    "DROP TABLE facereview.alias": "the table facereview.alias",
    "ALTER TABLE facereview.apart DROP batch_id": "the column facereview.apart.batch_id",
    "ALTER TABLE facereview.batch DROP workstation": "the column facereview.batch.workstation",
    "ALTER TABLE public.videos DROP codec": "the column public.videos.codec",
    "ALTER TABLE facereview.scan ALTER frames TYPE BIGINT": "the type INTEGER of facereview.scan",
    "ALTER TABLE facereview.scan ALTER scanned_at DROP DEFAULT": "the default of facereview.scan",
    "ALTER TABLE facereview.batch ALTER id DROP DEFAULT": "the default of facereview.batch.id",
    "ALTER TABLE facereview.batch DROP CONSTRAINT batch_token_key": "the UNIQUE (token)",
    "ALTER TABLE public.video_creators DROP CONSTRAINT video_creators_pkey CASCADE": (
        "the PRIMARY KEY (video_id, creator_id) of public.video_creators"
    ),
    "ALTER TABLE facereview.verdict DROP CONSTRAINT verdict_creator_id_fkey": (
        "the reference of facereview.verdict (creator_id) to public.creators"
    ),
    "ALTER TABLE facereview.batch DROP CONSTRAINT batch_kind_check, "
    "ADD CONSTRAINT batch_kind_check CHECK (kind IN ('accept', 'undo'))": (
        "in the condition batch_kind_check"
    ),
    "DROP INDEX facereview.decision_batch": "the index facereview.decision_batch",
    "DROP INDEX public.idx_video_faces_status": "the index public.idx_video_faces_status",
    "DROP FUNCTION facereview.stands": "the function facereview.stands",
    "CREATE OR REPLACE FUNCTION facereview.stands(batch BIGINT) RETURNS BOOLEAN LANGUAGE sql "
    "STABLE AS 'SELECT TRUE'": "the function facereview.stands",
}


@pytest.fixture
def limited(library_url: str, sql: Sql) -> Iterator[Callable[..., Store]]:
    """A store for a user who may do only what was granted."""
    databases = []
    sql.execute(
        "DO $$ BEGIN CREATE ROLE limited LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )

    def make(*grants: str) -> Store:
        for grant in grants:
            sql.execute(grant)
        databases.append(Database(conninfo.make_conninfo(library_url, user="limited")))
        return Store(databases[-1])

    yield make
    for database in databases:
        database.close()
    sql.execute("DROP OWNED BY limited")


def test_the_contract_read_is_what_a_new_library_has(sql: Sql) -> None:
    _check_and_drop_the_queue(sql)
    columns = sql.execute(
        "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns "
        "WHERE table_schema IN ('public', 'facereview') ORDER BY 1, ordinal_position"
    ).fetchall()
    read = [(t.name, c.name) for t in contract().tables for c in t.columns]
    assert sorted(read) == sorted(columns)
    keys = sql.execute(
        "SELECT count(*) FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace "
        "WHERE n.nspname IN ('public', 'facereview') AND k.contype IN ('p', 'u')"
    ).fetchone()
    assert keys == (sum(len(table.keys) for table in contract().tables),)
    references = sql.execute(
        "SELECT count(*) FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace "
        "WHERE n.nspname IN ('public', 'facereview') AND k.contype = 'f'"
    ).fetchone()
    assert references == (sum(len(table.references) for table in contract().tables),)
    words = sql.execute(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'c' "
        "AND connamespace IN ('public'::regnamespace, 'facereview'::regnamespace) "
        "AND pg_get_constraintdef(oid) LIKE '%ANY%'"
    ).fetchone()
    assert words == (sum(len(table.words) for table in contract().tables),)
    indexes = sql.execute(
        "SELECT indexname FROM pg_indexes WHERE schemaname IN ('public', 'facereview') "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ).fetchall()
    assert {i.name for i in contract().indexes} == {name for (name,) in indexes}
    functions = sql.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'facereview'::regnamespace"
    ).fetchall()
    assert {f.name for f in contract().functions} == {f"facereview.{f}" for (f,) in functions}


def _check_and_drop_the_queue(sql: Sql) -> None:
    """The farm's queue is another program's, read word for word."""
    queue = contract().queue
    assert queue is not None
    in_queue = "relnamespace = 'facereview'::regnamespace AND relname LIKE 'procrastinate%'"
    tables = sql.execute(f"SELECT relname FROM pg_class WHERE relkind = 'r' AND {in_queue}")
    assert {f"facereview.{name}" for (name,) in tables} == {*queue.tables}
    triggers = sql.execute(
        "SELECT DISTINCT tgfoid::regproc::text, tgrelid::regclass::text FROM pg_trigger t "
        f"JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND {in_queue}"
    ).fetchall()
    assert {(function, table) for _, table, function in queue.triggers} == {*triggers}
    functions = sql.execute(
        "SELECT DISTINCT pronamespace::regnamespace || '.' || proname FROM pg_proc "
        "WHERE proname LIKE 'procrastinate%'"
    )
    assert {name for (name,) in functions} == {one.name for one in queue.functions}
    sql.execute(f"DROP TABLE {', '.join(queue.tables)} CASCADE")
    for one in queue.functions:
        sql.execute(f"DROP FUNCTION IF EXISTS {one.name} CASCADE")


def test_a_script_is_cut_where_its_statements_end() -> None:
    text = "SELECT ';--' AS a; -- one; two\nDO $$ BEGIN; -- three\nEND $$;\nSELECT 2;"
    assert list(statements(text)) == [
        "SELECT ';--' AS a",
        "DO $$ BEGIN; -- three\nEND $$",
        "SELECT 2",
    ]


def test_a_new_library_lacks_nothing(store: Store) -> None:
    assert store.structure.lacks() == []
    assert store.rights.lacking(Duty.CURATOR) == []
    assert store.structure.repair() == []


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_missing_is_named_and_made_again(store: Store, sql: Sql, damage: str) -> None:
    faces = make_faces(store)
    before = catalog(sql)
    sql.execute(damage)
    lacks = store.structure.lacks()
    assert [lack for lack in lacks if DAMAGES[damage] in lack.what], lacks
    with pytest.raises(SchemaError) as caught:
        store.structure.check()
    assert DAMAGES[damage] in str(caught.value)
    assert "run `facereview db repair`" in told(caught.value)
    store.structure.repair()
    assert store.structure.lacks() == []
    if "DROP batch_id" in damage or "DROP codec" in damage or "DROP workstation" in damage:
        assert _unordered(catalog(sql)) == _unordered(before)  # at the end of the table now
    elif "DROP DEFAULT" not in damage or "scanned_at" in damage:
        assert catalog(sql) == before
    Decisions(store, "me").apply(faces.accept(0))
    assert faces.state(0).status is Status.MATCHED


def _unordered(entries: list[str]) -> list[list[str]]:
    return sorted(
        [part for place, part in enumerate(entry.split(" ")) if place != 2 or part.isalpha()]
        for entry in entries
    )


def test_several_things_at_once(store: Store, sql: Sql) -> None:
    before = catalog(sql)
    sql.execute("DROP TABLE facereview.apart, facereview.membership, facereview.cluster CASCADE")
    sql.execute("DROP FUNCTION facereview.video_of, facereview.folder_of")
    assert len(store.structure.repair()) >= 8
    assert catalog(sql) == before


def test_what_cannot_be_made_changes_nothing(store: Store, sql: Sql) -> None:
    make_faces(store)
    sql.execute("ALTER TABLE public.creators DROP CONSTRAINT creators_name_key")
    sql.execute("INSERT INTO creators (name) VALUES ('Ann')")
    sql.execute("DROP INDEX facereview.decision_batch")
    before = catalog(sql)
    with pytest.raises(SchemaError, match=r"UNIQUE \(name\) of public.creators cannot be made"):
        store.structure.repair()
    assert catalog(sql) == before


def test_a_column_that_must_be_given_is_named(store: Store, sql: Sql) -> None:
    sql.execute("ALTER TABLE creators ADD studio integer NOT NULL")
    (lack,) = store.structure.lacks()
    assert "a default of public.creators.studio" in lack.what
    with pytest.raises(SchemaError, match="only its owner can decide"):
        store.structure.repair()


def test_another_programs_types_are_no_lack(new_database: NewDatabase) -> None:
    url = new_database()
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute(BACKEND)
        sql.execute("ALTER TABLE creators ALTER name TYPE varchar(200), ALTER id TYPE bigint")
        database = Database(url)
        with Store.open(database) as store:
            assert store.structure.lacks() == []
            sql.execute("ALTER TABLE creator_face_embeddings ALTER embedding TYPE vector(128)")
            (lack,) = store.structure.lacks()
            assert "vector(512)" in lack.what and "vector(128)" in lack.what
        database.close()


def test_who_may_not_repair_learns_who_may(limited: Callable[..., Store], sql: Sql) -> None:
    sql.execute("DROP INDEX facereview.decision_batch")
    store = limited("GRANT ALL ON SCHEMA facereview TO limited")
    with pytest.raises(DatabaseError) as caught:
        store.structure.repair()
    assert "let its owner postgres run `facereview db repair`" in told(caught.value)
    store.close()


def test_exactly_the_missing_rights_are_named_and_are_enough(
    limited: Callable[..., Store], store: Store, sql: Sql
) -> None:
    faces = make_faces(store)
    other = limited()
    grants = other.rights.lacking(Duty.CURATOR)
    assert "GRANT USAGE ON SCHEMA facereview TO limited" in grants
    assert not any("schema_step" in grant and "INSERT" in grant for grant in grants)
    for grant in grants:
        sql.execute(grant)
    assert other.rights.lacking(Duty.CURATOR) == []
    other.library.install()
    Decisions(other, "limited").apply(faces.accept(0, 1))
    assert faces.state(0).status is Status.MATCHED
    Merging(other, "limited").merge(faces.ann.id, faces.bob.id)
    assert other.creators.find_or_add("Cid").id > faces.bob.id
    sql.execute("REVOKE INSERT ON facereview.decision FROM limited")
    assert other.rights.lacking(Duty.CURATOR) == ["GRANT INSERT ON facereview.decision TO limited"]
    other.close()
