"""Two clusters side by side: every key that answers whether they are the same person."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cluster_support import Sql, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from facereview.records import Embedding
from facereview.review.clusters.desk import ClusterDesk
from facereview.store.store import Store
from facereview.ui.clusters.controller import WallStage
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.messages import Message
from support import Faces, detection, direction, pack, unit, video_info

Key = Qt.Key
Press = Callable[..., None]

SIZES = (3, 2, 2)
"""Faces of three clusters of one person, who nobody knows."""
COSINE = 0.385
"""Of the faces of one to those of another: below the threshold, so that they are three."""


def looks(count: int) -> list[Embedding]:
    """Directions of this cosine to each other."""
    share = np.sqrt(COSINE)
    rest = np.sqrt(1 - COSINE)
    return [unit(share * direction(300) + rest * direction(301 + n)) for n in range(count)]


@pytest.fixture
def faces(clustered: Faces, store: Store, sql: Sql) -> Faces:
    """Three clusters of one person among the others; the faces by cluster."""
    ids: list[int] = []
    for number, (look, size) in enumerate(zip(looks(len(SIZES)), SIZES, strict=True)):
        cluster = 70 + number
        sql.execute(
            "INSERT INTO facereview.cluster (id, centre) VALUES (%s, %s::vector)",
            (cluster, str(look.tolist())),
        )
        for place in range(size):
            video = store.videos.add(video_info(f"/pairs/{number}-{place}.mp4"))
            face = store.videos.add_face(video, detection(look))
            sql.execute("INSERT INTO facereview.membership VALUES (%s, %s, 1)", (face, cluster))
            ids.append(face)
    sql.execute("SELECT setval('facereview.cluster_id_seq', 100)")
    return Faces(store, clustered.ann, clustered.bob, clustered.video, ids)


@pytest.fixture
def asked(page: ClusterPage, press: Press, qtbot: QtBot) -> ClusterPage:
    """The page with the first question."""
    press(Key.Key_6, shift=True)
    until(qtbot, lambda: page.controller.stage is WallStage.PAIRS)
    painted(page, qtbot)
    return page


def painted(page: ClusterPage, qtbot: QtBot) -> None:
    """The question stands on the screen."""
    at = page.questions
    until(qtbot, lambda: at.current is None or at.painted == at.current)


def keys_of(page: ClusterPage) -> list[tuple[int, int]]:
    return [pair.key for pair in page.questions._pairs]


def clusters_of(store: Store, faces: Faces) -> list[int | None]:
    return [store.clusters.of(face) for face in faces.ids]


def settled(page: ClusterPage, qtbot: QtBot, pairs: list[tuple[int, int]]) -> None:
    """These are asked about, and nothing is under way."""
    until(qtbot, lambda: page.controller.shaping == 0 and keys_of(page) == pairs)
    painted(page, qtbot)


def test_the_question_shows_both_with_what_an_answer_settles(asked: ClusterPage) -> None:
    assert keys_of(asked) == [(70, 71), (70, 72), (71, 72)]
    assert asked.pair.isVisible()
    texts = [(side.title.text(), side.facts.text()) for side in asked.pair.sides]
    assert [title for title, _ in texts] == ["New person", "New person"]
    assert [facts.split(" · ")[0] for _, facts in texts] == ["3 faces", "2 faces"]
    assert asked.pair.about.text() == (
        '.39 alike, about 68 % probable · "the same" settles 2 faces'
    )
    assert [len(side.grid._faces) for side in asked.pair.sides] == [3, 2]
    assert asked.header.facts.accessibleName().startswith("3 questions")


def test_the_same_joins_them_and_one_undo_parts_them(
    asked: ClusterPage, faces: Faces, store: Store, press: Press, qtbot: QtBot
) -> None:
    before = clusters_of(store, faces)
    press(Key.Key_Y)
    settled(asked, qtbot, [(70, 72)])
    assert clusters_of(store, faces) == [70] * 5 + [72] * 2
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: len(keys_of(asked)) == 3)
    assert clusters_of(store, faces) == before


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter])
def test_enter_answers_nothing(
    asked: ClusterPage,
    faces: Faces,
    store: Store,
    press: Press,
    said: list[Message],
    qtbot: QtBot,
    key: Qt.Key,
) -> None:
    before = clusters_of(store, faces)
    press(key)
    assert "N: different people" in said[-1].text
    press(Key.Key_S)
    settled(asked, qtbot, [(70, 72), (71, 72), (70, 71)])
    assert clusters_of(store, faces) == before


def test_different_is_never_asked_again_until_it_is_undone(
    asked: ClusterPage, faces: Faces, store: Store, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_N)
    settled(asked, qtbot, [(70, 72), (71, 72)])
    assert len(store.clustering.different()) == 6
    press(Key.Key_1, shift=True)
    until(qtbot, lambda: asked.controller.stage is WallStage.WALL)
    press(Key.Key_6, shift=True)
    settled(asked, qtbot, [(70, 72), (71, 72)])
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: len(keys_of(asked)) == 3)
    assert store.clustering.different() == []
    press(Key.Key_Z, shift=True, ctrl=True)
    until(qtbot, lambda: len(keys_of(asked)) == 2)


def test_later_shows_the_next_and_stays_last(
    asked: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_S)
    settled(asked, qtbot, [(70, 72), (71, 72), (70, 71)])
    press(Key.Key_6, shift=True)
    settled(asked, qtbot, [(70, 72), (71, 72), (70, 71)])


def test_a_question_that_was_not_painted_is_not_answered(
    asked: ClusterPage,
    faces: Faces,
    store: Store,
    press: Press,
    said: list[Message],
    qtbot: QtBot,
) -> None:
    """The second key comes before the second question is on the screen."""
    before = clusters_of(store, faces)
    press(Key.Key_N, Key.Key_Y)
    settled(asked, qtbot, [(70, 72), (71, 72)])
    assert clusters_of(store, faces) == before
    assert said[-1].text.startswith("The page changed after the key was pressed")


def test_keys_in_a_row_answer_what_each_was_pressed_for(
    asked: ClusterPage, faces: Faces, store: Store, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_N)
    painted(asked, qtbot)
    press(Key.Key_Y)
    settled(asked, qtbot, [])
    until(qtbot, lambda: asked.controller.stage is WallStage.NONE)
    assert clusters_of(store, faces) == [70] * 3 + [71] * 2 + [70] * 2
    assert asked.notice.isVisible()


def test_the_known_one_gives_its_name_to_both(
    page: ClusterPage, faces: Faces, store: Store, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    sql.execute("UPDATE facereview.cluster SET creator_id = %s WHERE id = 71", (faces.ann.id,))
    sql.execute("UPDATE facereview.membership SET similarity = .6 WHERE cluster_id = 71")
    press(Key.Key_6, shift=True)
    until(qtbot, lambda: page.controller.stage is WallStage.PAIRS)
    current = page.questions.current
    assert current is not None
    assert (current.key, current.settles) == ((70, 71), 3)
    painted(page, qtbot)
    press(Key.Key_Y)
    settled(page, qtbot, [(71, 72)])
    assert clusters_of(store, faces) == [71] * 5 + [72] * 2


def test_other_keys_decide_nothing_meanwhile(
    asked: ClusterPage, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    count = "SELECT count(*) FROM facereview.batch"
    before = sql.execute(count).fetchone()
    press(Key.Key_X, Key.Key_1, Key.Key_K, Key.Key_J, Key.Key_Space)
    press(Key.Key_S)
    settled(asked, qtbot, [(70, 72), (71, 72), (70, 71)])
    assert sql.execute(count).fetchone() == before


def test_on_the_wall_its_key_says_where_the_questions_are(
    page: ClusterPage, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    press(Key.Key_Y)
    until(qtbot, lambda: bool(said))
    assert said[-1].text.endswith("⇧6 shows those.")


def test_the_buttons_answer_too(
    asked: ClusterPage, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    buttons = asked.pair.buttons
    QTest.mouseClick(buttons["cluster_later"], Qt.MouseButton.LeftButton)
    settled(asked, qtbot, [(70, 72), (71, 72), (70, 71)])
    QTest.mouseClick(buttons["cluster_not_person"], Qt.MouseButton.LeftButton)
    settled(asked, qtbot, [(71, 72), (70, 71)])
    QTest.mouseClick(buttons["cluster_same"], Qt.MouseButton.LeftButton)
    settled(asked, qtbot, [])  # one of them was told apart from the third
    assert clusters_of(store, faces) == [70] * 3 + [71] * 4


def test_an_answer_is_for_the_pair_that_was_shown(
    asked: ClusterPage, faces: Faces, store: Store, press: Press, qtbot: QtBot
) -> None:
    """Somebody else joins them while the key waits."""
    ClusterDesk(store, pack, "somebody").merge([70, 71])
    asked.controller.wall_loader.reload()
    settled(asked, qtbot, [(70, 72)])
    press(Key.Key_N)
    settled(asked, qtbot, [])
    assert {store.clusters.of(face) for pair in store.clustering.different() for face in pair} == {
        70,
        72,
    }
