"""Importing libraries that change the process around them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def environment_kept() -> Iterator[None]:
    """Put ``os.environ`` back as it was, whatever is imported inside.

    OpenCV's wheels point ``QT_QPA_PLATFORM_PLUGIN_PATH`` and ``QT_QPA_FONTDIR`` at a Qt 5 of
    their own and extend ``LD_LIBRARY_PATH``: a window of Qt 6, and every program started
    later, would inherit them.
    """
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        for name, value in before.items():
            if os.environ.get(name) != value:
                os.environ[name] = value
