"""Who is known, by name: for the name fields and the list of creators."""

from __future__ import annotations

from facereview.review.creators.names import SHOWN, NameIndex, Names
from facereview.review.creators.naming import person_of
from facereview.review.creators.records import Person
from facereview.review.desk import curator
from facereview.store.store import Store


class NamesDesk:
    """A desk of its own, for the lane of lists: a key in a name field waits for nothing else."""

    def __init__(self, store: Store, actor: str | None = None) -> None:
        self._store = store
        self._actor = actor or curator()
        self._index: NameIndex | None = None

    def names(self, stamp: str = "") -> Names:
        """The names as they are now, made ready for searching unless ``stamp`` still holds."""
        with self._store.transaction():
            now = self._store.creators.names_stamp()
            used = self._store.creators.names_used(self._actor, SHOWN)
            if now == stamp:
                return Names(now, None, used)
            creators, aliases = self._store.creators.all(), self._store.people.aliases()
        return Names(now, NameIndex(creators, aliases), used)

    def people(self) -> tuple[Person, ...]:
        """Every creator with its counts, by name; :meth:`find` searches them."""
        people = tuple(person_of(row) for row in self._store.people.all())
        self._index = NameIndex(
            (person.creator for person in people),
            {person.creator.id: person.aliases for person in people},
        )
        return people

    def find(self, text: str, limit: int | None = None) -> tuple[int, ...]:
        """Ids of creators by a few letters of a name or alias, best first; all without text."""
        if self._index is None:
            self._index = NameIndex(self._store.creators.all(), self._store.people.aliases())
        return self._index.ids(text, limit)
