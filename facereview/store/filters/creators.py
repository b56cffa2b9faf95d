"""Reading the creators of a filter in any order."""

from __future__ import annotations

from typing import Any

from facereview.filters import CreatorFilter, CreatorSort
from facereview.store.filters.parameters import between, days, within
from facereview.store.session import Session


class FilteredCreators:
    """The creators of a filter. Its text is looked for elsewhere, where names are compared."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def ids(self, wanted: CreatorFilter, sort: CreatorSort) -> list[int]:
        """All of them as they are now."""
        names = ["creators_ids"]
        if wanted.faces or sort is CreatorSort.FACES:
            names.append("creators_named")
        if wanted.suggested or sort is CreatorSort.SUGGESTED:
            names.append("creators_suggested")
        if wanted.in_videos or sort is CreatorSort.VIDEOS:
            names.append("creators_videos")
        names.append("filtered_where")
        values = dict[str, Any]()
        for name, parameters in _conditions(wanted):
            names.append(f"creators_of_{name}")
            values |= parameters
        made = (*names, f"creators_by_{sort}")
        found: list[int] = self._session.composed_column(made, **values).tolist()
        return found


def _conditions(wanted: CreatorFilter) -> list[tuple[str, dict[str, Any]]]:
    """Each condition that is not empty, with its parameters."""
    given: list[tuple[str, object, dict[str, Any]]] = [
        ("references", wanted.references, between("references", wanted.references)),
        ("faces", wanted.faces, between("faces", wanted.faces)),
        ("in_videos", wanted.in_videos, between("in_videos", wanted.in_videos)),
        ("suggested", wanted.suggested, between("suggested", wanted.suggested)),
        ("unchecked", wanted.unchecked, {}),
        ("named_on", wanted.named_on, days("named", wanted.named_on)),
        ("folder", wanted.folder, within(wanted.folder)),
    ]
    return [(name, values) for name, said, values in given if said]
