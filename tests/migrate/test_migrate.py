"""The library of the guide's shape goes to PostgreSQL whole."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from migrate_support import Target

from facereview.errors import Cancelled, DatabaseError, Invalid, SchemaError
from facereview.migrate.progress import Progress, Stage
from facereview.migrate.report import Status
from facereview.store.session import Database
from facereview.store.store import Store
from support import all_videos


@pytest.fixture
def expected(data: Path) -> dict[str, Any]:
    """What the library is known to hold."""
    found: dict[str, Any] = json.loads((data / "legacy.expected.json").read_text())
    return found


def test_every_table_row_and_index_arrives_with_equal_digests(
    target: Target, legacy_db: Path, expected: dict[str, Any]
) -> None:
    report = target.migrated(legacy_db)
    assert report.status is Status.MIGRATED and report.proven
    assert len(report.tables) == 33 and report.rows == 5640
    assert all(table.agrees for table in report.tables)
    assert {t.name: t.target_rows for t in report.tables} == {
        name: table["rows"] for name, table in expected["tables"].items()
    }
    found = {each.what: (each.expected, each.found) for each in report.structure}
    assert found["indexes"] == (expected["create_index"],) * 2 == (56, 56)
    assert found["foreign keys"] == (36, 36)
    assert found["checks"] == (2, 2)
    assert found["not null"] == (54, 54)
    assert not report.losses and not report.groups


def test_values_are_the_same_one_by_one(target: Target, legacy_db: Path) -> None:
    """A third path beside the loader's and the proof's: both sides as Python objects."""
    target.migrated(legacy_db)
    with closing(sqlite3.connect(f"file:{legacy_db}?mode=ro&immutable=1", uri=True)) as source:
        tables = source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
        ).fetchall()
        for (table,) in tables:
            columns = [row[1:3] for row in source.execute(f'PRAGMA table_info("{table}")')]
            listed = ", ".join(f'"{name}"' for name, _ in columns)
            here = source.execute(f'SELECT {listed} FROM "{table}"').fetchall()
            there = target.rows(f'SELECT {listed} FROM "{table}"')
            kinds = [declared for _, declared in columns]
            wanted = [tuple(_meant(v, k) for v, k in zip(row, kinds, strict=True)) for row in here]
            assert sorted(wanted, key=repr) == sorted(there, key=repr), table


def _meant(value: Any, declared: str) -> Any:
    if value is None:
        return None
    if declared == "BOOLEAN":
        return bool(value)
    if declared == "DATETIME":
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    return date.fromisoformat(value) if declared == "DATE" else value


def test_names_keep_their_spelling_and_predicates_stay(target: Target, legacy_db: Path) -> None:
    target.migrated(legacy_db)
    assert target.type("sessions", "userAgent") == "text"
    assert target.type("videos", "fileModifiedAt") == "timestamp without time zone"
    assert target.value('SELECT count("order") FROM tags') == 10
    predicates = dict(
        target.rows("SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '% WHERE %'")
    )
    assert "WHERE (deleted_at IS NULL)" in predicates["idx_videos_not_deleted"]
    assert "UNIQUE" in predicates["idx_creator_platforms_primary"]
    assert "WHERE (is_primary = true)" in predicates["idx_creator_platforms_primary"]


def test_types_follow_the_guide(target: Target, legacy_db: Path) -> None:
    target.migrated(legacy_db)
    types = {
        ("videos", "id"): "integer",
        ("videos", "duration_seconds"): "real",
        ("videos", "duration"): "double precision",
        ("videos", "file_size"): "bigint",
        ("videos", "is_favorite"): "boolean",
        ("videos", "released_on"): "date",
        ("tags", "order"): "bigint",
        ("conversion_jobs", "output_size"): "bigint",
        ("creators", "country"): "text",
        ("sessions", "expires_at"): "integer",
    }
    assert {key: target.type(*key) for key in types} == types


def test_shared_columns_are_filled_from_the_librarys_words(target: Target, legacy_db: Path) -> None:
    report = target.migrated(legacy_db)
    wrong = (
        "SELECT count(*) FROM videos WHERE duration_seconds IS DISTINCT FROM duration::real "
        "OR file_size_bytes IS DISTINCT FROM file_size"
    )
    assert target.value(wrong) == 0
    assert target.value("SELECT count(*) FROM creators WHERE description = bio") > 0
    columns = {(t.name, c.name): c for t in report.tables for c in t.columns}
    rounded = target.value("SELECT count(*) FROM videos WHERE duration_seconds <> duration")
    assert columns["videos", "duration_seconds"].rounded == rounded > 0


def test_next_ids_are_past_every_one_before(target: Target, library: Callable[..., Path]) -> None:
    file = library(
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT)",
        "INSERT INTO a VALUES (7, 'x'), (90, 'gone')",
        "DELETE FROM a WHERE id = 90",
        "CREATE TABLE b (id INTEGER PRIMARY KEY, n TEXT)",
        "INSERT INTO b VALUES (-5, 'x')",
        "CREATE TABLE c (id INTEGER PRIMARY KEY)",
    )
    target.migrated(file)
    assert target.value("INSERT INTO a (n) VALUES ('new') RETURNING id") == 91
    assert target.value("INSERT INTO b (n) VALUES ('new') RETURNING id") == 1
    assert target.value("INSERT INTO c DEFAULT VALUES RETURNING id") == 1


def test_ids_beyond_32_bits_make_both_ends_of_a_key_wide(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent)",
        "INSERT INTO parent VALUES (1), (3000000000)",
        "INSERT INTO child VALUES (1, 1)",
    )
    target.migrated(file)
    assert target.type("parent", "id") == target.type("child", "parent_id") == "bigint"
    assert target.value("INSERT INTO parent DEFAULT VALUES RETURNING id") == 3000000001


def test_the_file_is_only_read(target: Target, legacy_db: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    file.write_bytes(legacy_db.read_bytes())
    before = file.stat().st_mtime_ns, hashlib.sha256(file.read_bytes()).digest()
    target.migrated(file)
    assert (file.stat().st_mtime_ns, hashlib.sha256(file.read_bytes()).digest()) == before
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_a_second_run_says_so_and_changes_nothing(target: Target, legacy_db: Path) -> None:
    target.migrated(legacy_db)
    before = target.contents()
    again = target.migrate(legacy_db)
    assert again.status is Status.ALREADY and again.agrees
    assert "already" in again.headline
    assert target.contents() == before


def test_another_file_does_not_go_into_a_migrated_database(
    target: Target, legacy_db: Path, library: Callable[..., Path]
) -> None:
    target.migrated(library("CREATE TABLE t (a)"))
    other = target.migrate(legacy_db)
    assert other.status is Status.OTHER and not other.agrees
    assert target.value("SELECT to_regclass('scan_logs')") is None


def test_a_dry_run_checks_everything_and_writes_nothing(target: Target, legacy_db: Path) -> None:
    report = target.migrate(legacy_db, dry_run=True)
    assert report.status is Status.PLANNED and report.agrees and report.rows == 5640
    assert target.contents() == []


def test_a_library_that_is_there_already_but_empty_is_reconciled(
    library_url: str, legacy_db: Path
) -> None:
    with psycopg.connect(library_url, autocommit=True) as connection:
        target = Target(library_url, connection)
        before = _constraints(target)
        report = target.migrated(legacy_db)
        assert len(report.tables) == 33
        assert before <= _constraints(target)
        assert target.value("SELECT count(*) FROM face_recognition_config") == 5


def _constraints(target: Target) -> set[tuple[Any, ...]]:
    return set(
        target.rows(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE connamespace::regnamespace::text "
            "IN ('public', 'facereview') AND contype <> 'n' UNION ALL "
            "SELECT tablename, indexname, indexdef FROM pg_indexes "
            "WHERE schemaname IN ('public', 'facereview')"
        )
    )


def test_a_library_with_rows_is_refused(store: Store, legacy_db: Path) -> None:
    store.creators.find_or_add("Somebody")
    with (
        psycopg.connect(store.database.url, autocommit=True) as connection,
        pytest.raises(SchemaError, match=r"creators .* already holds rows"),
    ):
        Target(store.database.url, connection).migrate(legacy_db)


def test_settings_of_the_library_win_over_the_defaults(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE face_recognition_config (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "INSERT INTO face_recognition_config VALUES ('match_threshold', '0.42'), ('mine', 'x')",
    )
    target.migrated(file)
    kept = dict(target.rows("SELECT key, value FROM face_recognition_config"))
    assert kept["match_threshold"] == "0.42" and kept["mine"] == "x"
    assert kept["auto_tag_threshold"] == "0.7" and len(kept) == 6


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/St_Johns"])
def test_no_date_shifts_with_the_time_zone(
    target: Target, library: Callable[..., Path], zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = target.value("SELECT current_database()")
    target.run(f"ALTER DATABASE {database} SET timezone = '{zone}'")
    monkeypatch.setenv("TZ", zone)
    monkeypatch.setenv("PGTZ", zone)
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME, day DATE, unix TIMESTAMP)",
        "INSERT INTO t VALUES (1, '2024-03-31 02:30:00', '2024-03-31', 1711852200),"
        " (2, '2024-03-31T02:30:00+05:30', '2024-10-27', 1730000000)",
    )
    target.migrated(file)
    with psycopg.connect(target.url) as fresh:
        assert fresh.execute(
            "SELECT at::text, day::text, unix::text FROM t ORDER BY id"
        ).fetchall() == [
            ("2024-03-31 02:30:00", "2024-03-31", "2024-03-31 02:30:00"),
            ("2024-03-30 21:00:00", "2024-10-27", "2024-10-27 03:33:20"),
        ]


def test_cancelling_leaves_the_target_as_it_was(target: Target, legacy_db: Path) -> None:
    from facereview.migrate.migrate import Migration  # noqa: PLC0415

    seen: list[Stage] = []

    def note(progress: Progress) -> None:
        seen.append(progress.stage)

    migration = Migration(
        target.url, legacy_db, on_progress=note, cancelled=lambda: Stage.INDEXING in seen
    )
    with pytest.raises(Cancelled):
        migration.run()
    assert target.contents() == []


def test_progress_counts_rows_and_ends_at_the_whole(target: Target, legacy_db: Path) -> None:
    from facereview.migrate.migrate import Migration  # noqa: PLC0415

    seen: list[Progress] = []
    Migration(target.url, legacy_db, on_progress=seen.append).run()
    last = {progress.stage: progress for progress in seen}
    assert last[Stage.LOADING].done == last[Stage.LOADING].total == 5640
    assert last[Stage.PROVING].done == 5640
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions) and fractions[-1] == pytest.approx(1)
    assert "left" in last[Stage.PROVING].sentence


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "not an SQLite database"), (b"x" * 5000, "not an SQLite database")],
)
def test_a_file_that_is_no_library_is_named(
    target: Target, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "no.db"
    file.write_bytes(content)
    with pytest.raises(Invalid, match=said):
        target.migrate(file)
    with pytest.raises(Invalid, match="cannot be opened"):
        target.migrate(tmp_path / "absent.db")
    assert target.contents() == []


def test_a_truncated_library_is_named(target: Target, legacy_db: Path, tmp_path: Path) -> None:
    file = tmp_path / "half.db"
    file.write_bytes(legacy_db.read_bytes()[:1_200_000])
    with pytest.raises(Invalid):
        target.migrate(file)
    assert target.contents() == []


def test_a_library_with_damaged_pages_is_named(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "PRAGMA page_size = 1024",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)",
        "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 999) SELECT i, 'text ' || i FROM n",
    )
    data = bytearray(file.read_bytes())
    for page in (5, 9):
        data[page * 1024 : page * 1024 + 300] = bytes(300)
    file.write_bytes(data)
    for policy in ("stop", "quarantine"):
        with pytest.raises(Invalid, match=r"library\.db cannot be read \(.*(damaged|malformed)"):
            target.migrate(file, policy)
    assert target.contents() == []


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes on Linux only")
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_a_file_may_be_named_in_bytes_that_are_no_text(
    target: Target, library: Callable[..., Path], journal: str
) -> None:
    file = library(f"PRAGMA journal_mode = {journal}", "CREATE TABLE t (a TEXT)")
    odd = file.rename(file.with_name(os.fsdecode(b"caf\xe9.db")))
    report = target.migrated(odd)
    assert report.file.endswith("caf\ufffd.db") and json.dumps(report.as_dict()).encode()
    assert target.migrate(odd).status is Status.ALREADY


def test_the_store_opens_what_was_migrated(target: Target, legacy_db: Path) -> None:
    target.migrated(legacy_db)
    database = Database(target.url)
    with Store.open(database) as store:
        assert store.library.counts().videos == 2091
        found = all_videos(store, 5)
        assert len(found) == 5 and found[0].video.duration is not None
    database.close()


def test_texts_arrive_whatever_encoding_is_asked_for(
    target: Target, library: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof would read through the same wrong encoding, and agree."""
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    file = library("CREATE TABLE t (s TEXT)", "INSERT INTO t VALUES ('é 日本')")
    target.migrated(file)
    assert target.value("SELECT convert_to(s, 'UTF8') FROM t") == "é 日本".encode()


def test_a_row_that_is_too_big_is_not_an_unreachable_server(
    target: Target, library: Callable[..., Path]
) -> None:
    columns = ", ".join(f"c{number} REAL" for number in range(1050))
    values = ", ".join(["0.5"] * 1050)
    file = library(f"CREATE TABLE wide ({columns})", f"INSERT INTO wide VALUES ({values})")
    for dry_run in (True, False):
        with pytest.raises(DatabaseError, match="row of the table wide is too big") as refused:
            target.migrate(file, dry_run=dry_run)
        assert refused.value.remedy is None
    assert target.contents() == []
