"""What the order of questions is worth, and whether what is said to be left is true.

Synthetic libraries, linked, settled at the usual error rate, and clustered by the program. Then:

- keys until half, and 90 %, of the pending faces are settled, one question after the other, in the
  order of this program, by size, and by video and time. A question costs one key where its
  suggestion is right or its person unknown, four where a name is typed, and one more for each of
  its faces that is somebody else, which stays pending.
- keys that all questions cost, against how many are said to be left.
- with faces so noisy that names are wrong: of all names that are sure or likely how many are,
  against how many are expected by a calibration fitted on eight other such libraries.

usage: question_order.py [--folder DIR] [--faces N] [--seeds S ...]
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path

import calibration
import numpy as np
import psycopg
import triage
from figures import Figure, emit
from numpy.typing import NDArray
from synth_faces import Library, make_library

from facereview.review.clusters.records import PILE
from facereview.review.evidence.calibration import Units, fit
from facereview.review.evidence.certainty import LIKELY
from facereview.review.questions.payoff import Questions, questions
from facereview.review.questions.remaining import remaining, wrong_expected
from facereview.store.clustering import OpenFaces
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

NAMED, TWICE_ABOVE = 4, 60
NOISES = (1.3, 1.7)
"""Noise in a face's embedding, as a share of what it is."""
FITTED, TOLD = range(1, 9), range(41, 61)
"""Seeds of the libraries that a calibration is fitted on, and of those it is used in."""
SHARES = (0.5, 0.9)


@dataclass(frozen=True)
class Left:
    """A library as the machine leaves it: questions, who is suggested and who each face is."""

    faces: OpenFaces
    asked: Questions
    who: NDArray[np.int64]
    keys_said: int


def noisy(
    count: int, seed: int = 0, creators: int | None = None, *, noise: float = NOISES[0]
) -> Library:
    """A library whose faces are less like their people."""
    made = make_library(count, seed=seed, creators=creators)
    chance = np.random.default_rng(seed + 5000)
    ways = chance.standard_normal(made.embedding.shape) / np.sqrt(made.embedding.shape[1])
    faces = made.embedding + noise * ways
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    return replace(made, embedding=faces.astype(np.float32))


def left(url: str, truth: Mapping[int, int]) -> Left:
    """Read what is left of a library."""
    database = Database(url)
    with Store.open(database) as store:
        faces, unseen = store.clustering.open_faces(), store.insight.unseen_names()
        asked = questions(faces)
        said = remaining(faces, asked, unseen, TWICE_ABOVE)
    database.close()
    who = np.asarray([truth[i] for i in faces.ids.tolist()], np.int64)
    return Left(faces, asked, who, said.keys)


def costs(at: Left) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The keys that each question costs, and the faces it settles, both (q,)."""
    count = len(at.asked.faces)
    keys, settles = np.zeros(count, np.int64), np.zeros(count, np.int64)
    first = np.where(at.faces.suggested != 0, at.faces.suggested, at.faces.named)
    for question, members in enumerate(_members(at.asked)):
        people, counts = np.unique(at.who[members], return_counts=True)
        who, most = int(people[counts.argmax()]), int(counts.max())
        suggested = np.bincount(first[members]).argmax()
        right = who in (0, suggested)
        keys[question] = (1 if right else NAMED) + len(members) - most
        keys[question] += len(members) > TWICE_ABOVE
        settles[question] = most
    return keys, settles


def _members(asked: Questions) -> list[NDArray[np.intp]]:
    order = np.argsort(asked.of, kind="stable")
    return np.split(order, np.cumsum(asked.faces)[:-1])


def by_time(at: Left) -> NDArray[np.float64]:
    """Minus the place of each question's first face by video and time."""
    order = np.lexsort((at.faces.ids, at.faces.timestamps, at.faces.videos))
    first = np.empty(len(at.asked.faces))
    first[at.asked.of[order[::-1]]] = np.arange(len(order))[::-1]
    return -first


def keys_until(at: Left, worth: NDArray[np.floating], share: float) -> int:
    """Keys until this share of the faces is settled, the questions of most worth first."""
    keys, settles = costs(at)
    order = np.argsort(-worth, kind="stable")
    done = np.cumsum(settles[order]) / settles.sum()
    return int(np.cumsum(keys[order])[np.searchsorted(done, share)])


def orders(at: Left) -> dict[str, NDArray[np.float64]]:
    """What each order of questions sorts by."""
    sizes, chances = at.asked.faces, at.asked.chances
    found: dict[str, NDArray[np.float64]] = {
        "by payoff": at.asked.payoffs,
        "by size": sizes.astype(np.float64),
        "by time": by_time(at),
    }
    for unknown in (0.1, 0.2, 0.6, 0.8):
        known = np.where(np.isnan(chances), unknown, np.maximum(chances, unknown))
        found[f"by payoff, unknown people {unknown}"] = np.asarray(sizes * known, np.float64)
    return found


def figures(cases: list[Left]) -> list[Figure]:
    """Means over all libraries, and how the expected number of wrong names holds."""
    found = []
    for name in orders(cases[0]):
        for share in SHARES:
            keys = np.mean([keys_until(at, orders(at)[name], share) for at in cases])
            what = f"{name}: keys until {share:.0%} of the pending faces are settled"
            found.append(Figure(what, round(float(keys), 1), "keys"))
    return [*found, *keys_told(cases)]


def keys_told(cases: list[Left]) -> list[Figure]:
    """The keys that were said to be left."""
    pressed = np.asarray([all_keys(at) for at in cases])
    said = np.asarray([at.keys_said for at in cases])
    note = ", ".join(f"{a} of {b}" for a, b in zip(said, pressed, strict=True))
    return [Figure("keys said to be left, of those needed", _share(said, pressed), "", None, note)]


def all_keys(at: Left) -> int:
    """The keys that all questions cost, single strangers rejected by the pile."""
    alone = (at.asked.clusters == 0) & (at.asked.faces == 1)
    strangers = np.zeros(len(alone), bool)
    strangers[at.asked.of[at.who == 0]] = True
    piled = alone & strangers
    return int(costs(at)[0][~piled].sum()) + math.ceil(int(piled.sum()) / PILE)


def names_told(noise: float) -> list[Figure]:
    """How the expected number of wrong names holds, by a calibration of eight such libraries."""
    cases = [_units(seed, noise) for seed in FITTED]
    units = Units(
        *(np.concatenate([getattr(one, field.name) for one in cases]) for field in fields(Units))
    )
    known = fit(units)
    off, total, told, notes = [], 0, 0.0, []
    for seed in TOLD:
        one = _units(seed, noise)
        risks = known.risk(one.similarity, one.margin, one.pictures, one.face_size, one.creators)
        named = risks <= LIKELY
        expected, variance = wrong_expected(np.arange(int(named.sum())), risks[named])
        wrong = int((~one.right[named]).sum())
        off.append((wrong - expected) / max(variance, 1e-9) ** 0.5)
        total, told = total + wrong, told + expected
        notes.append(f"{expected:.1f} ± {variance**0.5:.1f}: {wrong} of {named.sum()}")
    inside = float(np.mean(np.abs(off) <= 2))
    what = f"noise {noise}: wrong names within two standard deviations"
    both = f"{total} wrong, {told:.1f} expected; {'; '.join(notes)}"
    return [Figure(what, inside, "share", None, both)]


def _units(seed: int, noise: float) -> Units:
    """The tracks of one noisy library; its people are others than those of other seeds."""
    made = partial(noisy, noise=noise)
    units = calibration.synthetic(2_000, seed, triage.CREATORS, made).units
    apart = np.where(units.people >= 0, seed, -seed) * 100_000
    return replace(units, people=units.people + apart)


def _share(said: NDArray[np.int64], pressed: NDArray[np.int64]) -> float:
    return round(float((said / pressed).mean()), 2)


def main() -> None:
    """Make each library, read what is left, drop it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = Path(tempfile.gettempdir()) / "facereview-bench"
    parser.add_argument("--folder", type=Path, default=default)
    parser.add_argument("--faces", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(31, 41)))
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    base = EmbeddedServer(options.folder / "server").start()
    cases = made_cases(base, options.faces, options.seeds)
    emit([*figures(cases), *(one for noise in NOISES for one in names_told(noise))])


def made_cases(base: str, count: int, seeds: Sequence[int]) -> list[Left]:
    """What the machine leaves of each library."""
    url, cases = psycopg.conninfo.make_conninfo(base, dbname="questions"), []
    with psycopg.connect(base, autocommit=True) as connection:
        for seed in seeds:
            connection.execute("DROP DATABASE IF EXISTS questions")
            connection.execute("CREATE DATABASE questions TEMPLATE template0")
            task = triage.synthetic(url, count, seed)
            database = Database(url)
            with Store.open(database) as store:
                triage.Machine(store, task.pack).begin()
            database.close()
            cases.append(left(url, task.truth))
        connection.execute("DROP DATABASE questions")
    return cases


if __name__ == "__main__":
    main()
