"""What an open library holds is given back when it is closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_support import opened

from facereview.errors import DatabaseError
from facereview.review.decisions.intents import Intent, Kind


def test_closing_a_library_closes_the_journals_of_its_desks(
    tmp_path: Path, library_url: str
) -> None:
    library = opened(tmp_path / "home", library_url, None)
    desks = [library.desk(library.store()), library.desk(library.store())]
    for desk in desks:
        assert desk.unsaved() == 0
    library.close()
    for desk in desks:
        with pytest.raises(DatabaseError, match="is not kept"):  # for want of the journal too
            desk.decide(Intent(Kind.UNDO))
