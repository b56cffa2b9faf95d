"""The command line on a library of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_support import Facereview


@pytest.fixture
def facereview(library_url: str, home: Path) -> Facereview:
    """The command line on a fresh library."""
    return Facereview(library_url, home)


@pytest.fixture
def on(home: Path) -> Callable[[str | None], Facereview]:
    """The command line on any database; None is the built-in one."""
    return lambda url: Facereview(url, home)


@pytest.fixture
def with_pack(facereview: Facereview, zoo_pack: Path) -> Facereview:
    """The command line with the zoo pack installed and in use."""
    shutil.copytree(zoo_pack, facereview.home / "packs" / "models" / "zoo")
    return facereview
