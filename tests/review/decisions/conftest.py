"""A curator's desk at five pending faces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from facereview.review.desk import Desk
from facereview.store.store import Store
from support import Faces, desk_at, make_faces


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
