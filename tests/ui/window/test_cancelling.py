"""A decision on very many faces that takes long can be cancelled in the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cluster_support import until
from pytestqt.qtbot import QtBot
from whole_window import part, whole_window

from facereview.errors import Cancelled
from facereview.records import RejectReason
from facereview.review.decisions import decide
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs import delivery
from facereview.ui.jobs.messages import Message

Sql = psycopg.Connection[Any]


@contextmanager
def slow_faces(sql: Sql) -> Iterator[None]:
    """Every change of a face takes a minute, as that of very many would."""
    sql.execute(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN PERFORM pg_sleep(60); RETURN NEW; END$$"
    )
    sql.execute(
        "CREATE TRIGGER slow BEFORE UPDATE ON video_face_detections "
        "FOR EACH STATEMENT EXECUTE FUNCTION slow()"
    )
    yield
    sql.execute("DROP TRIGGER slow ON video_face_detections")
    sql.execute("DROP FUNCTION slow")


def test_what_is_written_for_long_can_be_cancelled(
    tmp_path: Path, library_url: str, sql: Sql, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (delivery, decide):
        monkeypatch.setattr(module, "PROMPT", 1)
    with whole_window(tmp_path, library_url) as (opened, _theme):
        controller, cancel = part(opened, ClusterPage).controller, opened.window.status.cancel
        said: list[Message] = []
        controller.messages.said.connect(said.append)
        with opened.library.store() as store:
            ids = sql.execute(
                "SELECT id FROM video_face_detections WHERE match_status = 'pending' "
                "ORDER BY id LIMIT 3"
            ).fetchall()
            now = store.faces.get([row[0] for row in ids])
        seen = tuple(Seen(face.id, face.video_id, face.state) for face in now.values())
        before = sql.execute("SELECT count(*) FROM facereview.batch").fetchall()
        decider = controller.decider
        assert not cancel.isVisible()
        with slow_faces(sql):
            decider.decide(Intent(Kind.REJECT, seen, reason=RejectReason.STRANGER))
            until(qtbot, cancel.isVisible)
            assert cancel.text() == "Cancel writing 3 faces"
            with qtbot.waitSignal(decider.refused) as refused:
                cancel.click()
        assert isinstance(refused.args[1], Cancelled)
        assert not cancel.isVisible()
        assert said[-1].text == "Cancelled: nothing was changed."
        until(qtbot, lambda: opened.window.status.saved.text() == "all saved")
        assert sql.execute("SELECT count(*) FROM facereview.batch").fetchall() == before
        with opened.library.store() as store:
            assert store.faces.get([face.face_id for face in seen]) == now
