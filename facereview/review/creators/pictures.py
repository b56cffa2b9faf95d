"""The pictures of people that facereview keeps on disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from facereview.errors import MediaError
from facereview.files import stored_path, write_whole
from facereview.home import Home
from facereview.media.crops import CropCache, crop_bytes
from facereview.media.images import load_image
from facereview.records import Creator, Video
from facereview.review.scanning.thumbnails import thumbnail_key
from facereview.store.changes import Belongings

_PROFILES = "profiles"
"""Folder of the profile pictures that facereview made, named by creator and face."""


class Pictures:
    """Pictures of the people of one library: references, profiles, crops and thumbnails."""

    def __init__(self, home: Home, library: str) -> None:
        self._root = home.pictures(library)
        self._profiles = self._root / _PROFILES
        self._crops = CropCache(home.crops(library))
        self._thumbnails = CropCache(home.crops(library).with_name("thumbnails"))

    def ours(self, path: str) -> bool:
        """Whether facereview made this picture; all others are the curator's own."""
        return bool(path) and Path(path).is_relative_to(self._root)

    def profile(self, creator_id: int, path: Path | None, face: int | None) -> str | None:
        """Where the profile picture lies: a file that can be read, or a copy of a face's crop.

        Raises:
            MediaError: the file is no picture, or no crop of the face is kept.
        """
        if path is not None:
            load_image(path)
            return stored_path(path)
        if face is None:
            return None
        crop = self._crops.crop(face)
        if crop is None:
            raise MediaError(
                "No picture of this face is kept: open it on the Review page once, or choose "
                "another one."
            )
        # a name of its own, so that the picture before is still there when this is undone
        copy = self._profiles / f"{creator_id}-{face}.jpg"
        write_whole(copy, crop_bytes(crop))
        return stored_path(copy)

    def kept(self, held: Belongings, creator: Creator) -> set[Path]:
        """Copies of reference pictures, and profile pictures, also those of merged creators."""
        named = {*held.sources, creator.profile_picture_path or ""}
        found = {Path(path) for path in named if self.ours(path)}
        for number in held.ids:
            found |= {
                *self._profiles.glob(f"{number}.jpg"),
                *self._profiles.glob(f"{number}-*.jpg"),
            }
        return self.copies(held.references) | {path for path in found if path.is_file()}

    def copies(self, references: Iterable[int]) -> set[Path]:
        """Copies of reference pictures, which are named by reference."""
        caches = [
            CropCache(folder)
            for folder in self._root.glob("*")
            if folder.is_dir() and folder.name != _PROFILES
        ]
        found = {cache.path(reference) for reference in references for cache in caches}
        return {path for path in found if path.is_file()}

    def cached(self, faces: Iterable[int], videos: Iterable[Video]) -> set[Path]:
        """Crops of these faces, and thumbnails that may show them; all are made again if needed."""
        keys = (thumbnail_key(video) for video in videos)
        paths = {self._thumbnails.path(key) for key in keys if key is not None}
        paths |= {self._crops.path(face) for face in faces}
        return {path for path in paths if path.exists()}


def unlink(paths: Iterable[Path]) -> None:
    """Remove these files; those that cannot be removed are left."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError:  # the second look of an erasure reports what is still there
            continue
