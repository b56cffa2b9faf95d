"""The small library on which the stress test decides."""

from __future__ import annotations

import psycopg

from facereview.records import SourceType
from facereview.store.session import Database
from facereview.store.store import Store
from support import detection, direction, near, video_info

CREATORS = ("Ann", "Bob", "Cleo")
VIDEOS, FACES = 4, 8


def fill(url: str) -> None:
    """Three creators; 32 faces in four videos, of which some are named and tagged already."""
    database = Database(url)
    with Store.open(database) as store:
        creators = [store.creators.find_or_add(name).id for name in CREATORS]
        for axis, creator in enumerate(creators):
            store.creators.add_reference(creator, direction(axis), SourceType.MANUAL, None, 0.9)
        for number in range(VIDEOS):
            video = store.videos.add(video_info(f"/videos/{number}.mp4"))
            for seed in range(FACES):
                store.videos.add_face(video, detection(near(seed % 3, 0.75, seed), at=1.0 + seed))
    database.close()
    with psycopg.connect(url, autocommit=True) as sql:
        sql.execute(
            "UPDATE video_face_detections SET match_status = 'matched', matched_creator_id = %s, "
            "match_confidence = 0.75 WHERE id %% 8 = 1",
            (creators[0],),
        )
        sql.execute(  # the backend's own suggestion
            "UPDATE video_face_detections SET matched_creator_id = %s, match_confidence = 0.5 "
            "WHERE id %% 8 = 2",
            (creators[1],),
        )
        sql.execute(
            "INSERT INTO video_creators SELECT DISTINCT video_id, matched_creator_id "
            "FROM video_face_detections WHERE match_status = 'matched'"
        )
        sql.execute("INSERT INTO video_creators SELECT min(id), %s FROM videos", (creators[2],))
