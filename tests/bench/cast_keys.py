"""Keys that settle the made videos from their cast sheets alone, pressed in the real window.

The twelve videos are scanned at 20 frames each with automatic matching off, the references are
those that their truth names. Every key is a real one in a window of a real X server: Videos, the
first sheet, and on each sheet the key for all that is sure, and the key for the next. What is open
then is left. Needs Xvfb and xdotool.

usage: cast_keys.py [--folder DIR] [--data DIR] [--pack DIR]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

import psycopg
from figures import Figure, emit

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "ui")]
from made_casts import settle_by_sheets  # noqa: E402
from made_library import made_library  # noqa: E402

from facereview.store.embedded import EmbeddedServer  # noqa: E402

SHARED = Path(__file__).resolve().parents[3] / "shared"
KEYS, SETTLED = 30, 0.97


def main() -> None:
    """Make the library, settle it, drop it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = Path(tempfile.gettempdir()) / "facereview-bench"
    parser.add_argument("--folder", type=Path, default=default)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    base = EmbeddedServer(options.folder / "server").start()
    url = psycopg.conninfo.make_conninfo(base, dbname="casts")
    with (
        psycopg.connect(base, autocommit=True) as connection,
        tempfile.TemporaryDirectory() as home,
    ):
        connection.execute("DROP DATABASE IF EXISTS casts")
        connection.execute("CREATE DATABASE casts TEMPLATE template0")
        made = made_library(url, Path(home), options.data, options.pack)
        keys, score = settle_by_sheets(made)
        connection.execute("DROP DATABASE casts")
    pressed = ", ".join(f"{key} {count}" for key, count in Counter(keys).most_common())
    share = f"{score.settled} of {score.known} faces of known people"
    emit(
        [
            Figure("made videos from their cast sheets: keys", len(keys), "keys", KEYS, pressed),
            Figure("faces in them", len(made.people), "faces"),
            Figure(
                "faces of known people left", round(1 - score.share, 4), "share", 1 - SETTLED, share
            ),
            Figure("faces with a wrong name", score.wrong, "faces", 0),
        ]
    )


if __name__ == "__main__":
    main()
