"""What creators are called and how they are shown."""

from __future__ import annotations

from facereview.errors import Invalid, NotFound, Remedy
from facereview.records import Creator
from facereview.review.creators.records import Person, Profile
from facereview.review.decisions import clean_name
from facereview.review.names import NameIndex, folded, plain
from facereview.store.people import PersonRow
from facereview.store.store import Store

_OFFERED = 3


class Naming:
    """Making, naming and describing creators for one curator."""

    def __init__(self, store: Store, actor: str) -> None:
        self._store = store
        self._actor = actor

    def named(self, text: str) -> Creator:
        """The one creator of this name or alias, case and accents ignored if need be.

        Raises:
            NotFound: there is none, or several; the message offers those that are close.
        """
        exact = self._store.creators.named(text)
        if exact is not None:
            return exact
        creators, aliases = self._store.creators.all(), self._store.people.aliases()
        wanted = folded(text)
        fitting = [c for c in creators if wanted in map(folded, (c.name, *aliases.get(c.id, ())))]
        if len(fitting) == 1:
            return fitting[0]
        close = fitting or NameIndex(creators, aliases).like(text, _OFFERED)
        offered = ", ".join(c.name for c in close[:_OFFERED]) if wanted else ""
        fact = f"There is no creator called {text}"
        if offered:
            raise NotFound(f"{fact}: close to it are {offered}.")
        raise NotFound(fact, Remedy.LIST_CREATORS)

    def create(self, name: str) -> Creator:
        """A new creator.

        Raises:
            Invalid: the name cannot be used, or a creator has it already.
        """
        name = clean_name(name)
        known = self._store.creators.spelt(name)
        creator = None if known else self._store.creators.add(name)
        if creator is None:
            raise Invalid(f"There is a creator called {name} already: open that one.")
        return creator

    def rename(self, creator_id: int, name: str) -> Creator:
        """Give a creator another name.

        Raises:
            Invalid: the name cannot be used, or another creator has it.
            NotFound: the creator no longer exists.
        """
        name, before = clean_name(name), self.require(creator_id)
        if name == before.name:
            return before
        with self._store.transaction():
            other = self._store.creators.spelt(name)
            taken = other is not None and other.id != creator_id
            if taken or not self._store.people.rename(creator_id, name):
                self.require(creator_id)
                raise Invalid(
                    f"Another creator is called {name}: merge the two if they are one person, "
                    "or choose another name."
                )
            self._store.people.log_rename(self._actor, creator_id, before.name, name)
        return self.require(creator_id)

    def describe(self, creator_id: int, text: str) -> Creator:
        """Set or, with an empty text, remove a creator's description.

        Raises:
            NotFound: the creator no longer exists.
        """
        self._store.people.describe(creator_id, text.replace("\0", "").strip() or None)
        return self.require(creator_id)

    def add_alias(self, creator_id: int, name: str) -> tuple[str, ...]:
        """Let a creator be found under another name too; all its aliases.

        Raises:
            Invalid: the name cannot be used.
            NotFound: the creator no longer exists.
        """
        name = clean_name(name)
        known = self._store.people.aliases().get(creator_id, ())
        if name not in map(plain, (self.require(creator_id).name, *known)):
            self._store.people.add_alias(creator_id, name)
        return self._store.people.aliases().get(creator_id, ())

    def remove_alias(self, creator_id: int, name: str) -> tuple[str, ...]:
        """Forget another name of a creator; those that are left."""
        self._store.people.remove_alias(creator_id, name)
        return self._store.people.aliases().get(creator_id, ())

    def add(self, profile: Profile) -> Creator:
        """A new creator with all that is said of it, or none.

        Raises:
            Invalid: a name cannot be used, or a creator has it already.
        """
        with self._store.transaction():
            creator = self.create(profile.name)
            return self.change(creator.id, Profile(creator.name), profile)

    def change(self, creator_id: int, known: Profile, wanted: Profile) -> Creator:
        """Make what was ``known`` of a creator what is ``wanted``, all of it or nothing.

        What is the same in both stays as it is, whatever others made of it meanwhile.

        Raises:
            Invalid: a name cannot be used, or another creator has it.
            NotFound: the creator no longer exists.
        """
        with self._store.transaction():
            self.require(creator_id)
            if wanted.name != known.name:
                self.rename(creator_id, wanted.name)
            if wanted.description.strip() != known.description:
                self.describe(creator_id, wanted.description)
            for alias in known.aliases:
                if alias not in wanted.aliases:
                    self.remove_alias(creator_id, alias)
            for alias in wanted.aliases:
                if alias not in known.aliases:
                    self.add_alias(creator_id, alias)
            return self.require(creator_id)

    def require(self, creator_id: int) -> Creator:
        """The creator of this id.

        Raises:
            NotFound: there is none any longer.
        """
        creator = self._store.creators.get(creator_id)
        if creator is None:
            raise NotFound(
                "This creator no longer exists: somebody removed or merged it; choose another one."
            )
        return creator


def person_of(row: PersonRow) -> Person:
    """A creator with its counts, as the window shows it."""
    return Person(
        Creator(row.id, row.name, row.description, row.profile_picture_path),
        row.references,
        row.decided,
        row.videos,
        row.likely,
        tuple(row.aliases or ()),
        row.best_reference,
        row.best_face,
        row.unchecked,
    )
