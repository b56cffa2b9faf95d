"""The folder in which facereview keeps its files."""

from __future__ import annotations

import getpass
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from platformdirs import user_data_path

from facereview.files import replacing


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything: server, packs, caches, logs, pictures."""

    root: Path

    @classmethod
    def default(cls) -> Home:
        """``FACEREVIEW_HOME`` if set, else the platform's data folder."""
        chosen = os.environ.get("FACEREVIEW_HOME")
        return cls(Path(chosen).expanduser() if chosen else user_data_path("facereview", False))

    @property
    def server(self) -> Path:
        """Data directory of the embedded PostgreSQL."""
        return self.root / "server"

    @property
    def packs(self) -> Path:
        """Model packs, one folder each, under ``models`` as InsightFace wants it."""
        return self.root / "packs"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def journal(self) -> Path:
        """Decisions that wait for the database."""
        return self.root / "journal.sqlite"

    @property
    def preferences(self) -> Path:
        """Window state and the pack in use."""
        return self.root / "preferences.ini"

    @property
    def mounts(self) -> Path:
        """Folders of libraries that are mounted elsewhere on this computer."""
        return self.root / "mounts.json"

    @property
    def left_out(self) -> Path:
        """Names that a scan leaves out, one pattern a line."""
        return self.root / "left-out.txt"

    def workstation(self) -> str:
        """The id of this workstation, made once: each workstation has its own history.

        Where it cannot be kept, this run has one of its own.
        """
        file = self.root / "workstation"
        try:
            kept = file.read_text("ascii").strip()
            if kept:
                return kept
        except (OSError, ValueError):
            pass
        made = uuid4().hex
        with suppress(OSError), replacing(file) as part:
            part.write_text(made, "ascii")
        return made

    def curator(self) -> str:
        """The curator's chosen name, else ""."""
        try:
            return (self.root / "curator").read_text("utf-8").strip()
        except (OSError, ValueError):
            return ""

    def call_curator(self, name: str) -> None:
        """Save the curator's name; "" means the login name.

        Raises:
            OSError: it cannot be kept.
        """
        with replacing(self.root / "curator") as part:
            part.write_text(name, "utf-8")

    @property
    def _software_decoding(self) -> Path:
        """A file that is there where no graphics card is to decode videos."""
        return self.root / "software-decoding"

    def card_decodes(self) -> bool:
        """Whether scans on this computer let a graphics card decode."""
        return not self._software_decoding.exists()

    def let_card_decode(self, on: bool) -> None:
        """Let a graphics card decode from now on, or not.

        Raises:
            OSError: it cannot be kept.
        """
        if on:
            self._software_decoding.unlink(missing_ok=True)
        else:
            self.create()._software_decoding.touch()

    def crops(self, library: str) -> Path:
        """Face crops of one library (see ``Store.library_id``), rebuilt when missing."""
        return self.root / "cache" / library / "crops"

    def pictures(self, library: str) -> Path:
        """Copies of reference pictures of one library."""
        return self.root / "pictures" / library

    def create(self) -> Home:
        """Make the folder, private to the user, and return self."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self


def curator() -> str:
    """The name under which this workstation's decisions are logged and undone."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "curator"


def resource(name: str) -> Path:
    """A file of ``resources/`` or ``schema.sql``: inside the wheel, else beside the package."""
    package = Path(__file__).parent
    for root in (package / "_data", package.parent):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(name)
