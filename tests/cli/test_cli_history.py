"""``facereview history``: what was done, filtered, opened, and undone out of order."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from cli_support import Facereview, sentence

from facereview.home import curator
from facereview.records import RejectReason, Status
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.store import Store
from support import Faces, make_faces, pack

Sql = psycopg.Connection[Any]


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


@pytest.fixture
def tokens(faces: Faces) -> list[str]:
    """Ann accepted by another, a rejection by me, Ann's face given to Bob by me."""
    accept = faces.accept(0, 1)
    reject = Intent(Kind.REJECT, faces.seen(2), reason=RejectReason.STRANGER)
    History(faces.store, "another", pack).apply(accept)
    History(faces.store, curator(), pack).apply(reject)
    other = Intent(Kind.ASSIGN, faces.seen(1), faces.bob, replaces=True)
    History(faces.store, curator(), pack).apply(other)
    return [accept.token, reject.token, other.token]


def listed(facereview: Facereview, *words: str) -> list[str]:
    return [entry["batch"] for entry in facereview.json("history", *words)]


def test_what_was_done_is_listed_newest_first(facereview: Facereview, tokens: list[str]) -> None:
    accept, reject, assign = tokens
    assert listed(facereview) == [assign, reject, accept]
    assert listed(facereview, "--creator", "bob") == [assign]
    assert listed(facereview, "--creator", "ann") == [assign, accept]  # it was hers before
    assert listed(facereview, "--curator", "another") == [accept]
    assert listed(facereview, "--kind", "rejections") == [reject]
    assert listed(facereview, "--since", "2020-01-01", "--limit", "1") == [assign]
    assert listed(facereview, "--after", assign) == [reject, accept]
    assert listed(facereview, "--until", "2020-01-01") == []
    assert facereview("history", "--until", "2020-01-01").stdout.startswith("Nothing was done")
    first = facereview.json("history")[-1]
    assert (first["kind"], first["creator"], first["faces"]) == ("accept", "Ann", 2)
    assert (first["can_be_undone"], first["why_not"]) == (True, None)
    assert assign in facereview("history").stdout


def test_an_entry_says_what_would_stay_and_is_undone(
    facereview: Facereview, tokens: list[str], faces: Faces
) -> None:
    opened = facereview.json("history", "--batch", tokens[0])
    assert [(f["before"], f["after"]) for f in opened["changed"]] == 2 * [
        ("pending", "matched, Ann")
    ]
    assert opened["undo"] == {
        "faces": 1, "stay": [faces.ids[1]], "kept": 0, "nothing": False, "why": None
    }  # fmt: skip
    assert "1 change since would stay" in facereview("history", "--batch", tokens[0]).stdout
    assert facereview.json("undo", "--batch", tokens[0])["undone"] == 1
    assert faces.state(0).status is Status.PENDING
    undone, first = facereview.json("history")[0], facereview.json("history")[-1]
    assert (first["stands"], first["undone_by"], first["why_not"]) == (False, curator(), "undone")
    assert (undone["kind"], undone["act"]) == ("undo", "accept")
    facereview("undo", "--batch", undone["batch"])  # which does it again
    assert faces.state(0).status is Status.MATCHED
    assert facereview.json("history")[-1]["stands"]


def test_what_cannot_be_undone_says_why(facereview: Facereview, store: Store) -> None:
    make_faces(store)
    facereview("config", "set", "min_face_size", "80")
    facereview("creators", "delete", "Bob", "--yes")
    facereview("creators", "erase", "Ann", "--yes")
    erased, deleted, setting = facereview.json("history")
    assert (erased["kind"], erased["names"], erased["creator"]) == ("erase", [], None)
    assert (deleted["kind"], deleted["names"]) == ("delete", ["Bob"])
    assert (setting["kind"], setting["settings"]) == ("setting", [["min_face_size", None, "80"]])
    assert (erased["why_not"], setting["why_not"]) == ("noted", None)
    failed = facereview.fails("undo", "--batch", deleted["batch"])
    assert "the history only tells that it was done" in sentence(failed)
    assert "acts of its kind are final" in facereview("history", "--batch", erased["batch"]).stdout
    assert facereview("history", "--batch", setting["batch"]).stdout.count("min_face_size") >= 2
    facereview("undo", "--batch", setting["batch"])
    assert facereview.json("config", "get")["min_face_size"] == 64
