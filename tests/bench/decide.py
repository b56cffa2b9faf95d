"""From the key to the committed row, with the journal's sync and 100,000 pending faces."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from figures import Figure, emit, percentile, timed
from synthetic import arguments, bench_library

from facereview.records import RejectReason, Thresholds
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk, QueueKind
from facereview.store.session import Database
from facereview.store.store import Store

DECISIONS = 600


def measure(url: str) -> list[Figure]:
    """Decide, then take everything back, so that the library stays as it was."""
    database = Database(url)
    with tempfile.TemporaryDirectory() as folder, Store.open(database) as store:
        desk = Desk(store, Journal(Path(folder) / "journal", "bench"), lambda: Thresholds(0.5, 0.7))
        queue = desk.queue(QueueKind.PENDING)
        chosen = np.random.default_rng(1).choice(queue, DECISIONS, replace=False).tolist()
        faces = store.faces.get(chosen)
        creator = store.creators.all()[0]
        intents = [
            Intent(
                Kind.ACCEPT if place % 3 else Kind.REJECT,
                (Seen(face, faces[face].video_id, faces[face].state, 0.7),),
                creator if place % 3 else None,
                reason=None if place % 3 else RejectReason.STRANGER,
            )
            for place, face in enumerate(chosen)
        ]
        half = len(intents) // 2
        timed([partial(desk.decide, i) for i in intents[:half]])  # a server just started reads disk
        decided = timed([partial(desk.decide, i) for i in intents[half:]])
        undone = timed([desk.undo for _ in intents])
        views = timed([partial(desk.views, [f]) for f in chosen[:100]])
        desk.close()
    database.close()
    return [
        Figure("key to committed row, p95", percentile(decided, 95), "ms", 20),
        Figure("undo to committed row, p95", percentile(undone, 95), "ms", 20),
        Figure("all that is shown for one face, p95", percentile(views, 95), "ms"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    with bench_library(options.folder, options.faces) as library:
        emit(measure(library))
