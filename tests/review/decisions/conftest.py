"""A curator's desk at five pending faces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from facereview.review.desk import Desk
from facereview.store.session import Session
from facereview.store.store import Store
from support import Faces, Sent, desk_at, make_faces


@pytest.fixture
def faces(store: Store) -> Faces:
    """Five pending faces near Ann."""
    return make_faces(store)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """The file in which decisions wait."""
    return tmp_path / "journal.sqlite"


@pytest.fixture
def desk(store: Store, journal: Path) -> Iterator[Desk]:
    """My desk."""
    with closing(desk_at(store, journal)) as desk:
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
