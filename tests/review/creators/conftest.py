"""A library of one person's faces, whose curator may erase people."""

from __future__ import annotations

from pathlib import Path

import pytest

from facereview.home import Home
from facereview.records import Thresholds
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.decisions.history import History
from facereview.store.store import Store
from support import Faces, make_faces, pack


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


@pytest.fixture
def desk(faces: Faces, home: Home) -> CreatorsDesk:
    return CreatorsDesk(faces.store, home, "lib", lambda: Thresholds(0.5, 0.7), "me")


@pytest.fixture
def decisions(store: Store) -> History:
    return History(store, "me", pack)
