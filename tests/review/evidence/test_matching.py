"""What a user's own thresholds do: exactly the rule that the shared contract states."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from facereview.records import Box, Config, Detection
from facereview.review.evidence.matching import Verdicts, match
from facereview.store.creators import ReferenceMatrix

_AXES = 3
_STEPS = st.integers(-4, 4)
VECTORS = st.lists(_STEPS, min_size=_AXES, max_size=_AXES)
"""Few directions, so that equal similarities and faces like nobody turn up."""


def embedding(steps: Sequence[int]) -> np.ndarray:
    """Eighths: their products have no error, in whatever order they are added."""
    vector = np.zeros(512, np.float32)
    vector[:_AXES] = np.asarray(steps) / 8
    return vector


def plain_rule(
    faces: Sequence[tuple[float, np.ndarray]],
    references: Sequence[tuple[int, np.ndarray]],
    match_threshold: float,
    auto_tag_threshold: float,
) -> tuple[dict[int, float], dict[int, float]]:
    """The best similarity of matched faces, and of suggested ones, face by face."""
    best: list[float] = []
    for _, face in faces:
        known = [float(np.dot(face, vector)) for _, vector in references]
        best.append(max(known) if known and face.any() else float("-inf"))
    near = {i: s for i, s in enumerate(best) if s >= match_threshold}
    sure = {i: s for i, s in near.items() if s >= auto_tag_threshold}
    matched = dict(sure)
    for one, other in itertools.permutations(sure, 2):
        if faces[one][0] != faces[other][0] or not _shared(faces, references, one, other):
            continue
        if (sure[one], -one) < (sure[other], -other):
            matched.pop(one, None)
    return matched, {i: s for i, s in near.items() if i not in matched}


def _shared(
    faces: Sequence[tuple[float, np.ndarray]],
    references: Sequence[tuple[int, np.ndarray]],
    one: int,
    other: int,
) -> bool:
    return _nearest(faces[one][1], references) == _nearest(faces[other][1], references)


def _nearest(face: np.ndarray, references: Sequence[tuple[int, np.ndarray]]) -> int:
    """The creator of the nearest reference; of equally near ones that of the lowest id."""
    return min((-float(np.dot(face, vector)), creator) for creator, vector in references)[1]


def said(verdicts: Verdicts) -> tuple[dict[int, float], dict[int, float]]:
    return (
        {place: found.similarity for place, found in verdicts.matched.items()},
        {place: found.similarity for place, found in verdicts.suggested.items()},
    )


@given(
    faces=st.lists(st.tuples(st.integers(0, 2), VECTORS), max_size=7),
    references=st.lists(st.tuples(st.integers(1, 3), VECTORS.filter(any)), max_size=6),
    thresholds=st.tuples(st.integers(-8, 48), st.integers(-8, 48)).map(sorted),
)
def test_a_users_thresholds_give_exactly_what_they_say(
    faces: list[tuple[int, list[int]]],
    references: list[tuple[int, list[int]]],
    thresholds: list[int],
) -> None:
    looked_at = [(float(at), embedding(steps)) for at, steps in faces]
    known = sorted((creator, tuple(steps)) for creator, steps in references)
    vectors = [(creator, embedding(steps)) for creator, steps in known]
    matrix = ReferenceMatrix(
        np.arange(len(vectors)),
        np.asarray([creator for creator, _ in vectors], np.int32),
        np.asarray([vector for _, vector in vectors], np.float32).reshape(-1, 512),
    )
    box = Box(0, 0, 50, 50)
    detections = [Detection(at, box, 0.5, vector) for at, vector in looked_at]
    low, high = (sixtyfourths / 64 for sixtyfourths in thresholds)
    found = match(detections, matrix, Config(low, high))
    assert said(found) == plain_rule(looked_at, vectors, low, high)
    off = match(detections, matrix, Config(low, high, automatic=False))
    assert (off.matched, off.suggested) == ({}, found.matched | found.suggested)
    for place, ranked in (found.matched | found.suggested).items():
        assert ranked.creator_id == _nearest(looked_at[place][1], vectors)
