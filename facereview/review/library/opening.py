"""Opening a library: the one place that knows how server, store, pack and folders fit together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from facereview.errors import ReviewError
from facereview.faces import packs
from facereview.faces.catalogue import thresholds
from facereview.home import Home, curator
from facereview.media.crops import CropCache
from facereview.mounts import Mounts
from facereview.records import PackInfo, Progress, Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.creators.checks import KnownReferences
from facereview.review.creators.intake import Kept, PictureIntake
from facereview.review.creators.library_health import LibraryHealth
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.decisions.decide import clean_name
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.review.evidence.certainty import Mode
from facereview.review.evidence.fitting import Fitter
from facereview.review.evidence.rematch import Rematcher
from facereview.review.evidence.teaching import Teaching
from facereview.review.library.config import Settings
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.libraries import address, is_built_in, name_of
from facereview.store.session import Database
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.faces.engine import InsightEngine
    from facereview.review.cast.desk import CastDesk
    from facereview.review.clusters.update import ClusterUpdater
    from facereview.review.creators.desk import CreatorsDesk
    from facereview.review.evidence.track_update import TrackUpdater
    from facereview.review.scanning.enrol import Enroller
    from facereview.review.scanning.further import FurtherLook, FurtherPlan, FurtherReport
    from facereview.review.scanning.replaced import ReplacedFiles
    from facereview.review.scanning.scan import Scanner

# Models and video libraries take a second to import, so they are imported when first used.


@dataclass
class OpenLibrary:
    """One library, open. Each lane has one store, on which its desks are made.

    The pack is loaded when first needed: reviewing works without a model.
    """

    home: Home
    database: Database
    id: str
    pack: PackInfo | None
    thresholds: Thresholds
    mounts: Mounts
    workstation: str
    """Each workstation has a history of its own."""
    called: str = ""
    """The name that the curator chose; empty for the login name."""
    _engine: InsightEngine | None = field(default=None, repr=False)
    _engine_lock: Lock = field(default_factory=Lock, repr=False)
    _journals: list[Journal] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """What windows call it."""
        return name_of(self.home, self.database.url)

    def local(self, path: str) -> Path:
        """Where a path of the library is on this computer."""
        return self.mounts.local(path)

    def map_folders(self, mounts: Mounts) -> None:
        """Look for files of the library in these folders as well, from now on."""
        self.mounts = mounts.joined(self.mounts)
        self.mounts.save(self.home)

    def store(self) -> Store:
        """A store for one lane."""
        return Store(self.database, self.workstation, lambda: self.called)

    @property
    def curator(self) -> str:
        """What others see of the curator here."""
        return self.called or curator()

    def call_curator(self, name: str) -> None:
        """Let others see this name from now on; nothing: the login name.

        Raises:
            Invalid: it cannot be a name.
            ReviewError: it cannot be kept.
        """
        name = clean_name(name) if name.strip() else ""
        try:
            self.home.call_curator(name)
        except OSError as fault:
            raise ReviewError(
                f"The name cannot be kept in {self.home.root} ({fault.strerror}): free its disk "
                "and try again."
            ) from fault
        self.called = name

    def desk(self, store: Store) -> Desk:
        """A curator's desk, with the journal of what waits for the database."""
        journal = Journal(self.home.journal, self.id)
        self._journals.append(journal)
        return Desk(store, journal, lambda: self.thresholds)

    def cluster_desk(self, store: Store) -> ClusterDesk:
        """The clusters."""
        return ClusterDesk(store, lambda: self.thresholds)

    def cast_desk(self, store: Store) -> CastDesk:
        """The casts of videos."""
        from facereview.review.cast.desk import CastDesk  # noqa: PLC0415

        return CastDesk(store, lambda: self.thresholds)

    def cluster_updater(self, store: Store) -> ClusterUpdater:
        """What clusters the pending faces, with the thresholds in force now."""
        from facereview.review.clusters.update import ClusterUpdater  # noqa: PLC0415

        threshold = self.settings(store).config().match_threshold
        return ClusterUpdater(store, self.thresholds.cluster, threshold)

    def track_updater(self, store: Store, teaching: Teaching | None = None) -> TrackUpdater:
        """What links the faces of each video, and judges them where an error rate counts.

        ``teaching`` is what was read of the library before, on the same lane.
        """
        from facereview.review.evidence.library_judging import LibraryJudge  # noqa: PLC0415
        from facereview.review.evidence.track_update import TrackUpdater  # noqa: PLC0415

        certainty = self.settings(store).certainty()
        if certainty.mode is Mode.THRESHOLDS:
            return TrackUpdater(store, self.thresholds.cluster)
        judge = LibraryJudge(store, certainty, teaching or Teaching())
        return TrackUpdater(store, self.thresholds.cluster, judge.keep)

    def settings(self, store: Store) -> Settings:
        """The library's settings."""
        return Settings(store, lambda: self.thresholds)

    def library_desk(self, store: Store) -> LibraryDesk:
        """The list of videos, and the settings."""
        return LibraryDesk(store, lambda: self.thresholds)

    def creators_desk(self, store: Store) -> CreatorsDesk:
        """The creators."""
        from facereview.review.creators.desk import CreatorsDesk  # noqa: PLC0415

        return CreatorsDesk(store, self.home, self.id, lambda: self.thresholds)

    def references_desk(self, store: Store) -> ReferencesDesk:
        """The creators' references."""
        return ReferencesDesk(
            store, self.crops(), self.reference_pictures(), lambda: self.thresholds
        )

    def health(self, store: Store) -> LibraryHealth:
        """What needs care among all creators."""
        return LibraryHealth(store, lambda: self.thresholds)

    def engine(self) -> InsightEngine:
        """The pack in use, loaded lazily.

        Raises:
            PackError: no usable pack; the message names the command that fetches one.
        """
        from facereview.faces.engine import InsightEngine  # noqa: PLC0415

        with self._engine_lock:  # a scan and an added picture may both ask first
            if self._engine is None:
                self._engine = InsightEngine(packs.require(self.home))
            return self._engine

    def crops(self) -> CropCache:
        """The crops of this library's faces."""
        return CropCache(self.home.crops(self.id))

    def reference_pictures(self) -> CropCache:
        """The pictures kept of this library's references."""
        return CropCache(self.home.pictures(self.id) / "references")

    def picture_copies(self) -> CropCache:
        """Copies of the pictures that this library's references were made of, by reference."""
        return CropCache(self.home.pictures(self.id) / "copies")

    def scanner(
        self,
        store: Store,
        size: int | None = None,
        count: int | None = None,
        *,
        card: bool = True,
        apart: bool = False,
    ) -> Scanner:
        """A scanner with the settings in force now, perhaps for faces of another ``size``.

        ``count`` videos are looked at at once; None: as many as suit. A ``card`` may decode, unless
        that was switched off here. ``apart`` leaves this process to a window.
        """
        from facereview.review.scanning.scan import Scanner  # noqa: PLC0415
        from facereview.review.scanning.workers import choose  # noqa: PLC0415

        engine, settings = self.engine(), self.settings(store)
        config, card = settings.config(), card and self.home.card_decodes()
        config = replace(config, min_face_size=size or config.min_face_size)
        return Scanner(
            store,
            engine,
            self.crops(),
            config,
            mounts=self.mounts,
            certainty=settings.certainty(),
            workers=choose(engine.providers, count, card=card, apart=apart),
        )

    def further_look(self, store: Store) -> FurtherLook:
        """What looks at further frames, with the settings in force now."""
        from facereview.review.scanning.further import FurtherLook  # noqa: PLC0415

        settings = self.settings(store)
        return FurtherLook(
            store,
            self.engine,
            self.crops(),
            settings.config(),
            mounts=self.mounts,
            certainty=settings.certainty(),
        )

    def look_further(
        self,
        on_progress: Callable[[FurtherPlan, Progress], None],
        cancelled: Callable[[], bool],
    ) -> FurtherReport:
        """Look at further frames of videos with uncertain faces; see :class:`FurtherLook`."""
        with self.store() as store:
            look = self.further_look(store)
            plan = look.plan()
            return look.look(plan, on_progress=partial(on_progress, plan), cancelled=cancelled)

    def replaced_files(self, store: Store) -> ReplacedFiles:
        """The files that were replaced, with the thresholds in force now."""
        from facereview.review.scanning.replaced import ReplacedFiles  # noqa: PLC0415

        similar = self.settings(store).config().auto_tag_threshold
        return ReplacedFiles(store, similar, curator())

    def enroller(self, store: Store) -> Enroller:
        """An enroller."""
        from facereview.review.scanning.enrol import Enroller  # noqa: PLC0415

        size = self.settings(store).config().min_face_size
        return Enroller(store, self.engine(), self.intake(store), size, self.mounts)

    def intake(self, store: Store, known: KnownReferences | None = None) -> PictureIntake:
        """An intake of pictures with the settings in force now."""
        config = self.settings(store).config()
        kept = Kept(self.reference_pictures(), self.picture_copies())
        return PictureIntake(store, self.engine(), kept, config, known=known)

    def rematcher(self, store: Store) -> Rematcher:
        """What matches pending faces again, with the settings in force now."""
        settings = self.settings(store)
        return Rematcher(store, settings.config(), settings.certainty())

    def fitter(self, store: Store) -> Fitter:
        """What fits the library's own calibration."""
        return Fitter(store, self.thresholds.pack)

    def pack_changed(self) -> None:
        """Another pack is in use: it is loaded when next needed, and its thresholds count.

        In a library that a pack has made already, that pack's thresholds go on counting.
        """
        with self._engine_lock:
            self._engine = None
        self.pack = packs.current(self.home)
        with self.store() as store:
            self.thresholds = _thresholds(store, self.pack)

    def waiting(self) -> int:
        """How many decisions wait for the next start."""
        return max((len(journal) for journal in self._journals), default=0)

    def close(self) -> None:
        """Close every connection, and the journals of its desks; what waits in them is kept."""
        for journal in self._journals:
            journal.close()
        self.database.close()


class OpeningStep(StrEnum):
    """The steps of opening a library that take time."""

    SERVER = "server"
    """The built-in server starts; the first time it is made."""
    CONNECTING = "connecting"
    SCHEMA = "schema"
    """The database is brought to the contract."""


def open_library(
    home: Home, url: str | None, told: Callable[[OpeningStep], object] = lambda _: None
) -> OpenLibrary:
    """Open the library at ``url``, or the built-in one, brought to the contract if need be.

    ``url`` may also name a library of the built-in server, see ``libraries``.

    Raises:
        DatabaseError: with the reason and what mends it; nothing is half created.
    """
    home.create()
    told(OpeningStep.SERVER if is_built_in(url) else OpeningStep.CONNECTING)
    database = Database(address(home, url))
    try:
        told(OpeningStep.SCHEMA)
        with Store.open(database) as store:
            pack = packs.current(home)
            limits, mounts = _thresholds(store, pack), Mounts.load(home)
            return OpenLibrary(
                home,
                database,
                store.library.id,
                pack,
                limits,
                mounts,
                home.workstation(),
                home.curator(),
            )
    except BaseException:
        database.close()
        raise


def _thresholds(store: Store, pack: PackInfo | None) -> Thresholds:
    """Those of the pack that made the library, else of the pack in use."""
    recorded = store.library.pack()
    return thresholds(recorded.name if recorded else pack.name if pack else packs.DEFAULT)
