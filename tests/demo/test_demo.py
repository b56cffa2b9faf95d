"""The demo library: real faces, made once, used again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from facereview.demo import library as demo
from facereview.demo.films import films
from facereview.demo.library import DemoLibrary
from facereview.demo.pictures import PEOPLE, load_pictures
from facereview.errors import NotFound
from facereview.faces.engine import InsightEngine
from facereview.faces.packs import at
from facereview.home import Home
from facereview.media.make import Film, render
from facereview.records import Counts, Pixels, Progress
from facereview.review.library.opening import open_library
from facereview.store.embedded import EmbeddedServer


@pytest.fixture(scope="module")
def pictures() -> dict[str, Pixels]:
    return load_pictures()


def nothing(_: Progress) -> None:
    """Progress nobody looks at."""


def counts(home: Home) -> tuple[Counts, int]:
    """Counts, and how many faces the machine matched."""
    library = open_library(home, None)
    try:
        with library.store() as store:
            matched = sum(batch.faces for batch in store.log.machine_batches())
            return store.library.counts(), matched
    finally:
        library.close()


def test_it_is_made_once_and_used_again(
    zoo_pack: Path,
    pictures: dict[str, Pixels],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With two of its films: pending faces, some with a suggestion, and matched ones appear."""
    some = {n: f for n, f in films(pictures).items() if n[:2] in ("03", "05")}
    monkeypatch.setattr(demo, "films", lambda _: some)
    main = Home(tmp_path / "home").create()
    shutil.copytree(zoo_pack, main.packs / "models" / "zoo")
    library = DemoLibrary.below(main)
    seen: list[Progress] = []
    try:
        for _ in range(2):
            library.make_videos(seen.append)
            library.get_pack(main, nothing)
            library.fill(seen.append)
            found, matched = counts(library.home)
            assert (found.creators, found.videos) == (len(PEOPLE), 2)
            assert 5 < found.references <= 5 * (1 + demo.PROMOTED)
            assert found.pending >= 15
            assert found.matched >= 8
            assert matched < found.matched  # some were checked, and became references
            shutil.rmtree(main.packs, ignore_errors=True)  # the second run needs nothing of it
    finally:
        EmbeddedServer(library.home.server).stop()
    assert [p.label for p in seen if p.label].count(next(iter(some))) == 3
    assert not list((library.home.root / "videos").glob(".*"))


def test_every_film_can_be_rendered(pictures: dict[str, Pixels]) -> None:
    made = films(pictures)
    assert len(made) == 8
    assert sum(film.turned for film in made.values()) == 1
    for name, film in made.items():
        assert name.endswith(".mp4")
        frame = next(iter(render(film)))
        assert frame.shape == (film.height, film.width, 3)
        assert 640 * 360 <= film.width * film.height <= 1280 * 720
        assert 4 <= seconds(film) <= 10
        assert frame.std() > 5


def seconds(film: Film) -> float:
    return sum(shot.seconds for shot in film.shots)


def test_each_known_person_is_alone_in_the_reference(
    zoo_pack: Path, pictures: dict[str, Pixels]
) -> None:
    engine = InsightEngine(at(zoo_pack))
    for person in PEOPLE:
        picture = demo.alone(person, pictures[person.picture], engine)
        assert len(engine.detect(picture, thorough=True)) == 1


def test_a_picture_that_is_shipped_no_longer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "facereview.demo.pictures._SHIPPED", {"group": ("insightface", "data/images/gone.jpg")}
    )
    with pytest.raises(NotFound, match=r"insightface lacks its picture data/images/gone\.jpg"):
        load_pictures()
