"""Tracks: the faces of one video linked where they are believed to be one person.

Average linkage (UPGMA, Sokal and Michener 1958) on the cosine, under constraints that are each of
a pair of faces and hold for whole tracks: faces of one frame are two people unless mirrored, and
what people decided binds.

In a cross-fade one person is twice in a frame, and that frame would part what belongs together:
tracks that meet in a few frames only are linked all the same, and the face of such a frame that
fits less is a track of its own. On the made videos at 20 and at 60 frames tracks of one person met
in at most .29 of the frames of the shorter one, with a mean cosine of .38 or more, those of two
people in .33 or more, with at most .21.

Faces of enrolled people on the made videos (zoo pack, 20 frames each; ``tests/bench/evidence.py``):
with the nearest creator right, settled with nothing wrong by the best threshold for just them, and
on the other halves of people and videos by a threshold of one half (mean and worst of 20, and faces
wrong on average); the last two at the error rate that ships, 1 in 100:

======================================  =====  =======  ==========  =====  =====
score                                   right  settled  on others   worst  wrong
======================================  =====  =======  ==========  =====  =====
each face alone                         .987   .938     .943        .786   2.5
each face alone, normalised             .996   .987     .932        0      8.9
tracks, best face                       .991   .978     .983        .938   13.3
tracks, mean of faces                   .996   .991     .987        .953   4.7
tracks, template to best reference      .996   .991     .987        .953   6.8
tracks, template to template            .991   .991     .986        .938   9.7
the same, normalised                    .996   .996     .945        0      9.1
template to template, joint             .974   .974     .950        .784   8.5
the same, further frames                .974   .974     .970        .919   7.5
each face alone, at the pack's .55      .987   .664     .635        .362   0
joint and judged (this)                 .987   .974     .970        .919   0
judged, calibrated on the other half    --     --       .935        .714   0
======================================  =====  =======  ==========  =====  =====

Tracks and one threshold settle more, and what was settled with nothing wrong on one half is wrong
on the other; the joint assignment costs the faces of cross-fades, one of the two in a frame. The
calibration of a half has seen some 70 tracks and pictures and carries 1 in 20. At which cosine
tracks are linked matters little: at 20 frames .36 and .40 give the made videos as many tracks, .33
one fewer and two people in one; on three synthetic libraries nobody is mixed up from .30 on, and
.999 of the pairs are linked at .36.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from facereview.review.evidence.records import Template, Track, VideoFaces
from facereview.review.evidence.templates import pool

NEAR = 1.0
"""Seconds between two samples within which a face has hardly moved on."""

OVERLAP = 0.5
"""Overlap of the boxes of such samples from which the place speaks for one person."""

PLACE = 0.10
"""What the place adds to the cosine of such a pair.

It decides little: on the made videos no track changes, of the real ones only in a crowd, where .15
links .89 of the pairs of such faces instead of .86; but .15 links faces of a cross-fade wrongly.
"""

SHARED = 0.3
"""Share of the frames of the shorter of two tracks up to which meeting there does not part them."""

_NEVER = -np.inf


def link(faces: VideoFaces, threshold: float) -> list[Track]:
    """The tracks of a video, in the order of their first faces; every face is in exactly one.

    ``threshold`` is the mean cosine from which two tracks are one. Faces decided to be the same
    creator, or joined by a curator, are linked whatever their cosine, unless they share a frame. A
    face like nothing (zeros) is alone. A face that is named although that was denied is what it is
    named. The result does not depend on the order of the faces.
    """
    if len(faces.ids) == 0:
        return []
    order = _order(faces)
    pairs = np.ix_(order, order)
    likeness, meeting = _likeness(faces)[pairs], _meeting(faces)[pairs]
    barred = _barred(faces)[pairs]
    decided = faces.creators[order]
    apart = barred | meeting
    begun = _decided(decided, apart)
    if faces.joined is not None:
        begun = _joined(faces.joined[order], begun, apart)
    labels = _linked(likeness, apart, begun, threshold)
    if meeting.any():
        labels = _reunited(likeness, barred, meeting, labels, threshold)
        labels = _once_in_a_frame(likeness, meeting, labels, decided)
    members: dict[int, list[int]] = defaultdict(list)
    for place, label in enumerate(labels.tolist()):
        members[label].append(int(order[place]))
    return [track_of(faces, np.asarray(group)) for group in members.values()]


def _order(faces: VideoFaces) -> NDArray[np.intp]:
    """An order by time and place, not by position."""
    return np.lexsort((faces.ids, *faces.boxes.T[::-1], faces.timestamps))


def _meeting(faces: VideoFaces) -> NDArray[np.bool_]:
    """Which faces share a frame and are not mirrored, shape (n, n)."""
    meeting: NDArray[np.bool_] = np.equal.outer(faces.timestamps, faces.timestamps)
    np.fill_diagonal(meeting, val=False)
    for one, other in faces.mirrors:
        meeting[one, other] = meeting[other, one] = False
    return meeting


def _barred(faces: VideoFaces) -> NDArray[np.bool_]:
    """Which faces people said are not one person, and those like nothing, shape (n, n)."""
    creators = faces.creators
    decided = creators > 0
    others = np.not_equal.outer(creators, creators)
    barred: NDArray[np.bool_] = others & decided[:, None] & decided[None, :]
    barred |= faces.strangers[:, None] & decided[None, :]
    barred |= faces.strangers[None, :] & decided[:, None]
    for face, denied in faces.denied.items():
        those = np.flatnonzero(np.isin(creators, list(denied - {0, int(creators[face])})))
        barred[face, those] = barred[those, face] = True
    for one, other in _parted(faces):
        barred[one, other] = barred[other, one] = True
    alone = np.asarray(~faces.embeddings.any(axis=1), np.bool_)
    barred |= alone[:, None] | alone[None, :]
    return barred


def _parted(faces: VideoFaces) -> Iterator[tuple[int, int]]:
    """Pairs of faces that a curator parted, and that were not named the same all the same."""
    for one, other in faces.apart:
        if not 0 < faces.creators[one] == faces.creators[other]:
            yield one, other


def contradict(faces: VideoFaces, group: NDArray[np.intp]) -> bool:
    """Whether these positions cannot be one person by what people said of them."""
    names, own = {*faces.creators[group].tolist()} - {0}, set(group.tolist())
    if any(one in own and other in own for one, other in _parted(faces)):
        return True
    if not names:
        return False
    denied = ((place, faces.denied.get(place, frozenset())) for place in group.tolist())
    return (
        len(names) > 1
        or bool(faces.strangers[group].any())
        or any(names & those - {int(faces.creators[place])} for place, those in denied)
    )


def _likeness(faces: VideoFaces) -> NDArray[np.float64]:
    """Cosines (n, n), raised where the place speaks for one person, too."""
    cosines = (faces.embeddings @ faces.embeddings.T).astype(np.float64)
    times, cuts = faces.timestamps, faces.cuts
    if cuts is None:
        return cosines
    scene = np.searchsorted(cuts, times, side="right")
    near = np.abs(times[:, None] - times[None, :]) <= NEAR
    near &= scene[:, None] == scene[None, :]
    raised = near & (_overlaps(faces.boxes) >= OVERLAP)
    return cosines + PLACE * raised


def _overlaps(boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    """Intersection over union of all pairs, shape (n, n)."""
    sizes = boxes[:, 2:].astype(np.float64)
    start = boxes[:, :2].astype(np.float64)
    end = start + sizes
    shared = np.minimum(end[:, None], end[None, :]) - np.maximum(start[:, None], start[None, :])
    common = np.maximum(shared, 0.0).prod(axis=2)
    area = sizes.prod(axis=1)
    shares: NDArray[np.float64] = common / np.maximum(np.add.outer(area, area) - common, 1e-9)
    return shares


def _decided(creators: NDArray[np.int32], apart: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Labels (n,) with which linking starts: faces of one creator together as far as they may be.

    Each goes to the first of that creator's tracks in which no face forbids it.
    """
    labels = np.arange(len(creators))
    tracks: dict[int, list[list[int]]] = defaultdict(list)
    for face in np.flatnonzero(creators > 0).tolist():
        for members in tracks[creators[face]]:
            if not apart[face, members].any():
                labels[face] = members[0]
                members.append(face)
                break
        else:
            tracks[creators[face]].append([face])
    return labels


def _joined(
    numbers: NDArray[np.int64], labels: NDArray[np.intp], apart: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """These labels with those of one number (0: none) made one, as far as no face forbids it."""
    labels = labels.copy()
    for number in np.unique(numbers[numbers > 0]):
        first, *others = dict.fromkeys(labels[numbers == number].tolist())
        for other in others:
            if not apart[np.ix_(labels == first, labels == other)].any():
                labels[labels == other] = first
    return labels


def _linked(
    likeness: NDArray[np.float64],
    apart: NDArray[np.bool_],
    labels: NDArray[np.intp],
    threshold: float,
) -> NDArray[np.intp]:
    """Labels (n,): the most alike tracks are made one until none reach the threshold.

    By chains of nearest neighbours (Murtagh, The Computer Journal 26, 1983), in O(n^2): joining two
    tracks brings neither nearer to a third than the nearer of them was, so that two that are each
    other's nearest may be joined at once.
    """
    names, track = np.unique(labels, return_inverse=True)
    mean, size = _between(likeness, apart, track, len(names))
    np.fill_diagonal(mean, _NEVER)
    parent = np.arange(len(names))
    waiting, chain = list(range(len(names)))[::-1], list[int]()
    while waiting:
        one = chain[-1] if chain else waiting[-1]
        other = int(mean[one].argmax())
        if len(chain) > 1 and mean[one, chain[-2]] >= mean[one, other]:
            other = chain[-2]
        if mean[one, other] < threshold:
            mean[one] = mean[:, one] = _NEVER
            waiting.remove(one)
            chain = chain[:-1]
        elif len(chain) > 1 and other == chain[-2]:
            _join(mean, size, other, one)
            parent[parent == one] = other
            waiting.remove(one)
            chain = chain[:-2]
        else:
            chain = [*(chain or [one]), other]
    return names[parent[track]]


def _join(mean: NDArray[np.float64], size: NDArray[np.float64], one: int, other: int) -> None:
    """Make two tracks one, in the row and column of the first."""
    joined = (mean[one] * size[one] + mean[other] * size[other]) / (size[one] + size[other])
    joined[one] = joined[other] = _NEVER
    mean[one] = mean[:, one] = joined
    mean[other] = mean[:, other] = _NEVER
    size[one] += size[other]


def _between(
    likeness: NDArray[np.float64], apart: NDArray[np.bool_], track: NDArray[np.intp], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean likeness of tracks to each other, minus infinity where forbidden, and their sizes."""
    pairs = np.where(apart, _NEVER, likeness)
    if count == len(track):
        return pairs, np.ones(count)
    order = np.argsort(track, kind="stable")
    starts = np.searchsorted(track[order], np.arange(count))
    sums = np.add.reduceat(np.add.reduceat(pairs[np.ix_(order, order)], starts), starts, axis=1)
    size = np.bincount(track, minlength=count).astype(np.float64)
    return sums / (size[:, None] * size[None, :]), size


def _reunited(
    likeness: NDArray[np.float64],
    barred: NDArray[np.bool_],
    meeting: NDArray[np.bool_],
    labels: NDArray[np.intp],
    threshold: float,
) -> NDArray[np.intp]:
    """Labels (n,): tracks as alike as others that only a few shared frames kept apart are one."""
    labels = labels.copy()
    while True:
        names, track = np.unique(labels, return_inverse=True)
        of = np.eye(len(names))[track]
        size = of.sum(axis=0)
        alike = of.T @ likeness @ of / (size[:, None] * size[None, :])
        few = of.T @ meeting @ of <= SHARED * np.minimum.outer(size, size)
        alike[~few | (of.T @ barred @ of > 0)] = _NEVER
        np.fill_diagonal(alike, _NEVER)
        one, other = np.unravel_index(alike.argmax(), alike.shape)
        if alike[one, other] < threshold:
            return labels
        labels[track == other] = names[one]


def _once_in_a_frame(
    likeness: NDArray[np.float64],
    meeting: NDArray[np.bool_],
    labels: NDArray[np.intp],
    creators: NDArray[np.int32],
) -> NDArray[np.intp]:
    """Labels (n,): of the faces of a track that share a frame those least like it are alone.

    A decided face stays before one that is not.
    """
    labels = labels.copy()
    while True:
        together = meeting & (labels[:, None] == labels[None, :])
        twice = np.flatnonzero(together.any(axis=1))
        if not len(twice):
            return labels
        fit = [likeness[face, labels == labels[face]].mean() for face in twice.tolist()]
        worst = twice[np.lexsort((fit, creators[twice] > 0))[0]]
        labels[worst] = len(labels) + worst


def track_of(faces: VideoFaces, group: NDArray[np.intp], template: Template | None = None) -> Track:
    """A track of these positions, which are in time order, pooled unless its template is given."""
    if template is None:
        sides = faces.boxes[group, 2:].min(axis=1)
        template = pool(faces.embeddings[group], faces.quality[group], sides)
    decided = faces.creators[group]
    decided = decided[decided > 0]
    creator = int(decided[0]) if len(decided) else None
    own = set(group.tolist())
    denied = frozenset().union(*(faces.denied.get(face, frozenset()) for face in own))
    both = [(a, b) for pair in faces.mirrors for a, b in (pair, pair[::-1])]
    return Track(
        video_id=faces.video_id,
        faces=tuple(faces.ids[group].tolist()),
        frames=tuple(faces.timestamps[group].tolist()),
        template=template,
        creator_id=creator,
        denied=denied - {creator},
        stranger=bool(faces.strangers[group].any()),
        mirrored=frozenset(int(faces.ids[b]) for a, b in both if a in own and b not in own),
    )
