"""A key sends the database what it needs to write it, and nothing that does nothing."""

from __future__ import annotations

from collections.abc import Callable

from facereview.review.decisions.intents import Intent, Kind
from facereview.review.desk import Desk
from support import Faces, Sent


def about_nothing(sent: Sent) -> list[str]:
    """The statements all of whose lists are empty."""
    found = []
    for query, params in sent:
        lists = [value for value in params.values() if isinstance(value, list)]
        if lists and not any(lists):
            found.append(query)
    return found


def test_a_key_and_its_way_back(desk: Desk, faces: Faces, sent: Sent) -> None:
    keys: list[tuple[int, Callable[[], object]]] = []
    accept = faces.accept(0)
    deny = Intent(Kind.NOT_PERSON, faces.seen(1), faces.ann)
    skip = Intent(Kind.SKIP, faces.seen(2))
    keys.append((12, lambda: desk.decide(accept)))
    keys.append((4, desk.undoable))
    keys.append((18, desk.undo))
    keys.append((21, desk.redo))
    keys.append((8, lambda: desk.decide(deny)))
    keys.append((16, desk.undo))
    keys.append((9, lambda: desk.decide(skip)))
    keys.append((15, desk.undo))
    for most, key in keys:
        sent.clear()
        key()
        assert about_nothing(sent) == []
        assert len(sent) <= most, [query for query, _ in sent]
