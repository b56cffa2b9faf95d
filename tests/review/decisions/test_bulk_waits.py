"""A decision on many faces under another program's lock: it waits, and can be taken back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.records import RejectReason, Thresholds
from facereview.review.decisions.decide import PROMPT
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk, QueueKind
from facereview.store import store as limits
from facereview.store.store import Store
from support import make_faces

Sql = psycopg.Connection[Any]


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_bulk_decision_is_not_refused_for_a_lock(
    store: Store, sql: Sql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, taken_back: bool
) -> None:
    monkeypatch.setattr(limits, "LOCK_SECONDS", 0.2)
    faces = make_faces(store, PROMPT + 20)
    bulk = Intent(Kind.REJECT, faces.seen(*range(len(faces.ids))), reason=RejectReason.STRANGER)
    journal = Journal(tmp_path / "journal", "library")
    with closing(Desk(store, journal, lambda: Thresholds(0.4, 0.55), "me")) as desk:
        with sql.transaction():
            last = faces.ids[-1]
            sql.execute("SELECT 1 FROM video_face_detections WHERE id = %s FOR UPDATE", [last])
            waits = desk.decide(bulk)
            assert (waits.saved, len(waits.changes)) == (False, len(faces.ids))
            if taken_back:
                undone = desk.undo()
                assert undone is not None
                assert len(undone.changes) == len(faces.ids)
        assert all(outcome.saved and not outcome.conflicts for outcome in desk.flush())
        pending = faces.ids if taken_back else []
        assert desk.queue(QueueKind.PENDING).tolist() == pending
        assert desk.unsaved() == 0
