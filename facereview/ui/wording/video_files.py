"""Texts about files that are found again, and about removing videos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.library import faces, number, title, videos

if TYPE_CHECKING:
    from facereview.review.library.removing import RemovalPlan
    from facereview.review.scanning.locate import Located, LocatePlan

translate = QCoreApplication.translate

_NAMES, _TABLES = 3, 6


class FileAmounts(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def looked(self, count: int) -> str:
        return self.tr("%Ln files looked at", "", count)

    def locate(self, count: int) -> str:
        return self.tr("Locate %Ln videos", "", count)

    def located(self, count: int) -> str:
        return self.tr("%Ln videos have the path of their file again.", "", count)

    def gone(self, count: int) -> str:
        return self.tr("%Ln videos were found nowhere there", "", count)

    def unclear(self, count: int) -> str:
        return self.tr("%Ln cannot be told apart", "", count)

    def twice(self, count: int) -> str:
        return self.tr("%Ln were found twice", "", count)

    def by_name(self, count: int) -> str:
        return self.tr("%Ln only by size and name, as they were never scanned", "", count)

    def changed(self, count: int) -> str:
        return self.tr("%Ln changed meanwhile and stay as they are.", "", count)

    def left(self, count: int) -> str:
        return self.tr("%Ln are still to be located: look there again.", "", count)

    def removed(self, count: int) -> str:
        return self.tr("%Ln videos were removed from the library; their files stay.", "", count)

    def rows(self, count: int) -> str:
        return self.tr("%Ln rows", "", count)


def plan_text(plan: LocatePlan) -> str:
    """What was found of the missing videos, in one or two sentences."""
    amounts = FileAmounts()
    if not (plan.found or plan.gone or plan.unclear):
        return translate("VideoFiles", "Every file of the library is where it was.")
    parts = [translate("VideoFiles", "{videos} found").format(videos=videos(len(plan.found)))]
    by_name = sum(film.by_name for film in plan.found)
    for count, text in (
        (by_name, amounts.by_name),
        (len(plan.twice), amounts.twice),
        (len(plan.unclear), amounts.unclear),
        (len(plan.gone), amounts.gone),
    ):
        if count:
            parts.append(text(count))
    said = translate("VideoFiles", "{looked}: {found}.").format(
        looked=amounts.looked(plan.files), found=", ".join(parts)
    )
    if plan.decided:
        more = translate("VideoFiles", "{faces} decided in those stay in the library.")
        said = f"{said} {more.format(faces=faces(plan.decided))}"
    return said


def map_text(plan: LocatePlan) -> str:
    """That a folder may only be mounted elsewhere; "" where it cannot be."""
    if plan.folders is None:
        return ""
    text = translate(
        "VideoFiles",
        "All that was found lies in {new} as it did in {old}. If only this computer sees it there, "
        "map the folder instead.",
    )
    old, new = map(clear_text, plan.folders)
    return text.format(old=old, new=new)


def plan_lines(plan: LocatePlan) -> Iterator[tuple[str, str]]:
    """(sentence, path) of all that is to be looked at before it is written."""
    for path, reason in plan.faults:
        yield clear_text(reason), path
    for path, files in plan.unclear:
        text = translate("VideoFiles", "{name} may be any of {files}")
        yield text.format(name=_name(path), files=_names(files)), path
    for film in plan.twice:
        text = translate("VideoFiles", "{name} is taken from {file}; the same is {files}")
        file = clear_text(str(film.file.path))
        yield text.format(name=_name(film.before), file=file, files=_names(film.twins)), film.before
    copies = dict(plan.listed)
    for _, path in plan.gone:
        gone = translate("VideoFiles", "Gone: {path}")
        copy = translate("VideoFiles", "Gone: {path}; the library also has its copy {file}")
        text = copy if path in copies else gone
        yield text.format(path=clear_text(path), file=clear_text(str(copies.get(path, "")))), path


def located_text(done: Located, wanted: int) -> str:
    """What was written."""
    amounts = FileAmounts()
    parts = [amounts.located(done.videos)]
    if done.changed:
        parts.append(amounts.changed(len(done.changed)))
    if done.replaced:
        text = translate(
            "VideoFiles", "{faces} of films that were at such a path wait until these are found."
        )
        parts.append(text.format(faces=faces(sum(count for _, count in done.replaced))))
    if done.cancelled:
        parts.append(amounts.left(wanted - done.videos))
    parts += [clear_text(reason) for _, reason in done.faults[:1]]
    return " ".join(parts)


def removal_text(plan: RemovalPlan) -> str:
    """What goes with videos, and that it cannot be undone."""
    first = plan.videos[0]
    what = f"“{title(first)}”" if len(plan.videos) == 1 else videos(len(plan.videos))
    if plan.forbidding:
        text = translate(
            "VideoFiles",
            "{what} cannot be removed: the table {table} of another program still needs it. "
            "Remove it there first.",
        )
        return text.format(what=what, table=clear_text(plan.forbidding))
    head = translate("VideoFiles", "Remove {what} from the library? {faces} go with it")
    said = head.format(what=what, faces=faces(plan.faces))
    if plan.decided:
        text = translate("VideoFiles", "{said}, {decided} of them decided{names}")
        said = text.format(said=said, decided=number(plan.decided), names=_creators(plan.names))
    parts = [f"{said}."]
    if plan.others:
        text = translate("VideoFiles", "Rows of other programs go too: {tables}.")
        parts.append(text.format(tables=_tables(plan.others)))
    if plan.unlinked:
        text = translate("VideoFiles", "Rows that lose the link to it: {tables}.")
        parts.append(text.format(tables=_tables(plan.unlinked)))
    parts.append(
        translate("VideoFiles", "The file stays where it is. This cannot be undone.")
        if len(plan.videos) == 1
        else translate("VideoFiles", "The files stay where they are. This cannot be undone.")
    )
    return " ".join(parts)


def _creators(names: Sequence[str]) -> str:
    if not names:
        return ""
    dots = ["…"] if len(names) > _NAMES else []
    return f" ({', '.join([*map(clear_text, names[:_NAMES]), *dots])})"


def _tables(tables: Sequence[tuple[str, int | None]]) -> str:
    unknown = translate("VideoFiles", "rows that you may not count")
    parts = [
        f"{clear_text(table)} ({unknown if rows is None else FileAmounts().rows(rows)})"
        for table, rows in tables[:_TABLES]
    ]
    return ", ".join(parts + (["…"] if len(tables) > _TABLES else []))


def _name(path: str) -> str:
    return clear_text(PurePath(path).name)


def _names(files: Sequence[Path]) -> str:
    dots = ["…"] if len(files) > _NAMES else []
    return ", ".join([*(clear_text(str(file)) for file in files[:_NAMES]), *dots])
