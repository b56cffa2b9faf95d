"""Libraries as earlier versions of facereview left them, with a row or more in every table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg

Sql = psycopg.Connection[Any]

SCHEMAS = {
    path.stem: path for path in sorted(Path(__file__).parent.joinpath("migrations").glob("*.sql"))
}
"""``schema.sql`` as each of them had it, byte for byte, hence whole and not as differences:
``git log --find-object=$(git hash-object FILE) -- schema.sql`` names the commit of each."""

_ROWS = """
INSERT INTO creators (name) VALUES ('Ann'), ('Bob');
INSERT INTO videos (file_path, title) VALUES ('/videos/one.mp4', 'One');
INSERT INTO creator_face_embeddings (creator_id, embedding, source_type)
SELECT id, array_fill(id, ARRAY[512])::vector, 'manual' FROM creators;
INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, bbox_y,
    bbox_width, bbox_height, matched_creator_id, match_confidence, match_status)
SELECT 1, n, array_fill(n, ARRAY[512])::vector, 1, 2, 30, 40, s.creator, s.confidence, s.status
FROM (VALUES (1, 1, 0.8, 'matched'), (2, NULL, NULL, 'pending'), (3, NULL, NULL, 'pending'))
    AS s (n, creator, confidence, status);
INSERT INTO video_creators VALUES (1, 1);
INSERT INTO facereview.meta VALUES ('library', '"an-old-library"'), ('config_seen', '{}');
INSERT INTO facereview.batch (token, actor, kind, creator_id)
SELECT gen_random_uuid(), 'me', kind, 1 FROM unnest(ARRAY[
    'accept', 'assign', 'reject', 'not_person', 'automatic', 'undo', 'redo']) AS kind;
UPDATE facereview.batch SET reverts = 2 WHERE id = 6;
UPDATE facereview.batch SET undone_by = 6 WHERE id = 2;
INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, after_status,
    after_creator_id) VALUES (1, 1, 1, 'pending', 'matched', 1);
INSERT INTO facereview.verdict VALUES (2, 2);
INSERT INTO facereview.automatic VALUES (1, 5);
INSERT INTO facereview.tag VALUES (1, 1);
INSERT INTO facereview.scan (video_id, file_modified, frames_per_video, min_face_size, frames,
    faces) VALUES (1, 1, 5, 64, 5, 3);
"""

_LATER = {
    "cluster": "INSERT INTO facereview.cluster (creator_id, margin) VALUES (1, 0.1)",
    "membership": "INSERT INTO facereview.membership (detection_id, cluster_id) VALUES (2, 1)",
    "apart": "INSERT INTO facereview.apart (detection_id, cluster_id) VALUES (3, 1)",
    "mirror": "INSERT INTO facereview.mirror VALUES (1, 2)",
    "retired": "INSERT INTO facereview.retired (id, creator_id, embedding, source_type, actor) "
    "VALUES (9, 1, array_fill(1, ARRAY[512])::vector, 'manual', 'me')",
    "reference_origin": "INSERT INTO facereview.reference_origin (reference_id, actor, picture) "
    "VALUES (1, 'me', false)",
    "alias": "INSERT INTO facereview.alias VALUES (1, 'Annie')",
    "person_change": "INSERT INTO facereview.person_change (actor, kind) VALUES ('me', 'rename')",
    "person_move": "INSERT INTO facereview.person_move (change_id, what, id) VALUES (1, 'face', 1)",
}


def make_old(url: str, name: str, version: int | None = None) -> None:
    """The library of one old schema, with rows; without a version where 0 is asked for."""
    number = int(name.split("_")[1]) if version is None else version
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute(SCHEMAS[name].read_text("utf-8"))
        if number:
            sql.execute(
                "INSERT INTO facereview.meta VALUES ('version', %s) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (json.dumps(number),),
            )
        sql.execute(_ROWS)
        for table, statement in _LATER.items():
            found = sql.execute("SELECT to_regclass('facereview.' || %s)", (table,)).fetchone()
            if found and found[0]:
                sql.execute(statement)
