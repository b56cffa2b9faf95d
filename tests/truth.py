"""Ground truth of the made videos: who is where at which second."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facereview.records import Box

STRANGER = ""


@dataclass(frozen=True)
class Truth:
    """``ground_truth.json``, asked by video, time and box."""

    folder: Path
    videos: dict[str, Any]
    references: dict[str, list[Path]]

    @classmethod
    def read(cls, data: Path) -> Truth:
        """Read the truth beside the videos."""
        folder = data / "madevideos"
        held = json.loads((folder / "ground_truth.json").read_text("utf-8"))
        references = {
            who: [data / image for image in images]
            for who, images in held["reference_images"].items()
        }
        return cls(folder, {video["file"]: video for video in held["videos"]}, references)

    def who(self, video: str, at: float, box: Box) -> str | None:
        """The enrolled person of a face, :data:`STRANGER`, or None where the truth is silent."""
        best: tuple[float, str | None] = (0.0, None)
        for segment in self.videos[video]["segments"]:
            if not segment["identity"] or not segment["start_s"] <= at <= segment["end_s"]:
                continue
            share = _share(box, _box_at(segment["face_boxes_t_x1y1x2y2"], at))
            best = max(best, (share, segment["identity"]), key=lambda pair: pair[0])
        if best[0] < 0.2 or best[1] is None:
            return None
        return best[1] if best[1] in self.references else STRANGER

    def cast(self, video: str) -> set[str]:
        """Everybody who appears in a video."""
        return set(self.videos[video]["identities"])


def _box_at(track: list[list[float]], at: float) -> np.ndarray:
    known = np.asarray(track, float)
    return np.asarray([np.interp(at, known[:, 0], known[:, side]) for side in range(1, 5)])


def _share(box: Box, other: np.ndarray) -> float:
    """Intersection over union."""
    left, top = max(box.x, other[0]), max(box.y, other[1])
    right = min(box.x + box.width, other[2])
    bottom = min(box.y + box.height, other[3])
    if right <= left or bottom <= top:
        return 0.0
    shared = (right - left) * (bottom - top)
    area = (other[2] - other[0]) * (other[3] - other[1])
    return float(shared / (box.width * box.height + area - shared))
