"""What a library teaches: its references and the faces that people named, kept in memory.

A face named by hand is evidence at once, and none any longer once that is undone; what a machine
matched never is. A decision has only the creators concerned read again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facereview.review.evidence.gallery import MOST_PIECES, Decided, Gallery
from facereview.store.creators import ReferenceMatrix
from facereview.store.evidence import Mark, NamedFaces
from facereview.store.store import Store

OF_EACH_VIDEO = 5
"""Faces of one video that count for a creator: they show one look."""


class Teaching:
    """The gallery of a library, brought up to date when it is asked for. Belongs to one lane."""

    def __init__(self) -> None:
        self._revision: object = None
        self._mark: Mark | None = None
        self._references: ReferenceMatrix | None = None
        self._gallery: Gallery | None = None

    def gallery(self, store: Store) -> Gallery:
        """What each creator is known to look like now."""
        revision, mark = store.creators.revision(), store.evidence.mark()
        same = self._mark is not None and mark.people == self._mark.people
        if self._gallery is None or self._mark is None or not same or revision != self._revision:
            self._references = store.creators.matrix()
            self._gallery = Gallery(self._references, decided_of(_named(store)))
        elif mark != self._mark:
            self._read_again(store, store.evidence.decided_on_since(self._mark))
        self._revision, self._mark = revision, mark
        return self._gallery

    @property
    def references(self) -> ReferenceMatrix:
        """The references in the gallery that was asked for last.

        Raises:
            ValueError: none was.
        """
        if self._references is None:
            raise ValueError("no gallery was asked for")
        return self._references

    def _read_again(self, store: Store, creators: Sequence[int]) -> None:
        if not creators or self._gallery is None or self._references is None:
            return
        decided = decided_of(_named(store, creators))
        for creator in creators:
            own = self._references.embeddings[self._references.creators == creator]
            faces = decided.rows(np.flatnonzero(decided.creators == creator))
            self._gallery.replace(creator, own, faces)


def _named(store: Store, creators: Sequence[int] | None = None) -> NamedFaces:
    return store.evidence.named(MOST_PIECES, OF_EACH_VIDEO, creators)


def decided_of(faces: NamedFaces) -> Decided:
    """Named faces as evidence."""
    return Decided(faces.creators, faces.videos, faces.embeddings, faces.quality, ~faces.looked_at)
