"""Opening the window, or rendering its pages to files."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from facereview.cli.doctor.display import require_display
from facereview.home import Home


def open_window(home: Home, url: str | None, shots: Path | None) -> None:
    """Open the window and return when it was closed; with ``shots``, render its pages instead.

    Raises:
        NoDisplay: no window can be shown here.
        DatabaseError: the library cannot be opened.
    """
    if shots is None:
        require_display()
    # Off until the window is built: a start creates no garbage, and collecting takes a tenth of
    # its time.
    gc.disable()
    from facereview import app  # noqa: PLC0415 - Qt is imported only where it can be shown

    sys.exit(app.run(home, url, shots=shots))
