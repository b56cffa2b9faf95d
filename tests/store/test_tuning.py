"""Further indexes: the same rows with them, made again where they are broken, refused in words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from psycopg import conninfo
from psycopg import sql as sql_text
from test_filters import filled

from facereview.cli.advice import told
from facereview.errors import DatabaseBusy, DatabaseError, Remedy
from facereview.filters import Between, CreatorRole, FaceFilter, FaceKind, SortBy
from facereview.home import Home
from facereview.review.filters.tuning import LibraryTuning, Outcome
from facereview.store import backup
from facereview.store.filters import faces as filtering
from facereview.store.filters.tuning import SORTED_BY, TUNED, Helped, Tuned, Tuning
from facereview.store.session import Database
from facereview.store.store import Store

Sql = psycopg.Connection[Any]

PLAIN = [index for kind, indexes in TUNED.items() if kind is not Helped.TEXT for index in indexes]
"""Those that need no extension."""

WANTED = {
    "every face": FaceFilter(),
    "pending": FaceFilter(kinds=(FaceKind.PENDING,)),
    "rejected": FaceFilter(kinds=(FaceKind.REJECTED,)),
    "of a creator": FaceFilter(creators=(2,), roles=(CreatorRole.DECIDED, CreatorRole.SUGGESTED)),
    "folder": FaceFilter(folder="/films/a"),
    "one video": FaceFilter(videos=(3,)),
    "probable": FaceFilter(probability=Between(0.3, 0.8), kinds=(FaceKind.PENDING,)),
    "similar": FaceFilter(similarity=Between(0.3, None)),
    "nothing": FaceFilter(text="in no title"),
}


@pytest.fixture(scope="module")
def tied(new_databases: Any) -> Iterator[tuple[Store, Sql]]:
    """The library of the filters' tests, many of its values equal, with and without the indexes."""
    database = Database(new_databases("template_library"))
    with (
        Store.open(database) as store,
        psycopg.connect(database.url, autocommit=True) as sql,
    ):
        with sql.transaction():
            filled(sql)
        sql.execute("UPDATE facereview.track SET risk = round(risk::numeric, 1) WHERE risk < .9")
        sql.execute("UPDATE facereview.track SET risk = .1 WHERE risk < .1")
        sql.execute("UPDATE facereview.settled SET risk = round(risk::numeric, 1)")
        sql.execute("UPDATE facereview.membership SET similarity = 'NaN' WHERE detection_id < 40")
        yield store, sql
    database.close()


def tune(store: Store) -> None:
    """All indexes that this server can have."""
    for index in PLAIN:
        Tuning(store.session).make(index)


def untune(store: Store) -> None:
    """None of them."""
    for index in PLAIN:
        Tuning(store.session).remove(index)


def pages(store: Store, wanted: FaceFilter, sort: SortBy, size: int) -> list[int]:
    """All faces of an order, page by page."""
    page = store.filtered.page(wanted, sort, size)
    found: list[int] = page.faces.tolist()
    while page.after is not None:
        page = store.filtered.page(wanted, sort, size, page.after)
        found += page.faces.tolist()
    return found


@pytest.mark.parametrize("entries", [(1, 2), (1, 9), (7, 8), (100, 200)])
@pytest.mark.parametrize("sort", [*SORTED_BY])
def test_each_filter_gives_the_same_pages_with_the_indexes_as_without(
    tied: tuple[Store, Sql],
    monkeypatch: pytest.MonkeyPatch,
    sort: SortBy,
    entries: tuple[int, int],
) -> None:
    store, _ = tied
    monkeypatch.setattr(filtering, "_ENTRIES", entries)
    untune(store)
    without = {name: pages(store, wanted, sort, 9) for name, wanted in WANTED.items()}
    tune(store)
    for name, wanted in WANTED.items():
        assert pages(store, wanted, sort, 9) == without[name], name
        assert store.filtered.ids(wanted, sort).tolist() == without[name]
    assert len(without["every face"]) == len(set(without["every face"])) == 600


@pytest.mark.parametrize("sort", [*SORTED_BY])
def test_a_first_page_is_read_from_the_indexes_only_where_they_are_whole(
    tied: tuple[Store, Sql], sort: SortBy
) -> None:
    store, sql = tied
    tune(store)

    def used() -> bool:
        with patch.object(store.session, "composed", wraps=store.session.composed) as composed:
            store.filtered.page(FaceFilter(), sort, 50)
        return [f"leading_{sort}" in call.args[0] for call in composed.call_args_list] == [True]

    assert used()
    index = TUNED[SORTED_BY[sort]][-1]
    sql.execute(
        "UPDATE pg_index SET indisvalid = FALSE WHERE indexrelid = %s::regclass", [index.full_name]
    )
    assert not used()
    tune(store)
    assert used()
    Tuning(store.session).remove(index)
    assert not used()


def interrupted(sql: Sql, index: Tuned) -> None:
    """Begin to make an index, and end that while it waits for another program's transaction."""
    url = sql.info.dsn
    with psycopg.connect(url) as busy, psycopg.connect(url, autocommit=True) as maker:
        busy.execute(f"SELECT FROM {index.schema}.{index.table}")
        busy.execute("INSERT INTO videos (file_path) VALUES ('/another/program')")
        busy.execute(f"LOCK {index.schema}.{index.table} IN ROW EXCLUSIVE MODE")
        failed: list[BaseException] = []

        def make() -> None:
            try:
                maker.execute(
                    f"CREATE INDEX CONCURRENTLY {index.name} ON {index.schema}.{index.table} "
                    f"{index.definition}"
                )
            except psycopg.Error as fault:
                failed.append(fault)

        making = threading.Thread(target=make)
        making.start()
        begun = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"
        while sql.execute(begun, [maker.info.backend_pid]).fetchone() is None:
            assert making.is_alive()
        sql.execute("SELECT pg_cancel_backend(%s)", [maker.info.backend_pid])
        making.join()
        assert isinstance(failed[0], psycopg.errors.QueryCanceled)


def test_what_an_interrupted_making_left_is_found_and_made_again(store: Store, sql: Sql) -> None:
    index = TUNED[Helped.QUALITY][0]
    interrupted(sql, index)
    tuning = LibraryTuning(store)
    [seen] = [one for one in tuning.tune(every=True, trying=True) if one.broken]
    assert (seen.name, seen.outcome) == (index.name, Outcome.WOULD_BE_MADE)
    [made] = [one for one in tuning.tune(every=True) if one.broken]
    assert (made.name, made.outcome) == (index.name, Outcome.MADE)
    assert all(one.valid for one in Tuning(store.session).there().values())
    assert {one.outcome for one in tuning.tune()} == {Outcome.THERE, Outcome.NO_EXTENSION}


def test_what_is_broken_is_removed_where_it_is_not_needed(
    store: Store, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LibraryTuning, "_page_ms", lambda *_: 1.0)
    index = TUNED[Helped.QUALITY][0]
    interrupted(sql, index)
    found = {one.name: one for one in LibraryTuning(store).tune()}
    assert found[index.name].broken
    assert found[index.name].outcome is Outcome.FAST_ENOUGH
    assert Tuning(store.session).there() == {}


def test_only_what_measurement_shows_to_help_is_kept(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = {Helped.PROBABILITY: [300.0, 20.0], Helped.SIMILARITY: [50.0, 49.0],
             Helped.QUALITY: [1.0], Helped.CREATOR: [2.0]}  # fmt: skip
    monkeypatch.setattr(LibraryTuning, "_page_ms", lambda _, kind: times[kind].pop(0))
    said: list[str] = []
    found = LibraryTuning(store, said.append).tune()
    outcomes = {one.helped: one.outcome for one in found}
    assert outcomes == {
        Helped.PROBABILITY: Outcome.MADE,
        Helped.SIMILARITY: Outcome.NO_HELP,
        Helped.QUALITY: Outcome.FAST_ENOUGH,
        Helped.CREATOR: Outcome.FAST_ENOUGH,
        Helped.TEXT: Outcome.NO_EXTENSION,
    }
    kept = {index.name for index in TUNED[Helped.PROBABILITY]}
    assert set(Tuning(store.session).there()) == kept
    assert "Making facereview_track_sure on facereview.track" in said
    times |= {Helped.SIMILARITY: [50.0], Helped.QUALITY: [1.0], Helped.CREATOR: [2.0]}
    for one in LibraryTuning(store).tune(trying=True):
        if one.helped is Helped.PROBABILITY:
            assert (one.outcome, one.before_ms, one.after_ms) == (Outcome.THERE, 300.0, 20.0)
            assert one.bytes is not None
            assert one.seconds is not None


def test_a_dry_run_changes_nothing_and_dropping_takes_all_away(store: Store, sql: Sql) -> None:
    everything = "SELECT indexname FROM pg_indexes WHERE schemaname IN ('public', 'facereview')"
    before = sorted(sql.execute(everything).fetchall())
    tuning = LibraryTuning(store)
    planned = [one for one in tuning.tune(every=True, trying=True) if one.helped is not Helped.TEXT]
    assert {one.outcome for one in planned} == {Outcome.WOULD_BE_MADE}
    assert sorted(sql.execute(everything).fetchall()) == before
    made = [one.name for one in tuning.tune(every=True) if one.outcome is Outcome.MADE]
    assert made == [index.name for index in PLAIN] == [one.name for one in planned]
    would = tuning.drop(trying=True)
    assert [(one.name, one.outcome) for one in would] == [
        (name, Outcome.WOULD_BE_REMOVED) for name in made
    ]
    assert len(sql.execute(everything).fetchall()) == len(before) + len(made)
    assert [one.name for one in tuning.drop()] == made
    assert sorted(sql.execute(everything).fetchall()) == before
    assert tuning.drop() == []
    assert Tuning(store.session).measured() == {}


def test_text_is_indexed_where_the_database_has_trigrams(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(LibraryTuning, "_page_ms", lambda *_: 1.0)
    monkeypatch.setattr(Tuning, "trigrams", lambda _: '"public"."gin_trgm_ops"')
    monkeypatch.setattr(Tuning, "_run", lambda _, what, limit="0": ran.append(what.as_string()))
    for index in TUNED[Helped.TEXT]:
        Tuning(store.session).make(index)
    made = 'CREATE INDEX CONCURRENTLY "facereview_title_text" ON "public"."videos" '
    assert made + 'USING gin (lower(title) "public"."gin_trgm_ops")' in ran
    assert LibraryTuning(store).tune(trying=True)[-1].outcome is Outcome.FAST_ENOUGH


# ---------------------------------------------------------------------------------------- refusals


@pytest.fixture
def reader(store: Store, library_url: str, sql: Sql) -> Iterator[Callable[..., Store]]:
    """A store of a user who may read, and what else is granted."""
    sql.execute("CREATE ROLE tuner LOGIN")
    sql.execute("GRANT pg_read_all_data, pg_write_all_data TO tuner")
    databases: list[Database] = []

    def make(*grants: str) -> Store:
        for grant in grants:
            sql.execute(grant)
        databases.append(Database(conninfo.make_conninfo(library_url, user="tuner")))
        return Store(databases[-1])

    yield make
    for database in databases:
        database.close()
    sql.execute("REASSIGN OWNED BY tuner TO CURRENT_USER")
    sql.execute("DROP OWNED BY tuner")
    sql.execute("DROP ROLE tuner")


@pytest.mark.parametrize("act", [LibraryTuning.tune, LibraryTuning.drop])
def test_who_may_not_is_told_who_may(
    reader: Callable[..., Store], act: Callable[[LibraryTuning], object]
) -> None:
    with reader() as store:
        with pytest.raises(DatabaseError) as caught:
            act(LibraryTuning(store))
        assert caught.value.remedy is Remedy.LET_OWNER_TUNE
        assert told(caught.value) == (
            f"The user may make no indexes on the table facereview.membership of "
            f"{store.database.place}: let its owner {caught.value.thing} run `facereview db tune`."
        )
        assert LibraryTuning(store).tune(trying=True)  # to look is allowed


def test_who_owns_the_tables_but_not_the_schema_is_told_so(
    reader: Callable[..., Store], sql: Sql
) -> None:
    tables = sorted({f"{index.schema}.{index.table}" for index in PLAIN} | {"public.videos"})
    with reader(*(f"ALTER TABLE {table} OWNER TO tuner" for table in tables)) as store:
        sql.execute("REVOKE CREATE ON SCHEMA facereview FROM tuner")
        with pytest.raises(DatabaseError) as caught:
            LibraryTuning(store).tune(every=True)
        assert "may make no indexes in the schema facereview of" in str(caught.value)
        assert str(caught.value).endswith("for the right to CREATE there.")
        sql.execute("GRANT CREATE ON SCHEMA facereview, public TO tuner")
        assert Outcome.MADE in {one.outcome for one in LibraryTuning(store).tune(every=True)}


def test_two_do_not_tune_at_once(store: Store, library_url: str) -> None:
    other = Database(library_url)
    with Store(other) as second:
        with Tuning(store.session).alone():
            for act in (LibraryTuning.tune, LibraryTuning.drop):
                with pytest.raises(DatabaseBusy, match="Somebody else is making or removing"):
                    act(LibraryTuning(second))
        LibraryTuning(second).tune()
    other.close()


def test_a_library_that_is_read_only_now_is_left_as_it_is(store: Store, library_url: str) -> None:
    readonly = Database(
        conninfo.make_conninfo(library_url, options="-c default_transaction_read_only=on")
    )
    with Store(readonly) as second, pytest.raises(DatabaseError, match="is read-only now, and"):
        LibraryTuning(second).tune(every=True)
    readonly.close()
    assert Tuning(store.session).there() == {}


def test_what_could_not_be_made_is_said_and_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Tuning._run

    def full(tuning: Tuning, statement: sql_text.Composed, limit: str = "0") -> None:
        run(tuning, statement, limit)
        if "CREATE INDEX" in statement.as_string():
            raise DatabaseBusy("The database cannot do this: No space left on device.")

    monkeypatch.setattr(Tuning, "_run", full)
    with pytest.raises(DatabaseBusy, match="No space left"):
        LibraryTuning(store).tune(every=True)
    assert Tuning(store.session).there() == {}


def test_a_backup_brings_the_indexes_that_any_server_can_have(
    store: Store, sql: Sql, new_database: Callable[..., str], tmp_path: Path
) -> None:
    LibraryTuning(store).tune(every=True)
    sql.execute("CREATE INDEX facereview_title_text ON videos (lower(title))")
    file = tmp_path / "library.backup"
    backup.dump(store.database.url, file, Home(tmp_path / "one"))
    other = Database(new_database())
    backup.restore(other.url, file, Home(tmp_path / "other"))
    with Store(other) as second:
        assert set(Tuning(second.session).there()) == {index.name for index in PLAIN}
    other.close()
