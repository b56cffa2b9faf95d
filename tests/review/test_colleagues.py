"""What a window hears of others on the same library, told or found by looking."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from facereview.review.colleagues import LOOK_SECONDS, Colleagues, Heard, News, Presence
from facereview.review.creators.naming import Naming
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.session import Database, queries
from facereview.store.store import Store
from support import Faces, detection, direction, make_faces, pack


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def faces(store: Store) -> Faces:
    """The other window is that of ``store``."""
    return make_faces(store, 3)


@pytest.fixture
def mine(library_url: str) -> Iterator[Database]:
    database = Database(library_url)
    yield database
    database.close()


def listening(database: Database, clock: Clock, *, told: bool = True) -> Colleagues:
    made = Colleagues(database, clock, told=told)
    made.wait()
    return made


def news(colleagues: Colleagues) -> News:
    """The next news there is."""
    for _ in range(50):
        found = colleagues.wait().news
        if found is not None:
            return found
    raise AssertionError("nothing was heard")


def test_a_committed_act_is_told_and_one_that_is_rolled_back_is_not(
    faces: Faces, mine: Database
) -> None:
    colleagues = listening(mine, Clock())
    theirs = Decisions(faces.store, "bob")
    with pytest.raises(ZeroDivisionError), faces.store.transaction():
        theirs.apply(faces.accept(1))
        raise ZeroDivisionError
    assert colleagues.wait() == Heard()
    theirs.apply(faces.accept(0))
    assert news(colleagues) == News(decided=(faces.ids[0],))
    History(faces.store, "bob", pack).apply(Intent(Kind.UNDO))
    assert news(colleagues).pending == (faces.ids[0],)
    Naming(faces.store, "bob").rename(faces.ann.id, "Zoe")
    assert news(colleagues) == News(creators=True)
    colleagues.close()


def test_what_this_window_did_itself_is_no_news(faces: Faces, mine: Database) -> None:
    clock = Clock()
    colleagues = listening(mine, clock)
    with Store(mine) as store:
        Decisions(store, "alice").apply(faces.accept(0))
        assert colleagues.wait() == Heard()
        clock.now += LOOK_SECONDS
        assert colleagues.wait() == Heard()
    colleagues.close()


def test_where_no_word_comes_through_a_look_finds_what_happened(
    faces: Faces, mine: Database
) -> None:
    clock = Clock()
    colleagues = listening(mine, clock, told=False)
    store = faces.store
    Decisions(store, "bob").apply(faces.accept(0))
    assert colleagues.wait() == Heard()
    clock.now += LOOK_SECONDS
    assert colleagues.wait() == Heard(News(decided=(faces.ids[0],)))
    new = store.videos.add_face(faces.video, detection(direction(5)))
    store.creators.add("Cora")
    store.library.set_config("match_threshold", "0.61")
    clock.now += LOOK_SECONDS
    found = colleagues.wait().news
    assert found == News(new=(new,), creators=True, videos=True, settings=True)
    clock.now += LOOK_SECONDS
    assert colleagues.wait() == Heard()
    colleagues.close()


def test_a_server_that_takes_no_listen_is_looked_at(
    faces: Faces, mine: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = (  # as a standby says it
        "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '25006' "
        "USING MESSAGE = 'cannot execute LISTEN during recovery'; END $$"
    )
    monkeypatch.setitem(queries(), "listen", refused)
    clock = Clock()
    colleagues = listening(mine, clock)
    Decisions(faces.store, "bob").apply(faces.accept(0))
    assert colleagues.wait([Presence("", "Alice", 1)]) == Heard()
    clock.now += LOOK_SECONDS
    assert colleagues.wait() == Heard(News(decided=(faces.ids[0],)))
    colleagues.close()


def test_a_window_listens_on_one_connection(faces: Faces, mine: Database) -> None:
    colleagues = listening(mine, Clock())
    for _ in range(3):
        colleagues.wait([Presence("", "Alice", 1)])
    with faces.store.session.connection() as connection:
        held = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND query ~ 'pg_notify|LISTEN' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert held == (1,)
    colleagues.close()


def test_after_a_lost_connection_anything_may_be_another(faces: Faces, mine: Database) -> None:
    clock = Clock()
    colleagues = listening(mine, clock)
    with faces.store.session.connection() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert colleagues.wait() == Heard()
    Decisions(faces.store, "bob").apply(faces.accept(0))
    clock.now += LOOK_SECONDS
    found = colleagues.wait().news
    assert found is not None
    assert found.everything
    assert found.decided == (faces.ids[0],)
    assert colleagues.wait() == Heard()
    colleagues.close()


def test_who_has_which_face_open_is_heard_by_the_others_only(
    faces: Faces, mine: Database, database: Database
) -> None:
    alice, bob = listening(mine, Clock()), listening(database, Clock())
    assert alice.wait().asked
    alice.wait([Presence("", "Alice", faces.ids[1])])
    assert bob.wait().presences == (Presence(mine.window, "Alice", faces.ids[1]),)
    assert alice.wait() == Heard()
    alice.close()
    bob.close()
