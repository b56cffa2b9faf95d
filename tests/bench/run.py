"""Every benchmark, one after the other: prints the budget table as JSON and as a table.

usage: run.py [--faces N] [--folder DIR]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PACK = Path(__file__).resolve().parents[3] / "shared" / "models" / "opencv_zoo"
SCRIPTS: dict[str, list[str] | None] = {
    "window": None,
    "decide": None,
    "journal": None,
    "search": None,
    "bulk": None,
    "creators": None,
    "creators_page": None,
    "rematch": None,
    "tracks": None,
    "clusters": None,
    "clusters_page": None,
    "cast": None,
    "insight": None,
    "filters": None,
    "history": None,
    "clustering_window": None,
    "scan": None,
    "window_scanning": None,
    "frames": [],
    "faces": ["--pack", str(PACK)],
    "clustering": ["--hdbscan-faces", "0"],
}
"""Each script with its own options, None where it takes those given here."""


def main() -> None:
    """Run all, then print what they said side by side; one that fails keeps none from running."""
    figures, failed = [], []
    for script, options in SCRIPTS.items():
        path = Path(__file__).with_name(f"{script}.py")
        done = subprocess.run(
            [sys.executable, str(path), *(sys.argv[1:] if options is None else options)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            failed.append(f"{script}: {done.stderr}")
        else:
            figures += json.loads(done.stdout)
    print(json.dumps(figures, indent=1))
    for figure in figures:
        budget = "" if figure["budget"] is None else f"{figure['budget']:g} {figure['unit']}"
        print(f"| {figure['what']} | {figure['value']:g} {figure['unit']} | {budget} |")
    if failed:
        raise SystemExit("\n".join(failed))


if __name__ == "__main__":
    main()
