"""The store: all queries of facereview, over one connection for one lane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Self

from psycopg import Rollback

from facereview.store.calibrations import Calibrations
from facereview.store.changes import Changes, Erasure
from facereview.store.checks import Checks
from facereview.store.clustering import Clustering
from facereview.store.clusters import Clusters
from facereview.store.contract import Structure
from facereview.store.creators import Creators, People
from facereview.store.evidence import Evidence
from facereview.store.farm.queue import Farm
from facereview.store.films import Films
from facereview.store.filters.clusters import FilteredClusters
from facereview.store.filters.creators import FilteredCreators
from facereview.store.filters.faces import FilteredFaces
from facereview.store.filters.kept import KeptFilters
from facereview.store.filters.videos import FilteredVideos
from facereview.store.history.batches import Batches
from facereview.store.insight import Insight
from facereview.store.library import Library
from facereview.store.log import Conflicts, Log
from facereview.store.references import References
from facereview.store.rights import Rights
from facereview.store.row_changes import RowChanges
from facereview.store.search import Search
from facereview.store.session import Database, Session
from facereview.store.tracks import Tracks
from facereview.store.videos import Faces, Removal, Videos

LOCK_SECONDS = 2
"""How long a decision waits for what another program holds."""
STATEMENT_SECONDS = 5
ANSWER_SECONDS = 8
"""Seconds after which a server that has not written a decision counts as gone."""


class Store:
    """The parts of the store, sharing one session.

    Not thread-safe on purpose: each lane has its own store, so that no transaction is shared.
    """

    def __init__(
        self, database: Database, workstation: str = "", called: Callable[[], str] = str
    ) -> None:
        """``workstation`` tells apart where a curator sits: each has a history of its own.

        ``called`` gives the name that others see, where it is not the login name.
        """
        self.database = database
        self.session = Session(database)
        self.library = Library(self.session)
        self.calibrations = Calibrations(self.session)
        self.structure = Structure(self.session)
        self.rights = Rights(self.session)
        self.creators = Creators(self.session)
        self.people = People(self.session)
        self.changes, self.erasure = Changes(self.session), Erasure(self.session)
        self.references = References(self.session)
        self.videos, self.removal = Videos(self.session), Removal(self.session)
        self.films = Films(self.session)
        self.faces = Faces(self.session)
        self.search = Search(self.session)
        self.filtered = FilteredFaces(self.session)
        self.filtered_creators = FilteredCreators(self.session)
        self.filtered_clusters = FilteredClusters(self.session)
        self.filtered_videos = FilteredVideos(self.session)
        self.kept_filters = KeptFilters(self.session)
        self.log = Log(self.session, workstation, called)
        self.batches = Batches(self.session)
        self.conflicts = Conflicts(self.session, workstation)
        self.row_changes = RowChanges(self.session)
        self.insight = Insight(self.session)
        self.clusters = Clusters(self.session)
        self.clustering = Clustering(self.session)
        self.tracks = Tracks(self.session)
        self.checks = Checks(self.session)
        self.evidence = Evidence(self.session)
        self.farm = Farm(self.session)

    @classmethod
    def open(cls, database: Database) -> Self:
        """A store whose database fits the contract, brought to it if need be.

        Raises:
            DatabaseError: with the reason and what mends it.
        """
        store = cls(database)
        try:
            store.library.install()
        except BaseException:
            store.close()
            raise
        return store

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing."""
        return self.session.transaction()

    @contextmanager
    def trying(self) -> Iterator[None]:
        """A transaction that is rolled back, with a short lock timeout."""
        with self.session.transaction():
            self.session.tuples("hurry")
            yield
            raise Rollback

    @contextmanager
    def deciding(self, *, promptly: bool | None = None) -> Iterator[None]:
        """A transaction that decides faces: many at a time, but none while creators change.

        ``promptly`` gives up what another program holds after 2 seconds, and a statement or a
        server that takes longer still: what a key asked for is then tried again. Work on many
        faces (False) waits for locks only so long, but takes its time; other work (None) waits.

        Raises:
            DatabaseBusy: it could not be done now.
        """
        with self._limited(promptly):
            self.session.tuples("lock_people_shared")
            yield

    @contextmanager
    def rearranging(self, *, promptly: bool | None = None) -> Iterator[None]:
        """A transaction that merges, splits or removes creators, while nobody decides."""
        with self._limited(promptly):
            self.session.tuples("lock_people")
            yield

    def answering(self) -> AbstractContextManager[None]:
        """Inside, a server that does not answer in time is taken for gone."""
        return self.session.within(ANSWER_SECONDS)

    @contextmanager
    def _limited(self, promptly: bool | None) -> Iterator[None]:
        statement = STATEMENT_SECONDS if promptly else 0
        with (
            self.session.within(ANSWER_SECONDS if promptly else None),
            self.session.transaction(),
        ):
            if promptly is not None:
                self.session.tuples(
                    "limit_waiting", lock=f"{LOCK_SECONDS}s", statement=f"{statement}s"
                )
            yield

    def close(self) -> None:
        """Give the connection back."""
        self.session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
