"""Joint assignment against naming each track alone, where look-alikes share frames; and its time.

Made tracks: creators who are siblings in pairs (cosine about .73), two to six people a
video who share frames, siblings often together, and as many strangers, some of them a sibling of a
creator. Log odds come from a logistic fit of the cosine on other people.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from figures import Figure, emit
from numpy.typing import NDArray

from facereview.review.evidence.assignment import assign
from facereview.review.evidence.records import Template, Track

Floats = NDArray[np.float64]
CREATORS, NOBODY = 200, -1


@dataclass(frozen=True)
class Made:
    """Tracks with their scores, shape (k, m), and who each is."""

    tracks: list[Track]
    scores: Floats
    who: NDArray[np.int64]


def _unit(values: Floats) -> Floats:
    scaled: Floats = values / np.linalg.norm(values, axis=-1, keepdims=True)
    return scaled


def make(seed: int, videos: int, noise: float) -> Made:
    """Videos of creators and strangers. The even creator 2i and the odd 2i + 1 are siblings."""
    rng = np.random.default_rng(seed)
    family = _unit(rng.standard_normal((CREATORS, 128)))  # half of them creators, half strangers
    own = _unit(rng.standard_normal((2 * CREATORS, 128)))
    people = _unit(0.6 * own + np.repeat(family, 2, axis=0))
    scores: list[Floats] = []
    who: list[int] = []
    tracks: list[Track] = []
    for video in range(videos):
        cast = _cast(rng)
        for place, person in enumerate(cast):
            template = _unit(people[person] + noise * _unit(rng.standard_normal(128)))
            scores.append(people[:CREATORS] @ template)
            who.append(person if person < CREATORS else NOBODY)
            # all meet the one before and the one behind, some meet all
            frames = tuple(
                float(t) for t in range(place, place + 1 + rng.integers(1, len(cast) + 1))
            )
            number = len(tracks)
            tracks.append(Track(video, (number,), frames, _NONE))
    return Made(tracks, np.asarray(scores), np.asarray(who))


_NONE = Template(np.zeros(512, np.float32), 1.0, 100.0, 0.9)


def _cast(rng: np.random.Generator) -> list[int]:
    """People of one video: creators below CREATORS, strangers above; often with a sibling."""
    found: list[int] = []
    for _ in range(int(rng.integers(1, 4))):
        person = int(rng.integers(0, 2 * CREATORS))
        found.append(person)
        if rng.random() < 0.5:
            found.append(person ^ 1)
    return list(dict.fromkeys(found))


def logistic(made: Made) -> Callable[[Floats], Floats]:
    """Log odds of a cosine that it is that of the right creator, by Newton's method."""
    right = np.zeros_like(made.scores, bool)
    named = np.flatnonzero(made.who != NOBODY)
    right[named, made.who[named]] = True
    x = np.stack([np.ones(right.size), made.scores.ravel()], axis=1)
    weights = np.zeros(2)
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (right.ravel() - p)
        curve = (x * (p * (1 - p))[:, None]).T @ x
        weights = weights + np.linalg.solve(curve + 1e-6 * np.eye(2), slope)
    return lambda scores: weights[0] + weights[1] * scores


Names = NDArray[np.int64]


def alone(made: Made, threshold: float) -> Names:
    """The nearest creator of each track, where it reaches the threshold."""
    best = made.scores.argmax(axis=1)
    return np.where(made.scores.max(axis=1) >= threshold, best, NOBODY)


def first_in_frame(made: Made, threshold: float) -> Names:
    """The same, but of two in one frame only the more similar one."""
    names = alone(made, threshold)
    top = made.scores.max(axis=1)
    for one, track in enumerate(made.tracks):
        for other in range(one + 1, min(one + 8, len(made.tracks))):
            meets = made.tracks[other].video_id == track.video_id and set(track.frames) & set(
                made.tracks[other].frames
            )
            if meets and names[one] == names[other] != NOBODY:
                names[one if top[one] < top[other] else other] = NOBODY
    return names


def jointly(made: Made, scores: Floats, stranger: float) -> Names:
    """The joint assignment."""
    found = assign(made.tracks, scores, np.arange(CREATORS), stranger)
    return np.asarray([NOBODY if a.creator_id is None else a.creator_id for a in found])


def led(made: Made, scores: Floats, least: float) -> Names:
    """The same, left open where the whole would lose less than ``least`` log odds."""
    found = assign(made.tracks, scores, np.arange(CREATORS))
    sure = (a.creator_id if a.solved and a.lead >= least else None for a in found)
    return np.asarray([NOBODY if name is None else name for name in sure])


def figures(noise: float, videos: int, seeds: int) -> list[Figure]:
    """Right and wrong names of each way, a 1,000 tracks, over several seeds."""
    odds = logistic(make(1_000, videos, noise))
    ways: dict[str, Callable[[Made], Names]] = {}
    fitted = float((0.0 - odds(np.zeros(1))[0]) / (odds(np.ones(1))[0] - odds(np.zeros(1))[0]))
    ways["each track alone"] = lambda made: alone(made, fitted)
    ways["the more similar one of a frame"] = lambda made: first_in_frame(made, fitted)
    ways["joint, sum of cosine less threshold"] = lambda made: jointly(made, made.scores, fitted)
    ways["joint, sum of log odds"] = lambda made: jointly(made, odds(made.scores), 0.0)
    ways["joint, lead of 3 log odds or more"] = lambda made: led(made, odds(made.scores), 3.0)
    found = []
    for what, way in ways.items():
        rows = []
        for seed in range(seeds):
            made = make(seed, videos, noise)
            names = way(made)
            right = (names == made.who) & (names != NOBODY)
            wrong = (names != made.who) & (names != NOBODY)
            rows.append((1_000 * right.mean(), 1_000 * wrong.mean()))
        named, missed = np.mean(rows, axis=0).round(1)
        note = f"{named} named right"
        found.append(Figure(f"noise {noise}: {what}", float(missed), "wrong of 1,000", note=note))
    return found


def seconds(videos: int) -> Figure:
    """The time of all components of so many videos."""
    made = make(1, videos, 2.0)
    odds = logistic(make(1_000, 300, 2.0))(made.scores)
    start = time.perf_counter()
    found = assign(made.tracks, odds, np.arange(CREATORS))
    taken = time.perf_counter() - start
    note = f"{len(found)} tracks, {CREATORS} creators; {sum(not a.solved for a in found)} unsolved"
    return Figure(f"joint assignment of {videos} videos", round(taken, 2), "s", note=note)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--videos", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    rows = [f for noise in (1.5, 2.0, 3.0) for f in figures(noise, 600, options.seeds)]
    emit([*rows, seconds(options.videos)])
