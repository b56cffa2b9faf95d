"""Faults of the world, each one plain sentence: what happened, to which thing, what to do.

Everything below :class:`ReviewError` is expected and shown calmly; any other exception is a bug.
"""

from __future__ import annotations


class ReviewError(Exception):
    """A fault of the world; ``str(error)`` is one sentence a curator can act on."""


class Cancelled(Exception):
    """Somebody asked to stop: nothing has been changed. No fault, and nothing to be told of."""


class DatabaseError(ReviewError):
    """The database refused or cannot serve the request."""


class DatabaseUnreachable(DatabaseError):
    """The database cannot be reached now; the same request may succeed later."""


class SchemaError(DatabaseError):
    """The database is too old, lacks pgvector, or its tables do not fit the contract."""


class PackError(ReviewError):
    """A model pack is missing, damaged, of the wrong dimension, or could not be fetched."""


class PackMismatch(PackError):
    """The pack in use is not the one that made the library's embeddings."""


class MediaError(ReviewError):
    """A video or an image cannot be read."""


class ScanDisabled(ReviewError):
    """Scanning is switched off by ``enabled = false`` in ``face_recognition_config``."""


class SeveralFaces(ReviewError):
    """An image for a reference shows several faces and none was chosen."""


class NotFound(ReviewError):
    """A creator, detection, video or file that was asked for does not exist."""


class Invalid(ReviewError):
    """A value given by the user is out of range or malformed."""
