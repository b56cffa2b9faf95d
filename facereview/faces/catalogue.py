"""The packs that facereview knows: what they are, their terms, their thresholds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from facereview.errors import PackError, Remedy
from facereview.faces import BUFFALO_L, ZOO
from facereview.records import Thresholds

_USUAL = Thresholds(match=0.50, auto_tag=0.70, cluster=0.40)
_ZOO_THRESHOLDS = Thresholds(match=0.40, auto_tag=0.55, cluster=0.36, sure=0.88)
# Of the pairs of different people in 466 faces of 21 people, 99.9 % are below 0.362 with the zoo.
# The measurements behind `sure` are in (review/creators/checks.py).


@dataclass(frozen=True, slots=True)
class Known:
    """A pack that can be fetched by name. ``megabytes`` is the size of its download."""

    name: str
    summary: str
    licence: str
    megabytes: int
    thresholds: Thresholds
    asks: bool
    """Whether its terms must be accepted before it is fetched."""


KNOWN = {
    BUFFALO_L: Known(
        BUFFALO_L,
        "InsightFace's large pack: SCRFD-10G detector, ResNet-50 recogniser",
        "The weights of buffalo_l are provided by InsightFace for non-commercial research "
        "purposes only; commercial use needs a licence from InsightFace "
        "(https://github.com/deepinsight/insightface#license). The download is about 290 MB.",
        289,
        _USUAL,
        asks=True,
    ),
    ZOO: Known(
        ZOO,
        "OpenCV Zoo's YuNet detector and SFace recogniser, small and free to use",
        "YuNet (face detector): MIT License, Copyright (c) 2020 Shiqi Yu. SFace (face "
        "recogniser): Apache License 2.0, by Yaoyao Zhong and others. Both from the OpenCV Zoo "
        "(https://github.com/opencv/opencv_zoo), re-exported by facereview as one InsightFace "
        "pack.",
        11,
        _ZOO_THRESHOLDS,
        asks=False,
    ),
}


def model_files(directory: Path) -> list[Path]:
    """Models of a pack: in its folder, or one deeper where a manifest says where they are."""
    if not directory.is_dir():
        return []
    files = list(directory.glob("*.onnx"))
    if (directory / "manifest.json").is_file():
        files += directory.glob("*/*.onnx")
    return sorted(files)


def is_zoo(directory: Path) -> bool:
    """Whether a folder holds the two networks of the zoo, in any export."""
    return any(directory.glob("*yunet*.onnx")) and any(directory.glob("*sface*.onnx"))


def thresholds(name: str) -> Thresholds:
    """The default thresholds of a pack; those of the usual ArcFace packs where it is unknown."""
    return replace(KNOWN[name].thresholds if name in KNOWN else _USUAL, pack=name)


def unusable(fact: str, name: str) -> PackError:
    """The error for a pack that fetching replaces; an unknown pack is replaced by the zoo."""
    return PackError(fact, Remedy.FETCH_PACK, name if name in KNOWN else ZOO)
