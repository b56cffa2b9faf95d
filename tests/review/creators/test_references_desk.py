"""References: how healthy they are, retiring, moving, and making them of decided faces."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.errors import Invalid, NotFound
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.media.crops import CropCache
from facereview.media.images import load_image
from facereview.records import Embedding, RejectReason, SourceType, Thresholds
from facereview.review.creators.checks import Checks
from facereview.review.creators.library_health import LibraryHealth
from facereview.review.creators.promote import choose_different
from facereview.review.creators.reference_health import Health, ranked
from facereview.review.creators.reference_records import (
    Caution,
    Changed,
    Doubt,
    Flag,
    SuggestedReferences,
)
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.creators import ReferenceMatrix
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, direction, near

Sql = psycopg.Connection[Any]
THRESHOLDS = Thresholds(0.5, 0.7)


@pytest.fixture
def desk(database: Database, faces: Faces, tmp_path: Path) -> ReferencesDesk:
    """A desk of its own connection, as the window has it."""
    crops, pictures = CropCache(tmp_path / "crops"), CropCache(tmp_path / "pictures")
    crops.put(faces.ids[0], np.full((8, 8, 3), 200, np.uint8))
    return ReferencesDesk(Store(database), crops, pictures, lambda: THRESHOLDS, "me")


@pytest.fixture
def health(database: Database) -> LibraryHealth:
    return LibraryHealth(Store(database), lambda: THRESHOLDS)


def add(faces: Faces, creator: int, vector: np.ndarray, quality: float = 0.9) -> int:
    creators = faces.store.creators
    return creators.add_reference(creator, vector, SourceType.MANUAL, None, quality)


@pytest.fixture(scope="module")
def engine(zoo_pack: Path) -> InsightEngine:
    return InsightEngine(at(zoo_pack))


@cache
def embedding(engine: InsightEngine, picture: Path) -> np.ndarray:
    """The largest face of a picture."""
    found = engine.detect(load_image(picture), thorough=True)
    return max(found, key=lambda face: face.box.width * face.box.height).embedding


# --------------------------------------------------------------------------------------- health


def test_a_wrong_picture_is_found_and_the_person_it_shows_is_cleared(
    desk: ReferencesDesk, health: LibraryHealth, faces: Faces
) -> None:
    for seed in range(3):
        add(faces, faces.ann.id, near(0, 0.8, seed))
        add(faces, faces.bob.id, near(1, 0.8, seed + 10))
    # so close to the first of Bob that this one is closer to it than to Bob's others
    wrong = add(faces, faces.ann.id, near(1, 0.99, 99))
    rows = health.references(10)
    assert [(row.info.reference.id, row.flag) for row in rows] == [(wrong, Flag.CONTAMINATED)]
    info = next(i for i in desk.references(faces.ann.id) if i.reference.id == wrong)
    assert info == rows[0].info
    assert info.other is not None
    assert info.other.creator == faces.bob
    assert info.own == pytest.approx(0.0, abs=0.2)
    assert not any(info.flags for info in desk.references(faces.bob.id))


def test_two_wrong_pictures_do_not_vouch_for_each_other(
    health: LibraryHealth, faces: Faces
) -> None:
    for seed in range(4):
        add(faces, faces.ann.id, near(0, 0.8, seed))
        add(faces, faces.bob.id, near(1, 0.7, seed + 10))
    wrong = {add(faces, faces.ann.id, near(1, 0.9, seed)) for seed in (98, 99)}
    found = [
        row.info.reference.id for row in health.references(10) if row.flag is Flag.CONTAMINATED
    ]
    assert set(found) == wrong


def test_a_sole_picture_of_somebody_is_not_blamed_for_its_copy_elsewhere(
    health: LibraryHealth, faces: Faces
) -> None:
    add(faces, faces.ann.id, near(0, 0.8))
    wrong = add(faces, faces.ann.id, near(1, 0.9))
    rows = health.references(10)
    assert rows[0].info.reference.id == wrong
    assert [row for row in rows if row.info.creator == faces.bob] == []


def test_lonely_and_redundant_references(
    desk: ReferencesDesk, health: LibraryHealth, faces: Faces
) -> None:
    first = desk.references(faces.ann.id)[0]
    assert first.own is None
    assert first.flags == frozenset()  # nothing can be said of the only one
    repeated = add(faces, faces.ann.id, near(0, 0.99))
    odd = add(faces, faces.ann.id, direction(40))
    found = {row.info.reference.id: row for row in health.references(10)}
    assert found[repeated].flag is Flag.REDUNDANT
    assert found[repeated].info.twin == first.reference.id
    assert found[odd].flag is Flag.LONELY
    assert first.reference.id not in found
    assert len(health.references(1)) == 1


def test_how_many_faces_a_wrong_reference_led_astray(health: LibraryHealth, faces: Faces) -> None:
    for seed in range(3):
        add(faces, faces.bob.id, near(1, 0.8, seed + 10))
    add(faces, faces.ann.id, near(0, 0.9, 50))
    wrong = add(faces, faces.bob.id, near(0, 0.9, 51))
    faces.store.log.suggest([(faces.ids[i], faces.bob.id, 0.6) for i in (0, 1)])
    row = health.references(1)[0]
    assert (row.info.reference.id, row.alone) == (wrong, 2)


def test_an_empty_library_is_healthy() -> None:
    none = ReferenceMatrix(
        np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros((0, 512), np.float32)
    )
    assert Health(none, 0.5).everything() == {}
    assert Health(none, 0.5).of(1) == {}


# ------------------------------------------------------------------------------------- changing


def test_retired_references_are_shown_but_not_used(desk: ReferencesDesk, faces: Faces) -> None:
    kept = desk.references(faces.ann.id)[0].reference.id
    assert desk.retire([kept]) == Changed(creators=(faces.ann.id,))
    assert desk.retire([kept]) == Changed()
    (info,) = desk.references(faces.ann.id)
    assert (info.retired, info.retired_by) == (True, "me")
    assert desk.restore([kept]) == Changed(added=(kept,))
    assert not desk.references(faces.ann.id)[0].retired


def test_moving_a_reference(desk: ReferencesDesk, faces: Faces) -> None:
    moved = add(faces, faces.ann.id, near(1, 0.9))
    assert desk.move([moved], faces.bob.id) == Changed((moved,), (faces.ann.id,))
    assert moved in {info.reference.id for info in desk.references(faces.bob.id)}
    assert desk.move([moved], faces.bob.id) == Changed()
    with pytest.raises(NotFound):
        desk.move([moved], 10**6)


# ------------------------------------------------------------------------------------ promoting


def test_promoting_a_decided_face(desk: ReferencesDesk, faces: Faces, tmp_path: Path) -> None:
    Decisions(faces.store, "curator").apply(faces.accept(0, 1))
    promoted = desk.promotion.promote(faces.ids[:1])
    assert promoted.changed == Changed(added=promoted.references)
    info = next(
        i for i in desk.references(faces.ann.id) if i.reference.id == promoted.references[0]
    )
    assert info.reference.source_type is SourceType.VIDEO_FRAME
    assert info.reference.quality == pytest.approx(0.8)
    assert info.origin is not None
    assert (info.origin.actor, info.origin.detection_id) == ("me", faces.ids[0])
    assert info.origin.decided_by == "curator"
    assert CropCache(tmp_path / "pictures").get(promoted.references[0]) is not None
    again = desk.promotion.promote(faces.ids[:1])
    assert (again.references, again.skipped) == ((), (faces.ids[0],))


def test_what_health_would_find_fault_with_is_promoted_only_in_spite(
    desk: ReferencesDesk, health: LibraryHealth, faces: Faces
) -> None:
    Decisions(faces.store, "curator").apply(faces.accept(0, 1, 2))
    add(faces, faces.bob.id, near(0, 0.75, 0))  # the first face is Bob's, it turns out
    before = [(row.info.reference.id, row.flag) for row in health.references(9)]
    promoted = desk.promotion.promote(faces.ids[:3])
    assert len(promoted.references) == 2
    ((face, cautions),) = promoted.doubtful
    assert face == faces.ids[0]
    assert {one.doubt for one in cautions} == {Doubt.KNOWN, Doubt.OTHER}
    assert [(row.info.reference.id, row.flag) for row in health.references(9)] == before
    assert len(desk.promotion.promote(faces.ids[:1], anyway=True).references) == 1


def compared(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Do something whenever the likeness of a face is compared."""
    likeness = Checks.likeness

    def watched(self: Checks, embedding: Embedding) -> tuple[Caution, ...]:
        meanwhile()
        return likeness(self, embedding)

    monkeypatch.setattr(Checks, "likeness", watched)


def test_no_face_is_locked_while_its_likeness_is_compared(
    desk: ReferencesDesk, faces: Faces, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    Decisions(faces.store, "curator").apply(faces.accept(0, 1))
    free: list[int] = []

    def lock() -> None:
        query = "SELECT id FROM video_face_detections WHERE id = ANY(%s) FOR UPDATE SKIP LOCKED"
        free.append(len(sql.execute(query, (faces.ids[:2],)).fetchall()))

    compared(monkeypatch, lock)
    assert len(desk.promotion.promote(faces.ids[:2]).references) == 2
    assert free == [2, 2]


@pytest.mark.parametrize("often", [1, 99], ids=["once", "again and again"])
def test_references_that_came_while_faces_were_compared_are_compared_too(
    desk: ReferencesDesk, faces: Faces, monkeypatch: pytest.MonkeyPatch, often: int
) -> None:
    Decisions(faces.store, "curator").apply(faces.accept(0, 1))
    came: list[int] = []

    def store_another() -> None:
        if len(came) < often:  # the first shows the first face, and the others nobody
            vector = direction(100 + len(came)) if came else near(0, 0.75, 0)
            came.append(add(faces, faces.bob.id, vector))

    compared(monkeypatch, store_another)
    promoted = desk.promotion.promote(faces.ids[:2])
    assert len(promoted.references) == 1
    assert [face for face, _ in promoted.doubtful] == faces.ids[:1]


def test_what_was_decided_otherwise_while_faces_were_compared_is_no_reference(
    desk: ReferencesDesk, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    decisions = Decisions(faces.store, "curator")
    decisions.apply(faces.accept(0, 1))
    seen: list[Intent] = [Intent(Kind.REJECT, faces.seen(0), reason=RejectReason.STRANGER)]
    compared(monkeypatch, lambda: decisions.apply(seen.pop()) if seen else None)
    with pytest.raises(Invalid):
        desk.promotion.promote(faces.ids[:2])
    assert len(desk.references(faces.ann.id)) == 1


def test_only_decided_faces_are_promoted(desk: ReferencesDesk, faces: Faces) -> None:
    Decisions(faces.store, "curator").apply(faces.accept(0))
    with pytest.raises(Invalid):
        desk.promotion.promote(faces.ids[:2])
    with pytest.raises(NotFound):
        desk.promotion.promote([10**6])
    assert len(desk.references(faces.ann.id)) == 1


def test_suggested_references_are_different_and_not_somebody_else(
    desk: ReferencesDesk, faces: Faces
) -> None:
    Decisions(faces.store, "curator").apply(faces.accept(0, 1, 2, 3))
    found = desk.suggest_references(faces.ann.id, 2).faces
    assert len({s.face.id for s in found}) == 2
    assert all(s.face.creator_name == "Ann" and s.covers for s in found)
    add(faces, faces.bob.id, near(0, 0.75, 0))  # the first face is Bob's, it turns out
    assert faces.ids[0] not in {s.face.id for s in desk.suggest_references(faces.ann.id, 9).faces}
    assert desk.suggest_references(faces.bob.id, 3) == SuggestedReferences()


def test_what_only_the_machine_matched_is_never_promoted(
    desk: ReferencesDesk, faces: Faces
) -> None:
    """A match is no evidence for another until somebody has looked at it."""
    faces.match_by_machine(0, 1, 2)
    assert desk.suggest_references(faces.ann.id, 3) == SuggestedReferences(unchecked=3)
    Decisions(faces.store, "curator").apply(faces.accept(3))
    suggested = desk.suggest_references(faces.ann.id, 3)
    assert [one.face.id for one in suggested.faces] == [faces.ids[3]]
    assert suggested.unchecked == 3
    promoted = desk.promotion.promote(faces.ids[:4])
    assert promoted.unchecked == tuple(faces.ids[:3])
    (made,) = promoted.references
    assert promoted.changed == Changed(added=(made,))
    again = desk.promotion.promote(faces.ids[:3])
    assert (again.references, again.changed) == ((), Changed())
    confirm = faces.accept(0)
    Decisions(faces.store, "curator").apply(confirm)
    assert len(desk.promotion.promote(faces.ids[:1]).references) == 1


def test_one_of_each_kind_of_face_is_chosen() -> None:
    groups = np.stack([near(axis, 0.95, seed) for axis in range(3) for seed in range(6)])
    quality = np.full(18, 0.8, np.float32)
    quality[4] = 0.9
    everyone = np.ones(18, bool)
    nothing = np.zeros((0, 512), np.float32)
    chosen = choose_different(groups, quality, nothing, everyone, 3)
    assert sorted(c.place // 6 for c in chosen) == [0, 1, 2]
    assert chosen[0].place == 4
    assert [c.covers for c in chosen] == [6, 6, 6]
    rest = choose_different(groups, quality, direction(0)[None], everyone, 2)
    assert sorted(c.place // 6 for c in rest) == [1, 2]


def test_no_face_is_chosen_that_repeats_a_reference() -> None:
    twins = np.stack([near(0, 0.99, 1), near(0, 0.99, 1), near(0, 0.75, 2), near(0, 0.99, 3)])
    quality, everyone = np.full(4, 0.8, np.float32), np.ones(4, bool)
    chosen = choose_different(twins, quality, direction(0)[None], everyone, 4)
    assert [c.place for c in chosen] == [2]
    nothing = np.zeros((0, 512), np.float32)
    chosen = choose_different(twins, quality, nothing, everyone, 4)
    assert len(chosen) == 2
    assert 2 in {c.place for c in chosen}


# ------------------------------------------------------------------------------ on real pictures


@pytest.mark.parametrize("stolen", [False, True], ids=["a copy", "the only one"])
def test_five_wrong_pictures_among_the_first_eight_rows(
    data: Path, engine: InsightEngine, stolen: bool
) -> None:
    """Folders of real people, five of them with one picture of somebody else."""
    folders = [sorted(f.iterdir()) for f in sorted((data / "people").iterdir()) if f.is_dir()]
    contents = [list(pictures) for pictures in folders]
    for place in range(0, 20, 4):
        guest = (place + 7) % len(folders)
        contents[place].append(folders[guest][0])
        if stolen:
            contents[guest].remove(folders[guest][0])
    shown = [(c, p) for c, pictures in enumerate(contents, 1) for p in pictures]
    matrix = ReferenceMatrix(
        np.arange(1, len(shown) + 1, dtype=np.int32),
        np.asarray([creator for creator, _ in shown], np.int32),
        np.stack([embedding(engine, picture) for _, picture in shown]),
    )
    wrong = {i for i, (c, p) in enumerate(shown, 1) if p.parent != folders[c - 1][0].parent}
    assert len(wrong) == 5
    rows = list(ranked(Health(matrix, engine.pack.thresholds.match).everything()))
    assert wrong <= {reference for reference, _ in rows[:8]}
