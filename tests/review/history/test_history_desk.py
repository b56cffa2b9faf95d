"""What the history desk asks of a library."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from facereview.review.creators.merges import Merging
from facereview.review.decisions.history import History
from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import Wanted
from facereview.store.store import Store
from facereview.store.videos import Videos
from support import Faces, Sent, make_faces, pack


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


def test_what_was_done_about_a_merged_creator_is_found_under_who_stayed(faces: Faces) -> None:
    accept = faces.accept(0, creator=faces.bob)
    History(faces.store, "me", pack).apply(accept)
    Merging(faces.store, "me").merge(faces.ann.id, faces.bob.id)
    desk = HistoryDesk(faces.store, pack, "me")
    for wanted in (Wanted(named="ann"), Wanted(creator=faces.ann), Wanted(creator=faces.bob)):
        assert accept.token in [entry.token for entry in desk.page(wanted).entries]
        assert desk.count(wanted) == len(desk.page(wanted).entries)
    assert desk.count(Wanted(named="nobody at all")) == 0


def test_a_name_that_many_have_is_asked_in_as_many_statements_as_one(
    store: Store, sent: Sent
) -> None:
    desk, counts = HistoryDesk(store, pack, "me"), []
    for number in range(6):
        store.creators.find_or_add(f"Maria {number}")
        sent.clear()
        desk.count(Wanted(named="maria"))
        counts.append(len(sent))
    assert counts == [counts[0]] * 6


def test_a_video_removed_while_its_faces_are_read_is_left_out(
    faces: Faces, sql: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Videos.get

    def removed_first(videos: Videos, ids: list[int]) -> Any:
        sql.execute("DELETE FROM videos")
        return read(videos, ids)

    desk = HistoryDesk(faces.store, pack, "me")
    assert desk.pictures(faces.ids[:2]).keys() == set(faces.ids[:2])
    monkeypatch.setattr(Videos, "get", removed_first)
    assert desk.pictures(faces.ids[:2]) == {}
