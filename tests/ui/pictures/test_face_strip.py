from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_support import CheckModel

from facereview.records import Box, Face, FaceState, Status
from facereview.ui.pictures.face_strip import CURRENT, FACE, TICKED, FaceStripModel

FACES = tuple(
    Face(n, 1, 60.0 * n, Box(0, 0, 10, 10), 0.5, FaceState(Status.PENDING)) for n in range(1, 6)
)


def changes(model: FaceStripModel) -> list[tuple[int, list[int]]]:
    heard: list[tuple[int, list[int]]] = []
    model.dataChanged.connect(lambda top, _bottom, roles: heard.append((top.row(), list(roles))))
    return heard


def test_the_model_keeps_qts_rules(check_model: CheckModel) -> None:
    model = FaceStripModel()
    model.set_faces(FACES, None)
    check_model(model)
    model.set_faces(FACES[:2], None)
    model.set_current(2)
    check_model(model)


def test_a_decision_repaints_one_face_and_keeps_the_list() -> None:
    model = FaceStripModel()
    model.set_faces(FACES, None)
    heard, resets = changes(model), list[int]()
    model.modelReset.connect(lambda: resets.append(1))
    decided = replace(FACES[2], state=FaceState(Status.MATCHED, 1), creator_name="Raj")
    model.set_faces((*FACES[:2], decided, *FACES[3:]), None)
    assert [row for row, _ in heard] == [2]
    assert resets == []
    assert model.index(2).data(FACE) == decided
    assert model.index(2).data(Qt.ItemDataRole.AccessibleTextRole) == "3:00 · Raj"


def test_moving_on_repaints_the_two_faces_concerned() -> None:
    model = FaceStripModel()
    model.set_faces(FACES, None)
    model.set_current(1)
    heard = changes(model)
    model.set_current(2)
    assert heard == [(0, [CURRENT]), (1, [CURRENT])]
    assert model.index(1).data(CURRENT) is True


def test_ticks_are_a_role_of_their_own() -> None:
    model = FaceStripModel()
    model.set_faces(FACES, None)
    heard = changes(model)
    model.set_ticked({1, 3})
    model.set_ticked({3})
    assert sorted(row for row, _ in heard) == [0, 0, 2]
    assert [model.index(row).data(TICKED) for row in range(3)] == [False, False, True]


def test_a_late_picture_repaints_its_face_alone(qtbot: QtBot) -> None:
    model = FaceStripModel()
    model.set_faces(FACES, None)
    heard = changes(model)
    model.picture_arrived(("face", 4))
    model.picture_arrived(("face", 99))
    model.picture_arrived(("reference", 4))
    assert heard == [(3, [Qt.ItemDataRole.DecorationRole])]
