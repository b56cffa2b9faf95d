"""``facereview history``: what was done in a library, newest first."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import local_time, print_json, print_list, print_table, say
from facereview.numbers import counted
from facereview.records import FaceState
from facereview.review.creators.naming import Naming
from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import (
    Cannot,
    Entry,
    FaceLine,
    Group,
    Opened,
    Place,
    RowLine,
    UndoPreview,
    Wanted,
)

_COLUMNS = ("batch", "when", "curator", "act", "about", "faces", "state")


_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--batch", type=UUID, metavar="TOKEN", help="One entry, with its faces.")
@click.option("--creator", metavar="NAME", help="Only what was done about this creator.")
@click.option("--curator", "actor", metavar="LOGIN", help="Only what this curator did.")
@click.option(
    "--kind",
    type=click.Choice([group.value for group in Group]),
    help="Only such entries.",
)
@click.option("--since", type=_DAY, metavar="DAY", help="From this day on, as 2026-11-27.")
@click.option("--until", type=_DAY, metavar="DAY", help="Up to this day, with it.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="List at most so many."
)
@click.option("--after", type=UUID, metavar="TOKEN", help="Go on behind this entry.")
@common_options
def history(
    setup: Setup,
    *,
    batch: UUID | None,
    creator: str | None,
    actor: str | None,
    kind: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: UUID | None,
    as_json: bool,
) -> None:
    """List what was done, newest first, by whom, and whether it can be undone.

    `facereview undo --batch TOKEN` undoes an entry, also one of days ago and of another curator:
    what was changed since stays as it is.
    """
    with opened(setup) as (library, store):
        desk = HistoryDesk(store, lambda: library.thresholds)
        if batch is not None:
            _print_opened(desk.open(batch.hex), as_json=as_json)
            return
        about = None if creator is None else Naming(store, desk.actor).named(creator)
        wanted = Wanted(
            actor, Group(kind) if kind else None, about, first=_day(since), last=_day(until)
        )
        behind = desk.entry(after.hex) if after else None
        place = Place(behind.when, behind.id) if behind else None
        entries = desk.page(wanted, place, limit).entries
    print_list(
        [_document(entry) for entry in entries],
        _COLUMNS,
        [_row(entry) for entry in entries],
        "Nothing was done here, as far as the history tells.",
        as_json=as_json,
    )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _document(entry: Entry) -> dict[str, Any]:
    about = entry.about
    return {
        "batch": entry.token,
        "at": entry.when.isoformat(),
        "curator": entry.who,
        "login": entry.actor,
        "machine": entry.machine,
        "kind": entry.kind.value,
        "act": about.kind.value,
        "creator": about.creator.name if about.creator else None,
        "names": list(about.names),
        "reason": about.reason.value if about.reason else None,
        "settings": [list(setting) for setting in about.settings],
        "number": about.number,
        "faces": entry.faces,
        "videos": entry.noted.videos or entry.videos,
        "files": list(entry.noted.paths),
        "stands": entry.stands,
        "undone_by": entry.undone_by,
        "undone_at": entry.undone_at.isoformat() if entry.undone_at else None,
        "can_be_undone": entry.cannot is None,
        "why_not": entry.cannot.value if entry.cannot else None,
    }


def _row(entry: Entry) -> tuple[object, ...]:
    act = entry.about.kind.value
    return (
        entry.token,
        local_time(entry.when),
        entry.who,
        act if entry.kind is entry.about.kind else f"{entry.kind.value} of {act}",
        _about(entry),
        entry.faces or entry.noted.faces or None,
        _state(entry),
    )


def _about(entry: Entry) -> str | None:
    about = entry.about
    if about.settings:
        changes = (f"{key} {_shown(was)} -> {_shown(now)}" for key, was, now in about.settings)
        return ", ".join(changes)
    if entry.noted.videos or entry.noted.paths:
        files = ", ".join(entry.noted.paths[:2])
        return files or counted(entry.noted.videos, "video")
    if len(about.names) > 1:
        return " -> ".join(about.names)
    return about.creator.name if about.creator else next(iter(about.names), None)


def _shown(value: object) -> str:
    return "default" if value is None else str(value)


def _state(entry: Entry) -> str:
    if entry.cannot is Cannot.UNDONE:
        return f"undone by {entry.undone_by}"
    if entry.cannot is Cannot.EMPTY:
        return "nothing of it is kept"
    return "cannot be undone" if entry.cannot is Cannot.NOTED else "stands"


# ------------------------------------------------------------------------------------- one of them


def _print_opened(opened_entry: Opened, *, as_json: bool) -> None:
    preview = opened_entry.preview
    if as_json:
        faces = [_face_document(face) for face in opened_entry.faces]
        rows = [_row_document(row) for row in opened_entry.rows]
        more = {"changed": faces, "beside": rows, "more": opened_entry.more}
        undo = None if preview is None else _preview_document(preview)
        print_json({**_document(opened_entry.entry), **more, "undo": undo})
        return
    print_table(_COLUMNS, [_row(opened_entry.entry)])
    if opened_entry.faces:
        say("")
        print_table(("face", "before", "after", "since"), map(_face_row, opened_entry.faces))
    if opened_entry.rows:
        say("")
        print_table(("beside", "before", "after"), map(_row_row, opened_entry.rows))
    if opened_entry.more:
        say(f"and {counted(opened_entry.more, 'face')} more")
    say(_undo_text(opened_entry))


def _face_document(face: FaceLine) -> dict[str, Any]:
    return {
        "face": face.face_id,
        "before": _state_text(face.before, face.before_name),
        "after": _state_text(face.after, face.after_name),
        "not": face.denied,
        "changed_since": face.changed,
    }


def _row_document(row: RowLine) -> dict[str, Any]:
    return {
        "what": row.kind.value,
        "face": row.face,
        "key": row.key or None,
        "before": row.before or None,
        "after": row.after or None,
    }


def _preview_document(preview: UndoPreview) -> dict[str, Any]:
    return {
        "faces": preview.faces,
        "stay": list(preview.stays),
        "kept": preview.kept,
        "nothing": preview.nothing,
        "why": str(preview.why) if preview.why else None,
    }


def _face_row(face: FaceLine) -> tuple[object, ...]:
    after = f"not {face.denied}" if face.denied else _state_text(face.after, face.after_name)
    changed = "changed since" if face.changed else None
    return face.face_id, _state_text(face.before, face.before_name), after, changed


def _row_row(row: RowLine) -> tuple[object, ...]:
    what = row.key or row.kind.value
    return f"{what} of face {row.face}" if row.face else what, row.before, row.after


def _state_text(state: FaceState, name: str | None) -> str:
    return state.status.value if name is None else f"{state.status.value}, {name}"


def _undo_text(opened_entry: Opened) -> str:
    preview, entry = opened_entry.preview, opened_entry.entry
    if preview is None:
        return f"It cannot be undone: {_why_not(entry)}."
    if preview.nothing:
        return str(preview.why or "All of it was changed since: there is nothing to undo.")
    text = f"`facereview undo --batch {entry.token}` undoes it"
    stays = len(preview.stays) + preview.kept
    return f"{text}; {counted(stays, 'change')} since would stay." if stays else f"{text}."


def _why_not(entry: Entry) -> str:
    if entry.cannot is Cannot.UNDONE:
        return "it was undone"
    return "nothing of it is kept" if entry.cannot is Cannot.EMPTY else "acts of its kind are final"
