"""A library of one person's faces."""

from __future__ import annotations

import pytest

from facereview.store.store import Store
from support import Faces, make_faces


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)
