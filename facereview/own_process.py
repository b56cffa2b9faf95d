"""Processes of this very program, for work that may crash or takes much memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def start(module: str) -> subprocess.Popen[bytes]:
    """Run a module of the program, with pipes to its standard input and output.

    The caller ends it. A module that is started so ends by itself once its standard input does,
    so that nothing outlives the program.
    """
    own = str(Path(__file__).resolve().parents[1])
    paths = [own, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
