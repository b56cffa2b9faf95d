"""What the evidence says is stored whatever it is."""

from __future__ import annotations

import numpy as np
import pytest

from facereview.records import DIMENSION
from facereview.review.evidence.library_judging import Judged
from facereview.review.evidence.records import Standing, Template, Track
from facereview.review.evidence.video_faces import StoredTrack
from facereview.store.store import Store
from support import Faces, judge


@pytest.mark.parametrize("risk", [1 - 1e-12, 1e-6])
def test_a_risk_that_is_nearly_certain_is_kept(store: Store, faces: Faces, risk: float) -> None:
    number = judge(store, faces.ids[:2], faces.ann, 0.5)
    template = Template(np.zeros(DIMENSION, np.float32), 1.0, 100.0, 1.0)
    track = Track(faces.video, tuple(faces.ids[:2]), (10.0, 20.0), template)
    standing = Standing(faces.ann.id, 0.2, None, None, risk, settled=False)
    store.tracks.judge(Judged((StoredTrack(number, track),), (standing,), ()).rows(), None)
    kept = store.tracks.standings([number])[number].risk
    assert kept is not None
    assert kept == pytest.approx(risk, abs=1e-6)
    assert 0 < kept < 1
