"""Whatever is altered in the target after loading, the proof finds it, and all is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from migrate_support import Target, make_library

from facereview.migrate.load import write
from facereview.migrate.load.defects import Defects
from facereview.migrate.load.load import Connection, fill_quarantine
from facereview.migrate.load.write import Prepared
from facereview.migrate.plan.plan import Plan
from facereview.migrate.report import Status

LIBRARY = (
    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b REAL DEFAULT 1.5, c DATETIME, "
    "d BOOLEAN DEFAULT 1, e INTEGER CHECK (e > 0), f TEXT COLLATE NOCASE UNIQUE, g BLOB, "
    "h INTEGER GENERATED ALWAYS AS (e * 2), CONSTRAINT few CHECK (e < 100), UNIQUE (a, e))",
    "CREATE TABLE u (t INTEGER REFERENCES t (id) ON DELETE CASCADE, n INTEGER NOT NULL, "
    "w TEXT, PRIMARY KEY (t, n))",
    "CREATE INDEX open ON t (a) WHERE d = 1",
    "CREATE INDEX pairs ON t (a, c DESC)",
    "CREATE UNIQUE INDEX single ON u (w)",
    "CREATE INDEX loud ON u (upper(w))",
    "CREATE VIEW v AS SELECT a, e FROM t WHERE e > 7",
    "INSERT INTO t (id, a, b, c, d, e, f, g) VALUES "
    "(1, 'x', 0.1, '2024-01-05 10:00:00', 1, 7, 'One', x'00ff'), "
    "(2, 'y', 2, NULL, 0, 8, 'Two', x'')",
    "INSERT INTO u VALUES (1, 1, 'k'), (1, 2, NULL), (2, 1, 'l')",
)
ALTERATIONS = {
    # values
    "a letter": "UPDATE t SET a = 'X' WHERE id = 1",
    "the last bit of a number": "UPDATE t SET b = 0.1::float8 + 1.4e-17 WHERE id = 1",
    "a microsecond": "UPDATE t SET c = c + interval '1 microsecond' WHERE id = 1",
    "a boolean": "UPDATE t SET d = NOT d WHERE id = 2",
    "a byte": "UPDATE t SET g = set_byte(g, 0, 1) WHERE id = 1",
    "NULL instead of a value": "UPDATE t SET c = NULL WHERE id = 1",
    "a value instead of NULL": "UPDATE t SET c = '2024-01-05' WHERE id = 2",
    "NULL instead of nothing": "UPDATE t SET g = NULL WHERE id = 2",
    "values that changed places": "UPDATE t SET a = CASE id WHEN 1 THEN 'y' ELSE 'x' END",
    "a key's value": "UPDATE u SET n = 3 WHERE w = 'l'",
    # rows
    "a row too few": "DELETE FROM u WHERE w = 'l'",
    "a row too many": "INSERT INTO t (id, a) VALUES (3, 'z')",
    "a row for another": "DELETE FROM u WHERE n = 2; INSERT INTO u VALUES (2, 2, NULL)",
    "an emptied table": "TRUNCATE u",
    # columns
    "another type": "ALTER TABLE u ALTER n TYPE bigint",
    "a limited type": "ALTER TABLE u ALTER w TYPE varchar(9)",
    "another collation": 'ALTER TABLE u ALTER w TYPE text COLLATE "ucs_basic"',
    "no NOT NULL": "ALTER TABLE t ALTER a DROP NOT NULL",
    "a new NOT NULL": "ALTER TABLE t ALTER b SET NOT NULL",
    "no default": "ALTER TABLE t ALTER b DROP DEFAULT",
    "another default": "ALTER TABLE t ALTER b SET DEFAULT 1.6",
    "a new default": "ALTER TABLE t ALTER e SET DEFAULT 5",
    "a column that is computed no longer": "ALTER TABLE t ALTER h DROP EXPRESSION",
    "a column computed otherwise": (
        "ALTER TABLE t DROP h; ALTER TABLE t ADD h integer GENERATED ALWAYS AS (e + e) STORED"
    ),
    "another name of an id": "ALTER TABLE t RENAME id TO number",
    "another name": "ALTER TABLE u RENAME w TO word",
    "columns in another order": (
        "DROP INDEX single, loud; ALTER TABLE u RENAME w TO old;"
        "ALTER TABLE u ADD t2 integer; UPDATE u SET t2 = n; ALTER TABLE u DROP n;"
        "ALTER TABLE u RENAME t2 TO n; ALTER TABLE u ALTER n SET NOT NULL;"
        "ALTER TABLE u ADD PRIMARY KEY (t, n); ALTER TABLE u RENAME old TO w;"
        "CREATE UNIQUE INDEX single ON u (w); CREATE INDEX loud ON u (upper(w))"
    ),
    "a column too many": "ALTER TABLE u ADD more integer",
    # keys
    "no primary key": "ALTER TABLE u DROP CONSTRAINT u_pkey",
    "a primary key over fewer columns": (
        "DELETE FROM u WHERE n = 2; ALTER TABLE u DROP CONSTRAINT u_pkey;"
        "ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY (t)"
    ),
    "a key in another order": (
        "ALTER TABLE u DROP CONSTRAINT u_pkey;"
        "ALTER TABLE u ADD CONSTRAINT u_pkey PRIMARY KEY (n, t)"
    ),
    "no UNIQUE": "ALTER TABLE t DROP CONSTRAINT t_a_e_key",
    "UNIQUE that heeds case": "DROP INDEX t_f_nocase",
    "no foreign key": "ALTER TABLE u DROP CONSTRAINT u_t_fkey",
    "another action of a foreign key": (
        "ALTER TABLE u DROP CONSTRAINT u_t_fkey;"
        "ALTER TABLE u ADD CONSTRAINT u_t_fkey FOREIGN KEY (t) REFERENCES t (id)"
    ),
    "a foreign key not checked": "ALTER TABLE u DISABLE TRIGGER ALL",
    "no check": "ALTER TABLE t DROP CONSTRAINT t_e_check",
    "another check": (
        "ALTER TABLE t DROP CONSTRAINT few; ALTER TABLE t ADD CONSTRAINT few CHECK (e < 1000)"
    ),
    "a check of new rows alone": (
        "ALTER TABLE t DROP CONSTRAINT few;"
        "ALTER TABLE t ADD CONSTRAINT few CHECK (e < 100) NOT VALID"
    ),
    "a check too many": "ALTER TABLE t ADD CONSTRAINT more CHECK (b > 0)",
    # indexes
    "no index": "DROP INDEX open",
    "another predicate": "DROP INDEX open; CREATE INDEX open ON t (a) WHERE NOT d",
    "another order of an index": "DROP INDEX pairs; CREATE INDEX pairs ON t (a, c)",
    "another column of an index": "DROP INDEX pairs; CREATE INDEX pairs ON t (a, b DESC)",
    "an index that is not unique": "DROP INDEX single; CREATE INDEX single ON u (w)",
    "another expression of an index": "DROP INDEX loud; CREATE INDEX loud ON u (lower(w))",
    "another collation of an index": (
        'DROP INDEX pairs; CREATE INDEX pairs ON t (a COLLATE "ucs_basic", c DESC)'
    ),
    # the rest
    "no view": "DROP VIEW v",
    "a view of other rows": "CREATE OR REPLACE VIEW v AS SELECT a, e FROM t WHERE e > 6",
    "a view of other values": "CREATE OR REPLACE VIEW v AS SELECT f AS a, e FROM t WHERE e > 7",
    "a view as a table": (
        "CREATE TABLE w AS SELECT * FROM v; DROP VIEW v; ALTER TABLE w RENAME TO v"
    ),
    "a sequence that begins anew": "ALTER SEQUENCE t_id_seq RESTART",
    "a sequence one too early": "ALTER SEQUENCE t_id_seq RESTART WITH 2",
    "a sequence that leaves ids out": "ALTER SEQUENCE t_id_seq RESTART WITH 9",
    "a sequence of another step": "ALTER SEQUENCE t_id_seq INCREMENT 2",
    "ids that are given no longer": "ALTER TABLE t ALTER id DROP DEFAULT",
    "a table that a crash empties": "ALTER TABLE u SET UNLOGGED",
    "a trigger": (
        "CREATE TRIGGER still BEFORE UPDATE ON u FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "a rule": "CREATE RULE deaf AS ON DELETE TO u DO INSTEAD NOTHING",
    "hidden rows": "ALTER TABLE u ENABLE ROW LEVEL SECURITY",
}

_WITNESS = (
    "SELECT t.*::text FROM t ORDER BY 1",
    "SELECT u.*::text FROM u ORDER BY 1",
    "SELECT last_value, is_called FROM t_id_seq",
    "SELECT seqincrement FROM pg_sequence WHERE seqrelid = 't_id_seq'::regclass",
    "SELECT table_name, column_name, ordinal_position, data_type, collation_name, is_nullable, "
    "column_default, character_maximum_length, is_generated, generation_expression "
    "FROM information_schema.columns WHERE table_name IN ('t', 'u', 'v') ORDER BY 1, 2",
    "SELECT conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE conrelid IN ('t'::regclass, 'u'::regclass) ORDER BY 1",
    "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('t', 'u') ORDER BY 1",
    "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
    "SELECT relname, relpersistence, relrowsecurity FROM pg_class WHERE relname IN ('t', 'u')",
    "SELECT tgrelid, tgname, tgenabled FROM pg_trigger ORDER BY 1, 2",
    "SELECT rulename FROM pg_rules ORDER BY 1",
)
"""What PostgreSQL shows anybody who looks: no code of the migration."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library."""
    return make_library(tmp_path_factory.mktemp("altered") / "library.db", *LIBRARY)


@pytest.fixture(scope="module")
def migrated(new_databases: Callable[..., str], file: Path) -> Iterator[Target]:
    """A database that the library has been migrated to."""
    url = new_databases()
    with psycopg.connect(url, autocommit=True) as connection:
        target = Target(url, connection)
        target.migrated(file)
        yield target


@pytest.fixture(scope="module")
def place(new_databases: Callable[..., str]) -> str:
    """An empty database."""
    return new_databases()


@pytest.fixture
def empty(place: str) -> Iterator[Target]:
    """A database that stays empty where every migration is taken back, as it should be."""
    with psycopg.connect(place, autocommit=True) as connection:
        target = Target(place, connection)
        yield target
        if target.contents():
            target.clear()


def seen(target: Target) -> list[object]:
    """What a client sees of the library."""
    return [target.rows(query) for query in _WITNESS]


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=list(ALTERATIONS))
def test_it_can_happen_to_a_migrated_library(migrated: Target, alteration: str) -> None:
    before = seen(migrated)
    with migrated.connection.transaction(force_rollback=True):
        migrated.run(alteration)
        try:
            after = seen(migrated)
        except psycopg.errors.UndefinedColumn:
            after = []
    assert after != before
    assert seen(migrated) == before


@pytest.mark.parametrize("alteration", ALTERATIONS.values(), ids=list(ALTERATIONS))
def test_the_proof_finds_it(
    empty: Target, file: Path, alteration: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = write._finish

    def altered(ready: Prepared) -> None:
        finish(ready)
        ready.server.connection.execute(alteration.encode())

    monkeypatch.setattr(write, "_finish", altered)
    report = empty.migrate(file)
    assert report.status is Status.DIFFERS and not report.agrees
    assert "differ after the migration" in report.headline
    assert empty.contents() == []


@pytest.mark.parametrize("alteration", ["DELETE FROM {}", "INSERT INTO {} SELECT * FROM {}"])
def test_the_proof_finds_a_row_that_is_neither_there_nor_set_aside(
    empty: Target, tmp_path: Path, alteration: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def altered(connection: Connection, folder: Path, plan: Plan, defects: Defects) -> None:
        fill_quarantine(connection, folder, plan, defects)
        connection.execute(alteration.replace("{}", "facereview_quarantine.t").encode())

    file = make_library(
        tmp_path / "library.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)",
        "INSERT INTO t VALUES (1, 'none'), (2, 5)",
    )
    monkeypatch.setattr(write, "fill_quarantine", altered)
    report = empty.migrate(file, "quarantine")
    assert report.status is Status.DIFFERS
    assert [each.what for each in report.structure if each.missing] == ["rows set aside"]
    monkeypatch.undo()
    assert empty.migrate(file, "quarantine", dry_run=True).missing.rows == 1
