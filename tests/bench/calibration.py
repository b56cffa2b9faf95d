"""How good the probabilities are, on people that nothing was fitted on.

Synthetic: 20,000 faces of five seeds, linked into tracks; a fifth of all people, creators and
strangers, is left out of each fit and then judged by it. Shared: the pictures and tracks of
``calibration_units.py``, half of the people fitted on, the other half judged, 20 times; figures are
means. Beside ours are the base rate, a logistic fit on the cosine alone, and, with ``--rivals``,
what else could have been used. Last a library of its own: from another's calibration to that of so
many tracks decided there.

Brier score and log loss are means over tracks; the expected calibration error is the mean distance
of what was said from what came true in 15 bins of as many tracks each. Its interval draws people
and videos again, with replacement (Owen, "The pigeonhole bootstrap", 2007).

usage: calibration.py [--seeds N N ...] [--faces N] [--units FILE.npz | --data DIR --pack DIR]
       [--rivals] [--shipped]
``--units`` is a file that ``calibration_units.py`` wrote. ``--shipped`` prints the calibration of
these units instead, to be kept in ``facereview/review/evidence/shipped.py``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from calibration_units import measured, nothing_decided, units_of
from figures import Figure, emit
from numpy.typing import NDArray
from synth_faces import Library, make_library
from synthetic import Make

from facereview.review.evidence.calibration import Calibration, Units, fit
from facereview.review.evidence.gallery import Gallery
from facereview.review.evidence.records import Track, VideoFaces
from facereview.review.evidence.tracks import link
from facereview.store.creators import ReferenceMatrix

Floats = NDArray[np.float64]
Judge = Callable[[Units, Units], Floats]
"""Fits on the first units, and says the risks of the others."""

SHARED = Path(__file__).resolve().parents[3] / "shared"
LINKED = 0.40
BINS, FOLDS, SPLITS, DRAWS = 15, 5, 20, 200
ASKED = 1 / 1000
FEW = 500
"""About as many tracks as the zoo's calibration was fitted on."""


@dataclass(frozen=True)
class Case:
    """Units with the video of each, and whether each is somebody whom the gallery holds."""

    units: Units
    videos: NDArray[np.int64]
    enrolled: NDArray[np.bool_]

    def part(self, which: NDArray[np.bool_]) -> Case:
        """Some of them."""
        return Case(part(self.units, which), self.videos[which], self.enrolled[which])


def part(units: Units, which: NDArray[np.bool_]) -> Units:
    """Some of the units."""
    return Units(*(getattr(units, name)[which] for name in Units.__slots__))


# -------------------------------------------------------------------------------------- synthetic


def synthetic(
    faces: int, seed: int, creators: int | None = None, make: Make = make_library
) -> Case:
    """The tracks of a library; right are those all of whose faces are the nearest creator."""
    made = make(faces, seed, creators)
    references = ReferenceMatrix(
        np.arange(len(made.reference)), made.reference_of + 1, made.reference
    )
    gallery = Gallery(references, nothing_decided())
    tracks = [track for video in _videos(made) for track in link(video, LINKED)]
    scores = gallery.compare(np.stack([track.template.embedding for track in tracks]))
    first, second = np.argsort(-scores, axis=1)[:, :2].T
    rows = np.arange(len(tracks))
    best, rival = scores[rows, first], scores[rows, second]
    people = [_people(track, made) for track in tracks]
    nearest = gallery.creators[first] - 1
    units = Units(
        best.astype(float),
        (best - rival).astype(float),
        np.asarray([track.template.pictures for track in tracks]),
        np.asarray([track.template.face_size for track in tracks]),
        np.full(len(tracks), float(len(gallery.creators))),
        np.asarray([set(who) == {near} for who, near in zip(people, nearest, strict=True)]),
        np.ones(len(tracks)),
        np.asarray([who[0] if who[0] >= 0 else -1 - n for n, who in enumerate(people)]),
    )
    videos = np.asarray([track.video_id for track in tracks])
    return Case(units, videos, np.isin(units.people, made.creators))


def _videos(made: Library) -> list[VideoFaces]:
    """The faces by video."""
    order = np.argsort(made.video, kind="stable")
    starts = np.flatnonzero(np.diff(made.video[order], prepend=-1))
    found = []
    for places in np.split(order, starts[1:]):
        count = len(places)
        found.append(
            VideoFaces(
                int(made.video[places[0]]),
                places.astype(np.int32),
                made.timestamp[places].astype(np.float64),
                made.embedding[places],
                made.quality[places],
                made.bbox[places],
                np.zeros(count, np.int32),
                np.zeros(count, bool),
                {},
            )
        )
    return found


def _people(track: Track, made: Library) -> list[int]:
    """Whom each face of a track shows, the most frequent first."""
    who = made.identity[list(track.faces)].tolist()
    return sorted(who, key=who.count, reverse=True)


# ----------------------------------------------------------------------------------------- judges


def ours(seen: Units, judged: Units) -> Floats:
    """The calibration of facereview."""
    return said(fit(seen), judged)


def said(calibration: Calibration, units: Units) -> Floats:
    """What a calibration says of units."""
    return calibration.risk(
        units.similarity, units.margin, units.pictures, units.face_size, units.creators
    )


def base_rate(seen: Units, judged: Units) -> Floats:
    """As many are wrong as were."""
    share = float(np.average(~seen.right, weights=seen.weight))
    return np.full(len(judged), share)


def cosine_alone(seen: Units, judged: Units) -> Floats:
    """A logistic fit on the similarity."""
    return _logistic(seen.similarity[:, None], judged.similarity[:, None], seen)


def all_straight(seen: Units, judged: Units) -> Floats:
    """A logistic fit on everything, straight and without constraints."""
    return _logistic(_columns(seen), _columns(judged), seen)


def isotonic(seen: Units, judged: Units) -> Floats:
    """A falling step function of the similarity."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - only where it is measured

    model = IsotonicRegression(y_min=0, y_max=1, increasing=False, out_of_bounds="clip")
    model.fit(seen.similarity, ~seen.right, sample_weight=seen.weight)
    return within(model.predict(judged.similarity), seen)


def ours_isotonic(seen: Units, judged: Units) -> Floats:
    """Ours, fitted on half of the people, and corrected by a step function on the others."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - only where it is measured

    half = fold_of(seen.people, 2, 1) == 0
    made = fit(part(seen, half))
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    rest = part(seen, ~half)
    model.fit(said(made, rest), ~rest.right, sample_weight=rest.weight)
    return within(model.predict(said(made, judged)), seen)


def boosted(seen: Units, judged: Units) -> Floats:
    """Gradient boosted trees under the same constraints."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - as above

    model = HistGradientBoostingClassifier(monotonic_cst=[-1, -1, 0, 0], random_state=0)
    model.fit(_columns(seen), ~seen.right, sample_weight=seen.weight)
    return within(model.predict_proba(_columns(judged))[:, 1], seen)


def _logistic(known: Floats, other: Floats, seen: Units) -> Floats:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - only where it is measured

    scale = known.std(axis=0) + 1e-9
    model = LogisticRegression(C=1e4, max_iter=10_000)
    model.fit(known / scale, ~seen.right, sample_weight=seen.weight)
    return within(model.predict_proba(other / scale)[:, 1], seen)


def _columns(units: Units) -> Floats:
    lead = np.where(np.isnan(units.margin), units.similarity, units.margin)
    size = np.log2(np.nan_to_num(units.face_size, nan=128.0))
    return np.column_stack([units.similarity, lead, np.log2(units.pictures), size])


def within(risk: Floats, seen: Units) -> Floats:
    """Not beyond what was seen, as ours: else one unit alone would decide the log loss."""
    floor = 3 / seen.weight.sum()
    return np.clip(risk, floor, 1 - floor)


# ---------------------------------------------------------------------------------------- figures


def brier(risk: Floats, case: Case) -> float:
    """Mean squared distance from what came true."""
    return float(np.average((risk - ~case.units.right) ** 2, weights=case.units.weight))


def log_loss(risk: Floats, case: Case) -> float:
    """Mean surprise, in nats."""
    surprise = -np.log(np.where(case.units.right, 1 - risk, risk))
    return float(np.average(surprise, weights=case.units.weight))


def calibration_error(risk: Floats, wrong: Floats, weight: Floats) -> float:
    """Expected calibration error in bins of equal mass."""
    order = np.argsort(risk, kind="stable")
    mass = np.cumsum(weight[order]) / weight.sum()
    bins = np.minimum((mass * BINS - 1e-9).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=(weight * (risk - wrong))[order], minlength=BINS)
    return float(np.abs(gaps).sum() / weight.sum())


def error_interval(risk: Floats, case: Case, seed: int = 0) -> tuple[float, float, float]:
    """The calibration error, and the middle 95 % of it where people and videos are drawn again."""
    rng = np.random.default_rng(seed)
    wrong = (~case.units.right).astype(float)
    _, person = np.unique(case.units.people, return_inverse=True)
    _, video = np.unique(case.videos, return_inverse=True)
    found = []
    for _ in range(DRAWS):
        draws = [rng.multinomial(n, np.full(n, 1 / n)) for n in (person.max() + 1, video.max() + 1)]
        weight = case.units.weight * draws[0][person] * draws[1][video]
        if weight.sum():
            found.append(calibration_error(risk, wrong, weight))
    low, high = np.quantile(found, (0.025, 0.975))
    return calibration_error(risk, wrong, case.units.weight), float(low), float(high)


def scored(case: Case, risk: Floats) -> dict[str, float]:
    """All three figures."""
    error, low, high = error_interval(risk, case)
    return {
        "Brier score": brier(risk, case),
        "log loss": log_loss(risk, case),
        "expected calibration error": error,
        "its interval, low": low,
        "its interval, high": high,
    }


def fold_of(people: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """The part of the people that each unit belongs to."""
    names, places = np.unique(people, return_inverse=True)
    parts: NDArray[np.int64] = np.random.default_rng(seed).permutation(len(names)) % folds
    return parts[places]


def left_out(case: Case, judge: Judge, seed: int) -> Floats:
    """The risk of each unit by a fit on the people of the other folds."""
    folds = fold_of(case.units.people, FOLDS, seed)
    risk = np.empty(len(case.units))
    for fold in range(FOLDS):
        risk[folds == fold] = judge(
            part(case.units, folds != fold), part(case.units, folds == fold)
        )
    return risk


REQUIRED: dict[str, Judge] = {
    "ours": ours,
    "the base rate": base_rate,
    "a logistic fit on the cosine": cosine_alone,
}
RIVALS: dict[str, Judge] = {
    "a logistic fit on everything": all_straight,
    "isotonic on the cosine": isotonic,
    "ours, then isotonic": ours_isotonic,
    "boosted trees, monotone": boosted,
}


def compared(name: str, case: Case, risks: dict[str, Floats]) -> list[Figure]:
    """Every judge's figures; ours with what they must stay below."""
    found = {judge: scored(case, risk) for judge, risk in risks.items()}
    others = [found[judge] for judge in REQUIRED if judge != "ours"]
    figures = []
    for judge, values in found.items():
        for what, value in values.items():
            budget = None
            if judge == "ours":
                budget = min(other[what] for other in others) if "interval" not in what else None
                budget = 0.02 if what == "expected calibration error" else budget
            figures.append(Figure(f"{name}: {judge}: {what}", round(value, 5), "", budget))
    return figures


def synthetic_figures(faces: int, seed: int, judges: dict[str, Judge]) -> list[Figure]:
    """One seed."""
    case = synthetic(faces, seed)
    risks = {name: left_out(case, judge, seed) for name, judge in judges.items()}
    name = f"synthetic, seed {seed}"
    certain = risks["ours"] <= ASKED * (1 + 1e-9)
    wrong = int((certain & ~case.units.right).sum())
    share = wrong / max(1, int(certain.sum()))
    settled = certain[case.enrolled].mean()
    note = f"{wrong} of {certain.sum():,} tracks; {settled:.1%} of the creators' are settled"
    return [
        *compared(name, case, risks),
        Figure(f"{name}: asked for 1 in 1,000, wrong", round(share, 5), "share", 0.002, note),
    ]


# ----------------------------------------------------------------------------------------- shared


def shared(columns: dict[str, NDArray[Any]]) -> Case:
    """Pictures and tracks of people."""
    units, sources = units_of(columns)
    return Case(units, sources, columns["known"])


def shared_figures(case: Case, judges: dict[str, Judge]) -> list[Figure]:
    """Half of the people by a fit on the other half."""
    runs = []
    for split in range(SPLITS):
        half = fold_of(case.units.people, 2, split) == 0
        seen, others = part(case.units, half), case.part(~half)
        risks = {name: judge(seen, others.units) for name, judge in judges.items()}
        runs.append([*compared("shared", others, risks), *_settled(others, risks["ours"])])
    figures = []
    for several in zip(*runs, strict=True):
        values = [figure.value for figure in several]
        budgets = [figure.budget for figure in several if figure.budget is not None]
        budget = float(np.mean(budgets)) if budgets else None
        note = f"worst {max(values):.5f} of {len(values)} splits"
        mean = round(float(np.mean(values)), 5)
        figures.append(Figure(several[0].what, mean, several[0].unit, budget, note))
    return figures


def _settled(case: Case, risk: Floats) -> list[Figure]:
    """At the strictest rate that half of the units carry."""
    certain = risk <= 1 / 50
    weight, right = case.units.weight, case.units.right
    wrong = float(weight @ (certain & ~right)) / max(1e-9, float(weight @ certain))
    share = float(weight @ (certain & right)) / float(weight @ right)
    return [
        Figure("shared: asked for 1 in 50, wrong", round(wrong, 5), "share", 0.02),
        Figure("shared: asked for 1 in 50, right ones settled", round(share, 5), "share"),
    ]


def behind(case: Case, rate: float = 1 / 100) -> list[Figure]:
    """What stands behind an error rate: the units, and people, that a fit on all finds so sure."""
    units = case.units
    sure = ours(units, units) <= rate
    weight, people = units.weight[sure], np.unique(units.people[sure])
    name, of = f"shared: at most 1 in {1 / rate:g}", f"of {units.weight.sum():.0f} units"
    return [
        Figure(f"{name}: units", round(float(weight.sum()), 1), "units", None, of),
        Figure(f"{name}: people", len(people), "people"),
        Figure(f"{name}: wrong", float(weight @ ~units.right[sure]), "units"),
    ]


# ------------------------------------------------------------------------------- another library


def refitted(faces: int, seeds: Sequence[int]) -> list[Figure]:
    """What the calibration of one library says of another, before and after decisions there."""
    home = synthetic(faces, 77, creators=30)
    few = np.random.default_rng(0).random(len(home.units)) < FEW / len(home.units)
    shipped = fit(part(home.units, few))
    found: dict[str, list[float]] = {}
    for seed, creators in zip(seeds, (15, 100, 300), strict=False):
        case = synthetic(faces, seed, creators=creators)
        order = np.random.default_rng(seed).permutation(np.unique(case.units.people))
        for count in (0, 100, 300, 1000):
            sizes = np.cumsum([(case.units.people == who).sum() for who in order[:2000]])
            own = np.isin(case.units.people, order[: np.searchsorted(sizes, count)])
            others, units = case.part(~own), part(case.units, own)
            made = fit(units, shipped) if count else shipped
            name = f"another library, {count} tracks decided"
            found.setdefault(f"{name}: beside the shipped ones", []).append(
                log_loss(said(made, others.units), others)
            )
            if count:
                named = part(units, units.right)
                made = fit(named, shipped) if len(named) else shipped
                found.setdefault(f"{name}: the same, strangers never rejected", []).append(
                    log_loss(said(made, others.units), others)
                )
                found.setdefault(f"{name}: alone", []).append(
                    log_loss(said(fit(units), others.units), others)
                )
    return [
        Figure(f"{name}, log loss", round(float(np.mean(values)), 5), "")
        for name, values in found.items()
    ]


def as_code(made: Calibration) -> str:
    """A calibration as Python."""
    held = made.to_json()

    def short(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(float(f"{value:.5g}") for value in values)

    rows = ",\n".join(str(short(row)) for row in held["precision"])
    return (
        f"Calibration(coefficients={short(held['coefficients'])}, knots={held['knots']}, "
        f"units={made.units}, people={made.people}, precision=({rows}), crowd={made.crowd:.3g})"
    )


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1009, 2003, 3001, 4001, 5003])
    parser.add_argument("--units", type=Path)
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    parser.add_argument("--rivals", action="store_true", help="Measure other methods too.")
    parser.add_argument("--shipped", action="store_true", help="Print what comes with the pack.")
    options = parser.parse_args()
    columns = (
        dict(np.load(options.units))
        if options.units
        else measured(options.data, options.pack, None)
    )
    if options.shipped:
        print(as_code(fit(units_of(columns)[0])))
        return
    judges = {**REQUIRED, **(RIVALS if options.rivals else {})}
    figures = []
    for seed in options.seeds:
        figures += synthetic_figures(options.faces, seed, judges)
    figures += [*shared_figures(shared(columns), judges), *behind(shared(columns))]
    emit([*figures, *refitted(options.faces, options.seeds)])


if __name__ == "__main__":
    main()
