"""rematch: what would change, and changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from cli_support import Facereview, sentence

from facereview.records import RejectReason, SourceType
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.evidence import fitting
from facereview.store.store import Store
from support import make_faces, near


def test_a_dry_run_prints_what_the_run_then_does(facereview: Facereview, store: Store) -> None:
    faces = make_faces(store)
    facereview("config", "set", "match_threshold", "0.5")
    facereview("config", "set", "auto_tag_threshold", "0.7")
    planned = facereview.json("rematch", "--dry-run")
    assert (planned["dry_run"], planned["faces"], planned["matched"]) == (True, 5, 5)
    assert planned["batch"] is None
    said = facereview("rematch", "--dry-run").stdout
    assert "5 more matched, 0 taken back to pending (dry run: nothing was changed)." in said
    done = facereview.json("rematch")
    assert planned | {"dry_run": False, "batch": done["batch"]} == done
    assert done["creators"] == [
        {
            "id": faces.ann.id,
            "name": "Ann",
            "matched": 5,
            "taken_back": 0,
            "suggested": 0,
            "no_longer_suggested": 0,
        }
    ]
    store.references.retire([r.id for r in store.creators.references(faces.ann.id)], "me")
    store.creators.add_reference(faces.ann.id, near(3, 0.9), SourceType.MANUAL, None, 0.9)
    said = facereview("rematch").stdout
    assert "0 more matched, 5 taken back to pending." in said
    assert "5 faces matched with Ann wait again." in said


def test_the_probabilities_are_fitted_first_where_enough_was_decided(
    facereview: Facereview, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each face is a track of its own here; of another pack, strangers are needed too."""
    monkeypatch.setattr(fitting, "ENOUGH", 4)
    monkeypatch.setattr(fitting, "ALONE", 2.0)
    faces, decisions = make_faces(store), Decisions(store, "me")
    for place in range(3):
        decisions.apply(faces.accept(place))
    assert facereview.json("rematch")["fitted"] is False
    for place in (3, 4):
        why = RejectReason.STRANGER
        decisions.apply(Intent(Kind.REJECT, faces.seen(place), reason=why, replaces=True))
    planned = facereview("rematch", "--dry-run").stdout
    assert "Probabilities would be fitted again, on 5 tracks." in planned
    assert "Probabilities were fitted again, on 5 tracks." in facereview("rematch").stdout
    assert facereview.json("rematch")["fitted"] is False


def test_an_interruption_is_told_from_a_fault(
    facereview: Facereview, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_faces(store)

    @contextmanager
    def pressed() -> Iterator[Callable[[], bool]]:
        """As after Ctrl+C."""
        yield lambda: True

    monkeypatch.setattr("facereview.cli.rematch.interruptible", pressed)
    result = facereview("rematch")
    assert result.exit_code == 130
    assert sentence(result.stderr).startswith("Matching was interrupted: the faces not reached")
