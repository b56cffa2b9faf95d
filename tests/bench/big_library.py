"""A library of any size in the shape of a small one: its schema and its values, multiplied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_AT = "datetime(1704443355 + abs(random()) % 50000000, 'unixepoch')"
_AT_T = "strftime('%Y-%m-%dT%H:%M:%fZ', 1704443355.123 + abs(random()) % 50000000, 'unixepoch')"
# Per million videos: table, rows, and its columns by the row's number i.
_FANS = (
    (
        "thumbnails",
        1_000_000,
        f"i, i, '/data/thumbnails/' || i || '.webp', abs(random()) % 90000, i / 7.0, 320, 180, "
        f"i % 97 = 0, {_AT}",
    ),
    (
        "video_creators",
        700_000,
        "1 + (i - 1) / 3 * 4 % {videos} + (i - 1) % 3, 1 + (i * 7 + i / 161) % 161, "
        f"CASE i % 3 WHEN 0 THEN NULL ELSE 'performer' END, {_AT}",
    ),
    (
        "video_stats",
        500_000,
        f"1, i * 2, i % 40, i * 1.37, i / 3.0, CASE i % 2 WHEN 0 THEN {_AT_T} END, i % 2",
    ),
    ("video_tags", 400_000, f"1 + i * 2 % {{videos}}, 1 + i % 10, {_AT}"),
    (
        "storyboards",
        140_000,
        "i, i * 7, '/data/storyboards/' || i || '.jpg', '/data/storyboards/' || i || '.vtt', "
        f"160, 90, i % 200, i / 13.0, i * 1007, {_AT}",
    ),
    ("video_studios", 100_000, f"i * 9, 1 + i % 22, {_AT}"),
    (
        "scan_logs",
        60_000,
        f"i, 1, 'completed', i % 2000, i % 40, i % 3, '[]', {_AT}, {_AT_T}",
    ),
    (
        "conversion_jobs",
        50_000,
        "i, i * 3, '1080p', 'pending', i / 500.0, '/data/converted/' || i || '.mp4', "
        f"i * 100000, '{{{{\"crf\":23}}}}', NULL, {_AT}, NULL, NULL",
    ),
    ("favorites", 50_000, f"1, i * 5, {_AT}"),
)
_MADE = {"videos"} | {table for table, _, _ in _FANS}


def make_big_library(small: Path, big: Path, videos: int) -> int:
    """Write the library to ``big``; its number of rows."""
    with closing(sqlite3.connect(big)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("ATTACH ? AS small", (str(small),))
        made = connection.execute(
            "SELECT type, name, sql FROM small.sqlite_master WHERE sql IS NOT NULL"
        ).fetchall()
        tables = [(n, sql) for kind, n, sql in made if kind == "table" and "sqlite_" not in n]
        for name, sql in tables:
            connection.execute(sql)
            if name not in _MADE:
                connection.execute(f'INSERT INTO "{name}" SELECT * FROM small."{name}"')
        _videos(connection, videos)
        for table, rows, columns in _FANS:
            _fan(connection, table, rows * videos // 1_000_000, columns.format(videos=videos))
        for kind, _, sql in made:
            if kind == "index":
                connection.execute(sql)
        connection.commit()
        counts = (f'SELECT count(*) FROM "{name}"' for name, _ in tables)
        return sum(connection.execute(count).fetchone()[0] for count in counts)


def _videos(connection: sqlite3.Connection, count: int) -> None:
    (known,) = connection.execute("SELECT count(*) FROM small.videos").fetchone()
    changed = {
        "id": f"v.id + {known} * n.i",
        "file_path": "v.file_path || '.' || n.i || '.mp4'",
        "file_hash": "lower(hex(randomblob(20)))",
        "file_size": "abs(random()) % 9000000000",
        "duration": "v.duration + n.i / 7.0",
    }
    names = [row[1] for row in connection.execute("PRAGMA table_info(videos)")]
    columns = ", ".join(changed.get(name, f'v."{name}"') for name in names)
    times = count // known
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {times})"
        f" INSERT INTO videos SELECT {columns} FROM n CROSS JOIN small.videos v"
        f" WHERE v.id + {known} * n.i <= {count}"
    )


def _fan(connection: sqlite3.Connection, table: str, rows: int, columns: str) -> None:
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
        f" INSERT OR IGNORE INTO {table} SELECT {columns} FROM n"
    )
