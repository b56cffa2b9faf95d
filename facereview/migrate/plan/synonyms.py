"""Columns of the shared tables that have other names in older libraries.

A column of the left name is filled from the first of the right that the library has; the
library's own column stays beside it, for the programs that know it.
"""

SAME_AS: dict[str, dict[str, tuple[str, ...]]] = {
    "videos": {
        "file_path": ("path",),
        "duration_seconds": ("duration",),
        "file_size_bytes": ("file_size", "size"),
    },
    "creators": {
        "description": ("bio",),
        "profile_picture_path": ("avatar_path", "picture_path", "image_path"),
    },
}

CONFIG = "face_recognition_config"
"""The one table that is not empty in a new library: the library's own rows replace the defaults."""
