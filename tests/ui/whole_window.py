"""The whole window on a real library with everything in it, and every text that it paints."""

from __future__ import annotations

import gc
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

import numpy as np
from library_support import opened
from PySide6.QtCore import QBuffer, QDeadlineTimer, QEventLoop, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QStyleOptionViewItem, QWidget
from shiboken6 import delete, isValid

from facereview.app import Opened, build
from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.filters import GroupBy
from facereview.records import Creator, RejectReason, SourceType
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.packs import claim_pack
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.header import ALL, HEALTH, NEEDS, PAIRS
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.panel import APPEARS, FACES, RETIRED
from facereview.ui.migration.dialog import MigrateDialog
from facereview.ui.shots import _drain as drain
from facereview.ui.shots import settle
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.theme import Theme, ThemeChoice
from facereview.ui.widgets.tiles import TileView
from facereview.ui.window.key_sheet import KeySheet
from facereview.ui.window.preferences import Preferences
from support import detection, near, video_info

Part = TypeVar("Part", bound=QWidget)

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff " * 8 + "the younger"
HEBREW = "אברהם בן יצחק ובן משפחתו"
PEOPLE = ("Ann", "Bob", LONG_NAME, HEBREW, "Cora")


def fill(library: OpenLibrary) -> dict[str, Creator]:
    """Creators with long and right-to-left names, references good and bad, faces of every state."""
    with library.store() as store:
        if library.pack is not None:
            claim_pack(store, library.engine())
        people = {name: store.creators.find_or_add(name) for name in (*PEOPLE, "Dan")}
        for axis, name in enumerate(PEOPLE):
            for seed in range(3):
                vector = near(axis, 0.9, 10 * axis + seed)
                _reference(library, store, people[name], vector)
        _reference(library, store, people["Ann"], near(1, 0.95, 77))
        old = _reference(library, store, people["Ann"], near(0, 0.6, 78))
        store.references.retire([old], "tester")
        _faces(library, store, people)
        unread = store.videos.add(video_info("/videos/broken " + "very long " * 30 + ".mp4"))
        store.videos.record_scan(ScanRow(unread, 1.0, 30, 40, fault="The video is truncated."))
        store.videos.add_unread("/videos/new.mp4", "Not looked at yet")
    return people


def _reference(library: OpenLibrary, store: Store, creator: Creator, vector: np.ndarray) -> int:
    made = store.creators.add_reference(creator.id, vector, SourceType.MANUAL, None, 0.9)
    library.reference_pictures().put(made, _picture(creator.id))
    return made


def _picture(seed: int) -> np.ndarray:
    """A bright picture with something in it."""
    noise = np.random.default_rng(seed).integers(120, 256, (8, 8, 3), dtype=np.uint8)
    return np.kron(noise, np.ones((32, 32, 1), np.uint8))


def _faces(library: OpenLibrary, store: Store, people: dict[str, Creator]) -> None:
    """In each video one pending face of everybody, Ann decided, and a stranger rejected."""
    decide = Decisions(store, "tester")
    for number in range(4):
        video = store.videos.add(video_info(f"/videos/{number} {LONG_NAME[:120]}.mp4"))
        for axis in range(len(PEOPLE) + 2):  # two persons are new
            add(library, store, video, near(axis, 0.8, 100 * number + axis), 10.0 * axis)
        ann = [
            add(library, store, video, near(0, 0.7 + 0.05 * n, 1000 + 10 * number + n), 80.0 + n)
            for n in range(3)
        ]
        decide.apply(Intent(Kind.ACCEPT, _seen(store, video, ann[:2]), people["Ann"]))
        decide.apply(
            Intent(Kind.REJECT, _seen(store, video, ann[2:]), reason=RejectReason.STRANGER)
        )
        store.videos.record_scan(ScanRow(video, 1.0, 30, 40, frames=30, faces=10))


def _seen(store: Store, video: int, ids: Sequence[int]) -> tuple[Seen, ...]:
    now = store.faces.get(ids)
    return tuple(Seen(i, video, now[i].state, 0.8) for i in ids)


def add(library: OpenLibrary, store: Store, video: int, vector: np.ndarray, at: float) -> int:
    """A pending face with a picture."""
    face = store.videos.add_face(video, detection(vector, at=at))
    library.crops().put(face, _picture(face))
    return face


@contextmanager
def whole_window(
    folder: Path, url: str, pack: Path | None = None, *, filled: bool = True
) -> Iterator[tuple[Opened, Theme]]:
    """The window as the program makes it, shown; look and collector are put back afterwards."""
    library = opened(folder, url, pack)
    if filled:
        fill(library)
    with _dark() as theme:
        made = build(library, Preferences(folder / "preferences.ini"), theme)
        made.window.show()
        try:
            yield made, theme
        finally:
            made.window.hide()
            made.close()
            delete(made.window)  # a style sheet is applied to all widgets that there are
            gc.unfreeze()


_themes: list[Theme] = []
"""Of the windows that are open."""


@contextmanager
def _dark() -> Iterator[Theme]:
    """The dark theme, one for all windows that are open at once."""
    if _themes:
        yield _themes[-1]
        return
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    look = (app.palette(), app.styleSheet(), app.font(), app.style().name())
    _themes.append(Theme(app, ThemeChoice.DARK))
    try:
        yield _themes[-1]
    finally:
        delete(_themes.pop())
        app.setStyle(look[3])
        app.setPalette(look[0])
        app.setStyleSheet(look[1])
        app.setFont(look[2])


def show_page(opened: Opened, page: str) -> None:
    """A page with all that it loads."""
    opened.window.show_page(page)
    settle(opened.lanes, opened.window)


# --------------------------------------------------------------------------- what is painted


@dataclass(frozen=True)
class Painted:
    """A text as it was painted: where, with which ink, on what."""

    text: str
    box: QRectF
    ink: QColor
    ground: QColor
    widget: QWidget

    def __str__(self) -> str:
        return f"{self.text[:60]!r} in {type(self.widget).__name__}: {self.ratio:.2f}"

    @property
    def ratio(self) -> float:
        """Contrast of ink and ground."""
        return contrast(self.ink, self.ground)

    @property
    def exempt(self) -> bool:
        """Whether it belongs to something that cannot be used now."""
        return not self.widget.isEnabled()


def luminance(colour: QColor) -> float:
    """As WCAG defines it."""
    red, green, blue = (
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """From 1, none, to 21, black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def painted(window: QWidget) -> list[Painted]:
    """Every text that a window paints, whoever paints it: widgets, styles, delegates, tiles."""
    picture = window.grab().toImage()
    found = []
    # A field paints its selected words in both inks, each clipped: a drawing knows no clips.
    inks: dict[tuple[str, tuple[int, int, int, int]], list[QColor]] = {}
    for text, box, ink in _texts(_as_svg(window)):
        at = box.toRect()
        place = (at.x(), at.y(), at.width(), at.height())
        inks.setdefault((text, place), []).append(ink)
    for (text, place), given in inks.items():
        box = QRectF(QRect(*place))
        seen = box.toAlignedRect().intersected(window.rect())
        if not text.strip() or seen.isEmpty():
            continue
        ground = _ground(picture, seen)
        ink = max(given, key=lambda one: _times(picture, seen, one))
        widget = window.childAt(seen.center()) or window
        found.append(Painted(text, box, _over(ink, ground), ground, widget))
    return found


def _as_svg(window: QWidget) -> bytes:
    """The window as a drawing in which texts are still texts."""
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(window.size())
    generator.setResolution(96)
    # tiles are painted, not copied from kept pictures
    with patch.object(TileView, "paintEvent", _paint_tiles), QPainter(generator) as painter:
        window.render(painter, QPoint())
    return bytes(buffer.data().data())


def _paint_tiles(view: TileView, _event: QPaintEvent) -> None:
    model, delegate = view.model(), view.itemDelegate()
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = QRect(QPoint(), view.tile)
    with QPainter(view.viewport()) as painter:
        for row in range(model.rowCount()):
            at = view.visualRect(model.index(row, 0))
            if at.intersects(view.viewport().rect()):
                painter.save()
                painter.translate(at.topLeft())
                painter.setFont(view.font())
                delegate.paint(painter, option, model.index(row, 0))
                painter.restore()


def _texts(svg: bytes) -> Iterator[tuple[str, QRectF, QColor]]:
    for group in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        for node in group.findall("{http://www.w3.org/2000/svg}text"):
            words = node.text or ""
            font = QFont(QApplication.font())
            font.setPixelSize(max(1, round(float(_number(node.get("font-size", "13"))))))
            font.setWeight(QFont.Weight(int(node.get("font-weight", "400"))))
            metrics = QFontMetricsF(font)
            at = QPoint(0, 0)
            x, y = float(node.get("x", "0")), float(node.get("y", "0"))
            box = QRectF(at.x() + x, y - metrics.ascent(), metrics.horizontalAdvance(words), 0)
            box.setHeight(metrics.ascent() + metrics.descent())
            ink = QColor(node.get("fill", "#000000"))
            opacity = float(node.get("fill-opacity", "1")) * float(group.get("opacity", "1"))
            ink.setAlphaF(min(1.0, opacity))
            yield words, _matrix(group).mapRect(box), ink


def _number(text: str) -> str:
    return text.removesuffix("px").removesuffix("pt")


def _matrix(group: ET.Element) -> QTransform:
    given = group.get("transform", "")
    if not given.startswith("matrix("):
        return QTransform()
    a, b, c, d, e, f = (float(part) for part in given[7:-1].split(","))
    return QTransform(a, b, c, d, e, f)


def _colours(picture: QImage, box: QRect) -> Counter[int]:
    part = picture.copy(box).convertToFormat(QImage.Format.Format_RGB32)
    seen = np.frombuffer(part.constBits(), np.uint32).reshape(part.height(), -1)
    return Counter((seen[:, : part.width()] & 0xFFFFFF).ravel().tolist())


def _ground(picture: QImage, box: QRect) -> QColor:
    """The colour that most of the box has: letters cover less of it than what is between them."""
    return QColor(_colours(picture, box).most_common(1)[0][0])


def _times(picture: QImage, box: QRect, ink: QColor) -> int:
    """In how many of its pixels an ink is seen."""
    return _colours(picture, box)[ink.rgb() & 0xFFFFFF]


def _over(ink: QColor, ground: QColor) -> QColor:
    """A translucent ink as it is seen."""
    alpha = ink.alphaF()
    mixed = (
        alpha * one + (1 - alpha) * other
        for one, other in zip(_parts(ink), _parts(ground), strict=True)
    )
    return QColor.fromRgbF(*mixed)


def _parts(colour: QColor) -> tuple[float, float, float]:
    return colour.redF(), colour.greenF(), colour.blueF()


# ------------------------------------------------------------------------------ what is shown


def scenes(opened: Opened) -> Iterator[tuple[str, QWidget]]:
    """Every page in every state that lays it out anew, then every dialog."""
    window = opened.window
    for page in window.page_names():
        show_page(opened, page)
        yield page, window
        if page == "review":
            yield from _grid_scenes(opened)
        if page == "clusters":
            yield from _cluster_scenes(opened)
        if page == "creators":
            yield from _creator_scenes(opened)
        if page == "insight":
            yield from _insight_scenes(opened)
    for name, dialog in _dialogs(opened):
        settle(opened.lanes, window)
        yield name, dialog
        if isValid(dialog):  # whoever looked at it may have closed it
            dialog.close()


def _grid_scenes(opened: Opened) -> Iterator[tuple[str, QWidget]]:
    """The faces of the queue as a grid, by themselves and in groups, some of them selected."""
    page = opened.pages.review
    page.views.show_grid(on=True)
    for by in (GroupBy.CREATOR, GroupBy.NOTHING):
        page.grid.choose_group(by)
        settle(opened.lanes, opened.window)
        if page.grid.model.rowCount():
            page.grid.keys.extend(1)
            settle(opened.lanes, opened.window)
        yield f"review, grid by {by.value}", opened.window
    page.controller.selection.clear()
    page.views.show_grid(on=False)
    settle(opened.lanes, opened.window)


def _insight_scenes(opened: Opened) -> Iterator[tuple[str, QWidget]]:
    """The other parts of the page; it is left at the first."""
    page = opened.pages.insight
    first, *others = page.pills.offered()
    for part in others:
        page.open_tab(part)
        settle(opened.lanes, opened.window)
        yield f"insight, {part}", opened.window
    page.open_tab(first)
    settle(opened.lanes, opened.window)


def naming_scenes(opened: Opened, page: str) -> Iterator[tuple[str, QWidget]]:
    """What lies over a page while a name is typed: nothing yet, somebody, nobody, a question."""
    window = opened.window
    show_page(opened, page)
    (picker,) = window._pages[page].findChildren(NamePicker)
    picker.show()
    picker.open_list()
    for text in ("", "co", "Corinna", "Coraa"):
        picker.field.setText(text)
        settle(opened.lanes, window)
        yield f"{page}, naming {text}", picker.popup
    QTest.keyClick(picker.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    yield f"{page}, naming, asked", picker.popup
    picker.close_list()


def _cluster_scenes(opened: Opened) -> Iterator[tuple[str, QWidget]]:
    """A cluster with a face unticked, and one that wants a second press."""
    page = part(opened, ClusterPage)
    page.moves.open()
    page.moves.tick()
    settle(opened.lanes, opened.window)
    yield "clusters, unticked", opened.window
    page.panel.buttons["cluster_confirm"].set_text("Confirm 2,000", care=True)
    yield "clusters, second press", opened.window
    page.go_back()


def _creator_scenes(opened: Opened) -> Iterator[tuple[str, QWidget]]:
    page = part(opened, CreatorsPage)
    for name in ("Ann", "Dan", HEBREW, LONG_NAME):
        page.controller.show(by_name(page, name))
        for shown in (APPEARS, FACES, RETIRED):
            page.view.panel.show_part(shown)
            settle(opened.lanes, opened.window)
            yield f"creators, {name[:12]}, {shown}", opened.window
    for view in (NEEDS, PAIRS, HEALTH, ALL):
        page.view.show_view(view)
        settle(opened.lanes, opened.window)
        yield f"creators, {view}", opened.window
    page.view.header.search.setText("nobody is called so")
    settle(opened.lanes, opened.window)
    yield "creators, nobody found", opened.window
    page.view.header.search.clear()


def _dialogs(opened: Opened) -> Iterator[tuple[str, QWidget]]:
    window, page = opened.window, part(opened, CreatorsPage)
    window.show_keys()
    yield "keys", newest(KeySheet)
    window.migration_wanted.emit()
    yield "migrate", newest(MigrateDialog)
    show_page(opened, "creators")
    page.controller.show(by_name(page, LONG_NAME))
    settle(opened.lanes, window)
    person = page.controller.person
    assert person is not None
    other = page.view.model.everybody[by_name(page, "Ann")].creator
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("new creator", lambda: page.dialogs.person(None)),
        ("rename", lambda: page.dialogs.person(person)),
        ("split", lambda: page.dialogs.split(person.creator, [])),
        ("merge", lambda: page.dialogs.merge(person.creator)),
        ("merge, preview", lambda: page.dialogs.merge(person.creator, other)),
        ("past merges", page.dialogs.merges),
        ("delete", lambda: page.dialogs.delete(person.creator)),
        ("erase", lambda: page.dialogs.erase(person.creator)),
        ("add pictures", lambda: page.commands.add([_astronaut()])),
    )
    for name, ask in asked:
        ask()
        opened_now = newest(QDialog)
        for lane in (opened.lanes.pictures, opened.lanes.database, opened.lanes.pictures):
            drain(lane, window)
        yield name, opened_now


def _astronaut() -> QImage:
    pixels = np.ascontiguousarray(load_pictures()[ASTRONAUT])
    high, wide = pixels.shape[:2]
    return QImage(pixels.data, wide, high, 3 * wide, QImage.Format.Format_RGB888).copy()


def part(opened: Opened, kind: type[Part]) -> Part:
    """The page of this kind."""
    found = opened.window.findChild(kind)
    assert found is not None
    return found


def by_name(page: CreatorsPage, name: str) -> int:
    """The id of a creator."""
    found = page.view.model.everybody.values()
    return next(one.creator.id for one in found if one.creator.name == name)


def newest(kind: type[Part]) -> Part:
    """The dialog that is open."""
    deadline = QDeadlineTimer(10_000)
    while not deadline.hasExpired():
        for window in QApplication.topLevelWidgets():
            if isinstance(window, kind) and window.isVisible():
                return window
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)
    raise AssertionError(f"no {kind.__name__} was opened")


def scrolled_by(widget: QWidget) -> QScrollArea | None:
    """The area that scrolls it, if one does."""
    parent = widget.parentWidget()
    while parent is not None and not isinstance(parent, QScrollArea):
        parent = None if parent.isWindow() else parent.parentWidget()
    return parent


def place(widget: QWidget, window: QWidget) -> QRect:
    """Where a widget is in its window."""
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def seen_at(widget: QWidget, window: QWidget) -> QRect:
    """Where a widget is in its window, as far as its parents let it be seen."""
    seen, at = place(widget, window), widget
    while at is not window and (parent := at.parentWidget()) is not None:
        at = parent
        seen = seen.intersected(place(at, window))
    return seen


SIZES = {
    "960x500": QSize(960, 500),
    "1280x720": QSize(1280, 720),
    "1600x1000": QSize(1600, 1000),
    "3840x2160": QSize(3840, 2160),
}
