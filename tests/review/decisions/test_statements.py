"""A key sends the database what it needs to write it, and nothing that does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from facereview.records import Thresholds
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.store.session import Session
from facereview.store.store import Store
from support import Faces, make_faces

Sent = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    journal = Journal(tmp_path / "journal", "library")
    with closing(Desk(store, journal, lambda: Thresholds(0.4, 0.55), "me")) as desk:
        yield desk


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What is sent from now on: the names of queries, with their parameters."""
    heard: Sent = []
    for name in ("rows", "tuples", "column", "run"):
        monkeypatch.setattr(Session, name, _overheard(getattr(Session, name), heard))
    return heard


def _overheard(send: Callable[..., Any], heard: Sent) -> Callable[..., Any]:
    def sending(session: Session, query: str, *kind: Any, **params: Any) -> Any:
        heard.append((query, params))
        return send(session, query, *kind, **params)

    return sending


def about_nothing(sent: Sent) -> list[str]:
    """The statements all of whose lists are empty."""
    found = []
    for query, params in sent:
        lists = [value for value in params.values() if isinstance(value, list)]
        if lists and not any(lists):
            found.append(query)
    return found


def test_a_key_and_its_way_back(desk: Desk, faces: Faces, sent: Sent) -> None:
    keys: list[tuple[int, Callable[[], object]]] = []
    accept = faces.accept(0)
    deny = Intent(Kind.NOT_PERSON, faces.seen(1), faces.ann)
    skip = Intent(Kind.SKIP, faces.seen(2))
    keys.append((12, lambda: desk.decide(accept)))
    keys.append((4, desk.undoable))
    keys.append((18, desk.undo))
    keys.append((21, desk.redo))
    keys.append((8, lambda: desk.decide(deny)))
    keys.append((16, desk.undo))
    keys.append((9, lambda: desk.decide(skip)))
    keys.append((15, desk.undo))
    for most, key in keys:
        sent.clear()
        key()
        assert about_nothing(sent) == []
        assert len(sent) <= most, [query for query, _ in sent]
