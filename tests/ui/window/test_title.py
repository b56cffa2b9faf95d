"""Two libraries have two window titles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import opened

from facereview.home import Home
from facereview.review.library.libraries import built_in, name_of
from facereview.review.library.opening import open_library
from facereview.store.embedded import EmbeddedServer


def test_the_name_says_which_library_and_never_the_password(
    tmp_path: Path, library_url: str
) -> None:
    library = opened(tmp_path / "home", library_url, None)
    assert library.name == library.database.place
    library.close()
    home = Home(tmp_path)
    for secret in ("postgresql://ann:geheim@db.local/films", "host=db.local password=geheim"):
        assert "geheim" not in name_of(home, secret)


@pytest.fixture
def built_in_home(tmp_path: Path) -> Iterator[Home]:
    """A folder whose built-in server is stopped afterwards."""
    made = Home(tmp_path / "own")
    yield made
    EmbeddedServer(made.server).stop()


def test_built_in_libraries_of_two_folders_have_two_names(built_in_home: Home) -> None:
    first = open_library(built_in_home, None)
    try:
        assert first.name.endswith(built_in_home.root.name) and first.name != first.database.place
        other = name_of(built_in_home, first.database.url.replace("/facereview?", "/films?"))
        assert other == f"films · {first.name}"
        assert built_in("films") == "built-in:films"
    finally:
        first.close()
