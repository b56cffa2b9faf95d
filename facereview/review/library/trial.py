"""Trying all that a curator does, on things made for it and with nothing left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import numpy as np

from facereview.errors import DatabaseError
from facereview.records import (
    Box,
    Creator,
    Detection,
    RejectReason,
    SourceType,
    Thresholds,
    VideoInfo,
)
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.creators.merges import Merging
from facereview.review.creators.naming import Naming
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.config import SETTINGS
from facereview.store.store import Store
from facereview.store.videos import ScanRow

_ACTOR = "facereview trial"


def _pack() -> Thresholds:
    """Those of no pack: nothing that is tried depends on them."""
    return Thresholds(0, 1)


@dataclass(frozen=True, slots=True)
class Refused:
    """The first act that the database refused, and why."""

    act: str
    fault: DatabaseError


class Trial:
    """One round of a curator's work: scan row, creators, decisions, undo, clusters, settings."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._name = f"{_ACTOR} {uuid4().hex}"
        self._video = 0
        self._faces: list[int] = []
        self._creators: list[Creator] = []

    def refused(self) -> Refused | None:
        """Try everything; what is refused first, None where nothing is."""
        acts: tuple[tuple[str, Callable[[], object]], ...] = (
            ("note a scan", self._scan),
            ("make a creator", self._make_creators),
            ("store a reference", self._refer),
            ("decide a face", self._decide),
            ("undo a decision", self._undo),
            ("rearrange clusters", self._cluster),
            ("rename a creator", self._rename),
            ("merge creators", self._merge),
            ("change a setting", self._set),
        )
        found: Refused | None = None
        with self._store.trying():
            for act, run in acts:
                try:
                    with self._store.transaction():
                        run()
                except DatabaseError as fault:
                    found = Refused(act, fault)
                    break
        return found

    def _scan(self) -> None:
        videos = self._store.videos
        self._video = videos.add(VideoInfo(f"/{self._name}", self._name, 1.0, 8, 8, "", 1, ""))
        rng = np.random.default_rng(1)
        for at in range(4):
            vector = rng.standard_normal(512).astype(np.float32)
            vector /= np.linalg.norm(vector)
            face = Detection(float(at), Box(0, 0, 8, 8), 0.5, vector)
            self._faces.append(videos.add_face(self._video, face))
        videos.record_scan(ScanRow(self._video, 0.0, 1, 1))

    def _make_creators(self) -> None:
        names = (self._name, f"{self._name} 2")
        self._creators = [self._store.creators.find_or_add(name) for name in names]

    def _refer(self) -> None:
        vector = np.ones(512, np.float32) / np.float32(np.sqrt(512))
        kept, gone = (
            self._store.creators.add_reference(
                one.id, vector, SourceType.MANUAL, self._name, quality=0.5
            )
            for one in self._creators
        )
        self._store.references.add_origin(kept, _ACTOR, detection=self._faces[0], picture=False)
        self._store.references.retire([gone], _ACTOR)
        self._store.references.restore([gone])

    def _decide(self) -> None:
        decisions, creator = Decisions(self._store, _ACTOR), self._creators[0]
        for intent in (
            Intent(Kind.ACCEPT, self._seen(0), creator),
            Intent(Kind.NOT_PERSON, self._seen(1), creator),
            Intent(Kind.REJECT, self._seen(2), reason=RejectReason.STRANGER),
            Intent(Kind.SKIP, self._seen(3)),
        ):
            decisions.apply(intent)

    def _seen(self, place: int) -> tuple[Seen, ...]:
        face = self._faces[place]
        return (Seen(face, self._video, self._store.faces.get([face])[face].state, 0.5),)

    def _undo(self) -> None:
        history = History(self._store, _ACTOR, _pack)
        for kind in (Kind.UNDO, Kind.UNDO, Kind.UNDO, Kind.UNDO, Kind.REDO):
            history.apply(Intent(kind))

    def _cluster(self) -> None:
        clusters = self._store.clusters
        [made] = clusters.make()
        clusters.move(made, self._faces)
        desk = ClusterDesk(self._store, _pack)
        desk.merge([made, desk.split(made, self._faces[:2])])
        desk.exclude(made, self._faces[:1])
        desk.postpone(made)

    def _rename(self) -> None:
        naming = Naming(self._store, _ACTOR)
        naming.rename(self._creators[1].id, f"{self._name} 3")
        naming.add_alias(self._creators[1].id, f"{self._name} 4")

    def _merge(self) -> None:
        done = Merging(self._store, _ACTOR).merge(self._creators[0].id, self._creators[1].id)
        History(self._store, _ACTOR, _pack).undo_change(done.change_id)

    def _set(self) -> None:
        stored = {row.key: row.value for row in self._store.library.config_rows()}
        key = next(iter(SETTINGS))
        self._store.library.set_config(key, stored.get(key, SETTINGS[key].default))
