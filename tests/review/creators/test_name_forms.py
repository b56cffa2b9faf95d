"""Names are kept composed, with single spaces; one that is stored otherwise is the same name."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import psycopg
import pytest

from facereview.errors import Invalid
from facereview.home import Home
from facereview.records import Creator, Thresholds
from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.names import plain
from facereview.review.creators.records import Profile
from facereview.review.decisions.decide import Decisions, clean_name
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.scanning.enrol import folder_candidates
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, make_faces, pack

Sql = psycopg.Connection[tuple[object, ...]]
NFC, NFD = "Zoë Ångström", unicodedata.normalize("NFD", "Zoë Ångström")


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 4)


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> CreatorsDesk:
    """A desk of its own connection, as the window has it."""
    pack = Thresholds(0.5, 0.7)
    return CreatorsDesk(Store(database), Home(tmp_path), "library", lambda: pack, "tester")


def seen(faces: Faces, *places: int) -> tuple[Seen, ...]:
    found = faces.store.faces.get(faces.ids)
    return tuple(
        Seen(i, faces.video, found[i].state) for i in (faces.ids[place] for place in places)
    )


def names(sql: Sql) -> list[object]:
    return [row[0] for row in sql.execute("SELECT name FROM creators ORDER BY id").fetchall()]


def foreign(sql: Sql, name: str) -> int:
    """A creator as another program stored it."""
    row = sql.execute("INSERT INTO creators (name) VALUES (%s) RETURNING id", (name,)).fetchone()
    assert row is not None
    return int(str(row[0]))


def test_a_name_is_kept_composed_and_with_single_spaces() -> None:
    assert clean_name(f"  {NFD.replace(' ', chr(0xA0))}\t") == NFC


@pytest.mark.parametrize("there", [NFD, f" {NFC}  ", NFC.replace(" ", "\u2003"), "Zoë  Ångström"])
def test_a_name_stored_in_another_form_is_found_and_not_made_twice(
    store: Store, faces: Faces, sql: Sql, there: str
) -> None:
    number = foreign(sql, there)
    assert store.creators.find_or_add(NFC).id == number
    outcome = Decisions(store, "tester").apply(
        Intent(Kind.ASSIGN, seen(faces, 0), new_name=f" {NFD}")
    )
    assert outcome is not None
    assert outcome.creator == Creator(number, there)
    assert len(names(sql)) == 3


@pytest.mark.parametrize("other", ["zoë ångström", "Zoe Angstrom", "ZoëÅngström", "Zoë Ångströms"])
def test_a_name_that_differs_in_more_than_form_is_another_one(
    store: Store, sql: Sql, other: str
) -> None:
    made = store.creators.find_or_add(NFC)
    assert store.creators.find_or_add(other).id != made.id
    assert names(sql) == [NFC, other]


def test_a_decision_keeps_the_new_name_composed(store: Store, faces: Faces, sql: Sql) -> None:
    decide = Decisions(store, "tester")
    for place in (0, 1):
        decide.apply(Intent(Kind.ASSIGN, seen(faces, place), new_name=f"{NFD} "))
    assert names(sql)[2:] == [NFC]


def test_creating_and_renaming_refuse_a_name_stored_in_another_form(
    desk: CreatorsDesk, faces: Faces, sql: Sql
) -> None:
    number = foreign(sql, NFD)
    with pytest.raises(Invalid, match="already"):
        desk.naming.add(Profile(NFC))
    with pytest.raises(Invalid, match="Another creator is called"):
        desk.naming.change(faces.bob.id, Profile("Bob"), Profile(NFC))
    assert names(sql) == ["Ann", "Bob", NFD]
    assert desk.naming.change(number, Profile(NFD), Profile(f"{NFC} ")).name == NFC
    assert names(sql) == ["Ann", "Bob", NFC]


def test_other_names_are_kept_composed_and_once(desk: CreatorsDesk, faces: Faces, sql: Sql) -> None:
    for alias in (NFD, NFC, f" {NFC} "):
        assert desk.naming.add_alias(faces.bob.id, alias) == (NFC,)
    assert desk.naming.add_alias(faces.ann.id, " Ann") == ()


def test_splitting_to_a_name_in_another_form_finds_it(
    desk: CreatorsDesk, store: Store, faces: Faces, sql: Sql
) -> None:
    number = foreign(sql, NFD)
    Decisions(store, "tester").apply(Intent(Kind.ASSIGN, seen(faces, 0, 1), creator=faces.ann))
    split = desk.splitting.split(faces.ann.id, faces.ids[:1], NFC)
    assert split.creator.id == number


def test_a_folder_in_another_form_enrols_for_the_creator_who_is_there(
    tmp_path: Path, store: Store
) -> None:
    folder = tmp_path / NFD
    folder.mkdir()
    (folder / "one.jpg").touch()
    made = store.creators.find_or_add(NFC)
    (candidate,) = folder_candidates(tmp_path)
    assert store.creators.spelt(clean_name(candidate.name)) == made


def test_what_waits_in_the_journal_is_forgotten_in_whatever_form(
    tmp_path: Path, faces: Faces
) -> None:
    journal = Journal(tmp_path / "journal", "library")
    journal.add(Intent(Kind.ASSIGN, seen(faces, 0), new_name=NFC))
    assert len(journal.about([], [NFD])) == 1
    assert Journal.mentions(tmp_path / "journal", [NFD]) > 0
    journal.forget([], [NFD])
    assert journal.waiting() == []
    assert Journal.mentions(tmp_path / "journal", [NFD]) == 0
    journal.close()


# ------------------------------------------------------------------------- what the fields are told


def test_the_names_are_read_again_only_when_somebody_changed_one(
    store: Store, faces: Faces, sql: Sql, desk: CreatorsDesk
) -> None:
    names = NamesDesk(store, "tester")
    first = names.names()
    assert first.index is not None
    assert names.names(first.stamp).index is None
    changes = (
        lambda: desk.naming.add_alias(faces.bob.id, "Robert"),
        lambda: sql.execute("UPDATE creators SET name = 'Bobby' WHERE name = 'Bob'"),
        lambda: foreign(sql, "Cora"),
        lambda: sql.execute("DELETE FROM creators WHERE name = 'Cora'"),
    )
    stamp = first.stamp
    for change in changes:
        change()
        told = names.names(stamp)
        assert told.index is not None
        stamp = told.stamp
    index = names.names().index
    assert index is not None
    (row, *_) = index.answer("rob").rows
    assert (row.creator, row.alias) == (Creator(faces.bob.id, "Bobby"), "Robert")


def test_those_named_last_come_first_and_what_was_undone_does_not_count(
    store: Store, faces: Faces
) -> None:
    names, decide = NamesDesk(store, "tester"), History(store, "tester", pack)
    assert names.names().used == ()
    decide.apply(Intent(Kind.ASSIGN, seen(faces, 0), creator=faces.ann))
    decide.apply(Intent(Kind.ACCEPT, seen(faces, 1), creator=faces.bob))
    Decisions(store, "somebody else").apply(Intent(Kind.ASSIGN, seen(faces, 2), new_name="Cora"))
    assert names.names().used == (faces.bob.id, faces.ann.id)
    decide.apply(Intent(Kind.UNDO))
    assert names.names().used == (faces.ann.id,)
    decide.apply(Intent(Kind.REDO))
    assert names.names().used == (faces.bob.id, faces.ann.id)


def test_numbers_of_faces_are_those_of_the_library(store: Store, faces: Faces) -> None:
    Decisions(store, "tester").apply(Intent(Kind.ASSIGN, seen(faces, 0, 1), creator=faces.ann))
    people = NamesDesk(store, "tester").people()
    assert {one.creator.name: one.decided for one in people} == {"Ann": 2, "Bob": 0}
    assert plain(people[0].creator.name) == "Ann"
