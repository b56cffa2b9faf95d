"""What the window shows at the moment of a key press: whom its labels name, and which faces."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from PySide6.QtWidgets import QApplication, QListView, QWidget
from whole_window import part

from facereview.app import Opened
from facereview.review.cast.acts import plan, waiting
from facereview.review.clusters.records import SINGLES
from facereview.ui.clusters.controller import Zone
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.dialogs import FacesRow
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.plain_text import PlainLabel
from facereview.ui.widgets.rows_model import ROW


@dataclass(frozen=True)
class Shown:
    """Texts as they are to be read, and the faces that they are about."""

    page: str
    status: str = ""
    """What Ctrl+Z would take back."""
    dialog: bool = False
    typing: bool = False
    at_hand: int | None = None
    """The face at hand, where one is."""
    faces: frozenset[int] = frozenset()
    """At hand and selected; of a cluster the ticked ones."""
    enter: str = ""
    """What stands on the button of Enter; "" where it is disabled."""
    digits: dict[int, str] = field(default_factory=dict)
    rules_out: str = ""
    """What stands on the button of N."""
    again: str = ""
    """Why a second press is wanted, and what else is said."""
    line: str = ""
    """Beside Enter, below the name field."""
    shifted: str = ""
    """Beside Shift+Enter there."""
    whole: str = ""
    """What stands on the button of Ctrl+Enter."""
    whole_faces: dict[int, str] = field(default_factory=dict)
    """The faces that it is about, and the name of the row that each stands in."""
    rest: str = ""
    """What stands on the button of G."""
    rest_faces: frozenset[int] = frozenset()
    waits: bool = False
    """Keys before this one, or an undo, are not done yet, or the face is still read."""

    def __str__(self) -> str:
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return " ".join(f"{name}={value!r}" for name, value in told.items() if value)


def shown(opened: Opened) -> Shown:
    """What is to be seen now."""
    page, status = opened.window.page(), opened.window.status.last.text()
    dialog = QApplication.activeModalWidget()
    if dialog is not None:
        return _in_dialog(opened, dialog, status)
    if page == "review":
        return _on_review(opened, status)
    if page == "clusters":
        return _on_clusters(opened, status)
    if page == "cast":
        return _on_cast(opened, status)
    if page == "creators":
        return Shown(page, status, faces=_decided(opened))
    return Shown(page, status)


def _typed(picker: NamePicker | None) -> tuple[bool, str, str]:
    """Whether a name is typed, and what Enter and Shift+Enter are said to do."""
    if picker is None or not picker.field.hasFocus():
        return False, "", ""
    enter, shifted = (line.text() for line in picker.popup.lines)
    return True, enter, shifted or enter


def _named(view: QListView) -> dict[int, str]:
    """Who stands beside each digit."""
    model = view.model()
    if not view.isVisible():
        return {}
    rows = (model.index(row, 0).data(ROW) for row in range(model.rowCount()))
    return {row.number: row.suggestion.creator.name for row in rows}


def _on_review(opened: Opened, status: str) -> Shown:
    page = opened.pages.review
    at, panel, offer = page.controller, page.panel, page.rest.offer
    typing, line, shifted = _typed(page.picker)
    accept, rules_out, card = panel.buttons["accept"], panel.buttons["not_person"], panel.rest
    here = at.current if page.notice.isHidden() else None
    faces = at.selection.targets(here) if here is not None else ()
    return Shown(
        page="review",
        status=status,
        typing=typing,
        at_hand=here,
        faces=frozenset(faces),
        enter=accept.text() if accept.isEnabled() else "",
        digits=_named(panel.list),
        rules_out=rules_out.text() if rules_out.isEnabled() else "",
        again=panel.hint.care.text() if panel.hint.isVisible() else "",
        line=line,
        shifted=shifted,
        rest=card.button.text() if card.isVisible() else "",
        rest_faces=frozenset(one.face.id for one in offer.members) if offer else frozenset(),
        waits=at.line.waits
        or at.decider.reverting
        or (here is not None and at.view is None)
        or any(map(at.decider.under_way.holds, faces)),
    )


def _on_clusters(opened: Opened, status: str) -> Shown:
    page = part(opened, ClusterPage)
    at, panel = page.controller, page.panel
    typing, line, shifted = _typed(page.picker)
    confirm, rules_out = panel.buttons["cluster_confirm"], panel.buttons["cluster_not_person"]
    wall, here = page.notice.isHidden(), at.members.current
    single = wall and at.entries.current == SINGLES and at.zone is Zone.FACES
    said = [
        one.text() for one in panel.consequence_card.findChildren(PlainLabel) if one.isVisible()
    ]
    return Shown(
        page="clusters",
        status=status,
        typing=typing,
        at_hand=here.face.id if single and here is not None else None,
        faces=frozenset(one.face.id for one in at.members.ticked()) if wall else frozenset(),
        enter=confirm.text() if confirm.isEnabled() and wall else "",
        digits=_named(panel.likely),
        rules_out=rules_out.text() if rules_out.isEnabled() else "",
        again=" ".join(said),
        line=line,
        shifted=shifted,
        waits=at.line.waits or at.decider.reverting,
    )


def _on_cast(opened: Opened, status: str) -> Shown:
    page = opened.pages.cast
    at, bar = page.controller, page.bar
    typing, line, shifted = _typed(bar.picker)
    painted = page.rows.isVisible() or page.frame.open
    row = at.cursor.row if painted else None
    digits = {
        n: bar.buttons[f"cast_pick_{n}"] for n in range(1, 10) if f"cast_pick_{n}" in bar.buttons
    }
    waits = [face.id for face in waiting(row, at.cursor.unticked)] if row is not None else []
    name = row.creator.name if row is not None and row.creator is not None else ""
    can = {key: made.isVisible() and made.isEnabled() for key, made in bar.buttons.items()}
    planned = plan(at.sheet, at.cursor.unticked).faces if at.sheet is not None and painted else ()
    return Shown(
        page="cast",
        status=status,
        typing=typing,
        faces=frozenset(face.id for face in at.cursor.ticked(row))
        if row is not None
        else frozenset(),
        enter=f"{len(waits)} {name}" if can["cast_confirm"] else "",
        digits={n: made.text() for n, made in digits.items() if made.isVisible()},
        rules_out=name if can["cast_not_person"] else "",
        again=bar.settling.text.text() if at.twice.waiting is not None else "",
        line=line,
        shifted=shifted,
        whole=bar.buttons["cast_settle"].text() if can["cast_settle"] else "",
        whole_faces={
            one.face.id: one.row.creator.name for one in planned if one.row.creator is not None
        },
        waits=at.line.waits or at.decider.reverting,
    )


def _decided(opened: Opened) -> frozenset[int]:
    """Those of the Creators page that a key applies to."""
    page = part(opened, CreatorsPage)
    return frozenset(one.face.id for one in page.view.panel.faces.targets())


def _in_dialog(opened: Opened, dialog: QWidget, status: str) -> Shown:
    typing, line, shifted = _typed(dialog.findChild(NamePicker))
    row = dialog.findChild(FacesRow)
    return Shown(
        page=opened.window.page(),
        status=status,
        dialog=True,
        typing=typing,
        faces=frozenset(one.face.id for one in row._faces) if row else frozenset(),
        line=line,
        shifted=shifted,
    )
