"""Pending faces as the rules of questions read them."""

from __future__ import annotations

import numpy as np

from facereview.store.clustering import OpenFaces

NOBODY = float("nan")


def open_faces(rows: list[dict[str, float]]) -> OpenFaces:
    """Faces numbered from 1, in a video each unless told otherwise."""

    def column(name: str, default: float = 0) -> list[float]:
        return [row.get(name, default) for row in rows]

    count = len(rows)
    return OpenFaces(
        np.arange(1, count + 1, dtype=np.int32),
        np.asarray(column("video", 1), np.int32),
        np.asarray([row.get("at", place) for place, row in enumerate(rows)], np.float64),
        np.asarray(column("cluster"), np.int64),
        np.asarray(column("track"), np.int64),
        np.asarray(column("suggested"), np.int32),
        np.asarray(column("margin", NOBODY), np.float64),
        np.asarray(column("agrees"), bool),
        np.asarray(column("named"), np.int32),
        np.asarray(column("risk", NOBODY), np.float64),
        np.asarray(column("looked", 1), bool),
        np.asarray(column("postponed"), bool),
    )
