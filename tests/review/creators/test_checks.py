"""What is asked of a face before it is stored is what Health says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache
from facereview.media.images import load_image
from facereview.records import Config, Creator, Embedding, SourceType
from facereview.review.creators.checks import Checks
from facereview.review.creators.intake import Kept, PictureIntake
from facereview.review.creators.reference_health import Health, ranked, with_more
from facereview.review.creators.reference_records import Caution, Doubt
from facereview.review.scanning.enrol import Candidate, Enroller
from facereview.store.creators import ReferenceMatrix
from facereview.store.session import Database
from facereview.store.store import Store
from support import direction, unit

Sql = psycopg.Connection[Any]
THRESHOLD = 0.4
CONFIG = Config(THRESHOLD, 0.55)


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack))


@pytest.fixture
def intake(store: Store, engine: InsightEngine, tmp_path: Path) -> PictureIntake:
    kept = Kept(CropCache(tmp_path / "faces"), CropCache(tmp_path / "copies"))
    return PictureIntake(store, engine, kept, CONFIG, actor="me")


@pytest.fixture
def amy(store: Store, intake: PictureIntake, data: Path) -> Creator:
    """Amy with four of her five pictures."""
    amy = store.creators.find_or_add("amy")
    for number in range(1, 5):
        look = intake.look(picture(data, "amy", number), amy.id)
        assert intake.store(look, 0, amy).references
    return amy


def picture(data: Path, who: str, number: int) -> Path:
    return data / "people" / who / f"{who}{number}.png"


def spoiled(path: Path, folder: Path, how: str) -> Path:
    """A picture of a face, spoiled; the face is about 100 pixels wide."""
    pixels = load_image(path)
    image = Image.fromarray(pixels)
    made = {
        "blurred": lambda: image.filter(ImageFilter.GaussianBlur(5)),
        "moved": lambda: Image.fromarray(shaken(pixels)),
        "dark": lambda: image.point(lambda v: int(v * 0.1)),
        "bright": lambda: image.point(lambda v: min(255, 80 + int(v * 1.4))),
    }[how]()
    made.save(folder / f"{how}.png")
    return folder / f"{how}.png"


def shaken(pixels: np.ndarray) -> np.ndarray:
    """Moved sideways by twenty pixels while it was taken."""
    moved = [np.roll(pixels.astype(np.float32), shift, axis=1) for shift in range(20)]
    return np.asarray(np.mean(moved, axis=0), np.uint8)


def doubts(cautions: tuple[Caution, ...]) -> set[Doubt]:
    return {one.doubt for one in cautions}


def health(store: Store) -> list[int]:
    return [i for i, _ in ranked(Health(store.creators.matrix(), THRESHOLD).everything())]


# ------------------------------------------------------------------------------ on real pictures


def test_a_good_picture_is_stored_and_health_stays_as_it_was(
    intake: PictureIntake, store: Store, amy: Creator, data: Path
) -> None:
    assert health(store) == []
    look = intake.look(picture(data, "amy", 5), amy.id)
    assert (look.faces[0].cautions, look.faces[0].first) == ((), False)
    assert intake.store(look, 0, amy).references
    assert health(store) == []


def test_a_dog_is_no_picture_of_anybody(
    intake: PictureIntake, store: Store, amy: Creator, data: Path
) -> None:
    dogs = data / "negatives" / "dogs.jpg"
    look = intake.look(dogs, amy.id)
    assert look.faces
    for place, face in enumerate(look.faces):
        assert {Doubt.UNSURE, Doubt.UNLIKE} <= doubts(face.cautions)
        refused = intake.store(look, place, amy)
        assert (refused.references, doubts(refused.refused)) == ((), doubts(face.cautions))
    for face in intake.look(dogs, None).faces:  # nor of somebody new
        assert Doubt.UNSURE in doubts(face.cautions)
        assert face.first
    assert len(store.creators.references(amy.id)) == 4


@pytest.mark.parametrize(
    ("how", "doubt"),
    [
        ("blurred", Doubt.BLURRED),
        ("moved", Doubt.BLURRED),
        ("dark", Doubt.DARK),
        ("bright", Doubt.BRIGHT),
    ],
)
@pytest.mark.parametrize("who", ["amy", "raj"])
def test_a_spoiled_picture_is_not_stored_unasked(
    intake: PictureIntake,
    store: Store,
    data: Path,
    tmp_path: Path,
    how: str,
    doubt: Doubt,
    who: str,
) -> None:
    creator = store.creators.find_or_add(who)
    look = intake.look(spoiled(picture(data, who, 1), tmp_path, how), creator.id)
    for face in look.faces:  # heavily spoiled ones may not be found at all
        assert doubt in doubts(face.cautions)
        assert face.first
    if look.faces:
        assert not intake.store(look, 0, creator).references
    assert store.creators.references(creator.id) == []


def test_somebody_elses_picture_is_unlike_and_closer_to_them(
    intake: PictureIntake, store: Store, amy: Creator, data: Path
) -> None:
    raj = store.creators.find_or_add("raj")
    look = intake.look(picture(data, "raj", 1), amy.id)
    assert doubts(look.faces[0].cautions) == {Doubt.UNLIKE}
    intake.store(intake.look(picture(data, "raj", 2), raj.id), 0, raj)
    found = {
        one.doubt: one for one in intake.look(picture(data, "raj", 1), amy.id).faces[0].cautions
    }
    assert set(found) == {Doubt.UNLIKE, Doubt.OTHER}
    assert found[Doubt.OTHER].creator == raj
    assert found[Doubt.UNLIKE].value < THRESHOLD


# ------------------------------------------------------------------------------------ confirming


def test_each_doubt_is_confirmed_by_itself(
    intake: PictureIntake, store: Store, amy: Creator, data: Path
) -> None:
    raj = store.creators.find_or_add("raj")
    intake.store(intake.look(picture(data, "raj", 2), raj.id), 0, raj)
    look = intake.look(picture(data, "raj", 1), amy.id)
    points = [one.point for one in look.faces[0].cautions]
    assert len(points) == 2
    for some in ([], points[:1], points[1:], [(Doubt.OTHER, amy.id), points[1]]):
        assert not intake.store(look, 0, amy, confirmed=some).references
    assert intake.store(look, 0, amy, confirmed=points).references


def test_what_came_to_be_doubtful_meanwhile_is_asked_when_storing(
    intake: PictureIntake, store: Store, data: Path
) -> None:
    amy, raj = (store.creators.find_or_add(name) for name in ("amy", "raj"))
    look = intake.look(picture(data, "raj", 1), amy.id)
    assert look.faces[0].cautions == ()
    intake.store(intake.look(picture(data, "raj", 2), raj.id), 0, raj)
    refused = intake.store(look, 0, amy)
    assert (refused.references, doubts(refused.refused)) == ((), {Doubt.OTHER})
    assert store.creators.references(amy.id) == []


def compared(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Do something whenever the likeness of a face is compared."""
    likeness = Checks.likeness

    def watched(self: Checks, embedding: Embedding) -> tuple[Caution, ...]:
        meanwhile()
        return likeness(self, embedding)

    monkeypatch.setattr(Checks, "likeness", watched)


def test_no_transaction_waits_while_a_picture_is_compared(
    intake: PictureIntake,
    store: Store,
    engine: InsightEngine,
    amy: Creator,
    data: Path,
    sql: Sql,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    look = intake.look(picture(data, "amy", 5), amy.id)
    waiting: list[object] = []
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )
    compared(monkeypatch, lambda: waiting.append(sql.execute(query).fetchone()))
    assert intake.store(look, 0, amy).references
    enroller = Enroller(store, engine, intake, 1)
    assert enroller.enrol(Candidate("raj", picture(data, "raj", 1))).reference_id is not None
    assert enroller.enrol(Candidate("raj", picture(data, "raj", 2))).reference_id is not None
    assert len(waiting) >= 5
    assert set(waiting) == {(0,)}


def test_what_comes_while_a_picture_is_compared_is_compared_too(
    intake: PictureIntake,
    store: Store,
    amy: Creator,
    data: Path,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raj = store.creators.find_or_add("raj")
    look = intake.look(picture(data, "amy", 5), amy.id)
    others = [Store(database)]

    def store_the_same() -> None:
        if others:
            with others.pop() as other:
                vector = look.faces[0].embedding
                other.creators.add_reference(raj.id, vector, SourceType.MANUAL, None, 0.9)

    compared(monkeypatch, store_the_same)
    refused = intake.store(look, 0, amy)
    assert (refused.references, doubts(refused.refused)) == ((), {Doubt.KNOWN, Doubt.OTHER})
    assert len(store.creators.references(amy.id)) == 4


def test_pictures_at_hand_are_compared_with_each_other(
    intake: PictureIntake, store: Store, data: Path
) -> None:
    amy = store.creators.find_or_add("amy")
    first = intake.look(picture(data, "amy", 1), amy.id).faces[0]
    assert first.first
    beside = [first.embedding]
    second = intake.look(picture(data, "amy", 2), amy.id, beside).faces[0]
    assert (second.first, second.cautions) == (False, ())
    stranger = intake.look(picture(data, "raj", 1), amy.id, beside).faces[0]
    assert doubts(stranger.cautions) == {Doubt.UNLIKE}
    (again,) = intake.look(picture(data, "amy", 1), amy.id, beside).faces[0].cautions
    assert (again.doubt, again.reference_id) == (Doubt.KNOWN, None)


# ------------------------------------------------------------------------------------ with Health


def test_a_face_that_makes_another_reference_look_wrong(store: Store) -> None:
    ann, bob = (store.creators.find_or_add(name) for name in ("Ann", "Bob"))
    a, b, c, d = (direction(axis) for axis in range(4))
    face = 0.8 * a + 0.6 * c
    odd = unit(0.3 * a + 0.5 * b + 0.6 * c + 0.55 * d)  # like Bob's other, and more like the face
    store.creators.add_reference(ann.id, a, SourceType.MANUAL, None, 0.9)
    store.creators.add_reference(bob.id, b, SourceType.MANUAL, None, 0.9)
    added = store.creators.add_reference(bob.id, odd, SourceType.MANUAL, None, 0.9)
    assert health(store) == []
    (found,) = Checks(store, store.creators.matrix(), CONFIG, ann.id, sure=0.5).likeness(face)
    assert (found.doubt, found.creator, found.reference_id) == (Doubt.CONFUSES, bob, added)
    store.creators.add_reference(ann.id, face, SourceType.MANUAL, None, 0.9)
    assert health(store) == [added]


def test_a_face_that_speaks_for_a_reference_and_so_against_somebody_it_is_not_like(
    store: Store,
) -> None:
    """A wrong one of Ann's is taken for right beside it, and one of Bob's then looks wrong."""
    ann, bob = (store.creators.find_or_add(name) for name in ("Ann", "Bob"))
    a, b, c, d = (direction(axis) for axis in range(4))
    his = 0.7 * a + 0.51**0.5 * b
    face = 0.9 * a - 0.19**0.5 * b
    assert float(face @ his) < THRESHOLD
    his_other = unit(0.6 * his + 0.24 * (0.7 * b - 0.51**0.5 * a) + 0.76 * d)  # not like hers
    held = [(ann, a), (ann, 0.5 * a + 0.75**0.5 * c), (bob, his), (bob, his_other)]
    wrong, _, blamed, _ = (
        store.creators.add_reference(one.id, vector, SourceType.MANUAL, None, 0.9)
        for one, vector in held
    )
    assert health(store) == [wrong]
    (found,) = Checks(store, store.creators.matrix(), CONFIG, ann.id).likeness(face)
    assert (found.doubt, found.creator, found.reference_id) == (Doubt.CONFUSES, bob, blamed)
    store.creators.add_reference(ann.id, face, SourceType.MANUAL, None, 0.9)
    assert health(store) == [blamed]


vectors = st.lists(st.floats(-1, 1, width=32), min_size=4, max_size=4).filter(
    lambda values: sum(v * v for v in values) > 0.05
)


def spread(values: list[float]) -> Embedding:
    """Four numbers as an embedding: so few directions that faces are often alike."""
    vector = np.zeros(512, np.float32)
    vector[:4] = values
    return unit(vector)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    held=st.lists(st.tuples(st.integers(1, 4), vectors), max_size=14),
    face=vectors,
    owner=st.integers(1, 4),
)
def test_health_never_rises_after_what_was_found_to_be_fine(
    store: Store, held: list[tuple[int, list[float]]], face: list[float], owner: int
) -> None:
    held = sorted(held, key=lambda one: one[0])
    live = ReferenceMatrix(
        np.arange(1, len(held) + 1, dtype=np.int32),
        np.asarray([creator for creator, _ in held], np.int32),
        np.asarray([spread(values) for _, values in held], np.float32).reshape(len(held), 512),
    )
    embedding = spread(face)
    if Checks(store, live, CONFIG, owner, sure=0.5).likeness(embedding):
        return
    added, _ = with_more(live, owner, embedding[None])
    before = set(dict(ranked(Health(live, THRESHOLD).everything())))
    after = set(dict(ranked(Health(added, THRESHOLD).everything())))
    assert len(after) <= len(before)
