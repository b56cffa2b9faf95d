"""What another program writes with statements of its own shows in the window within seconds."""

from __future__ import annotations

import time
from pathlib import Path

from cluster_support import Sql, until
from pytestqt.qtbot import QtBot
from whole_window import whole_window

from facereview.store.store import Store
from support import at_load, make_faces

MANY = 10_000
SECONDS = 5.0


def test_ten_thousand_faces_of_another_program_show_within_seconds(
    store: Store, sql: Sql, library_url: str, tmp_path: Path, qtbot: QtBot
) -> None:
    known = make_faces(store, 3).ids
    sql.execute("DROP INDEX idx_video_faces_embedding")  # filling it takes longer than is given
    with whole_window(tmp_path, library_url, filled=False) as (opened, _theme):
        at = opened.pages.review.controller
        until(qtbot, lambda: at.view is not None and at.tally.pending == len(known))
        here = at.current
        sql.execute(
            "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, "
            "bbox_y, bbox_width, bbox_height, quality_score) "
            "SELECT video_id, 1000 + i, embedding, bbox_x, bbox_y, bbox_width, bbox_height, "
            "quality_score FROM video_face_detections, generate_series(1, %s) i WHERE id = %s",
            [MANY, known[0]],
        )
        start = time.monotonic()
        all_of_them = len(known) + MANY
        until(qtbot, lambda: at.queue.cursor.open_count == all_of_them)
        until(qtbot, lambda: at.tally.pending == all_of_them)
        assert time.monotonic() - start < at_load(SECONDS)
        assert at.current == here, "nothing jumps"
