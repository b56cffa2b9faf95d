"""Ends a server and removes its folder when the process that started it is gone, however it went.

usage: python -m stress.keeper FOLDER DATA; it acts when its input ends.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from stress.server import end_server


def main() -> None:
    """Wait for the end of the input, then clean up."""
    folder, data = Path(sys.argv[1]), Path(sys.argv[2])
    sys.stdin.read()
    end_server(data)
    for mount in sorted(folder.iterdir()):
        if mount.is_mount():
            subprocess.run(["umount", "-l", str(mount)], check=False)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
