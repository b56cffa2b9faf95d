"""The pictures of installed dependencies, and who is in them.

Names are only what the source states: the file name of one, scikit-image's documentation for
the other; nobody else is named.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from facereview.errors import NotFound
from facereview.media.images import load_image
from facereview.records import Pixels


@dataclass(frozen=True, slots=True)
class Person:
    """A creator of the demo: one face of a picture, counted from 0, left to right."""

    name: str
    picture: str
    face: int = 0


GROUP, PORTRAIT, ASTRONAUT = "group", "portrait", "astronaut"

_SHIPPED = {
    GROUP: ("insightface", "data/images/t1.jpg"),
    PORTRAIT: ("insightface", "data/images/Tom_Hanks_54745.png"),
    ASTRONAUT: ("skimage", "data/astronaut.png"),
}

PEOPLE = (
    Person("Creator A", GROUP, 0),
    Person("Creator B", GROUP, 2),
    Person("Creator C", GROUP, 5),
    Person("Eileen Collins", ASTRONAUT),
    Person("Tom Hanks", PORTRAIT),
)
"""Who is known from the start; the other three of the group are strangers."""


def load_pictures() -> dict[str, Pixels]:
    """The pictures by their short names.

    Raises:
        NotFound: a dependency no longer contains its picture.
    """
    return {name: load_image(_shipped(*place)) for name, place in _SHIPPED.items()}


def _shipped(package: str, name: str) -> Path:
    spec = importlib.util.find_spec(package)
    folder = Path(spec.origin).parent if spec and spec.origin else Path(package)
    path = folder / name
    if not path.is_file():
        raise NotFound(
            f"The installed {package} lacks its picture {name}, which the demo is made from: "
            f"install {package} again."
        )
    return path
