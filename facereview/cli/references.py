"""References: made by ``facereview enrol``; checked, retired and restored by ``references``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import ID, Setup, common_options
from facereview.cli.output import (
    decimals,
    interruptible,
    print_json,
    print_list,
    print_table,
    progress_bar,
    tell,
)
from facereview.cli.rematch import match_again, rematch_option
from facereview.errors import NotFound, ReviewError
from facereview.numbers import counted
from facereview.review.creators.reference_records import (
    Caution,
    Changed,
    Doubt,
    HealthRow,
    Origin,
)

if TYPE_CHECKING:
    from facereview.review.scanning.enrol import Candidate, Enrolled, Enroller

_PLAIN = {
    Doubt.UNSURE: "may not be a face",
    Doubt.BLURRED: "blurred",
    Doubt.TURNED: "turned away",
    Doubt.DARK: "too dark",
    Doubt.BRIGHT: "too bright",
}


@click.command()
@click.argument("name", required=False)
@click.argument("images", nargs=-1, metavar="IMAGE...", type=click.Path(path_type=Path))
@click.option(
    "--face",
    type=click.IntRange(1),
    help="Which face of the picture, counted from the left.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="A folder with one folder of pictures for each creator, named after the creator.",
)
@click.option("--profile-pictures", is_flag=True, help="Use the profile picture of every creator.")
@click.option("--anyway", is_flag=True, help="Store pictures even where a check warns about them.")
@click.option("--new", is_flag=True, help="Make creators even where others are nearly called so.")
@rematch_option
@common_options
def enrol(
    setup: Setup, /, anyway: bool, new: bool, rematch: bool, as_json: bool, **asked: Any
) -> None:
    """Make references of the creator NAME out of pictures of that person.

    A picture that a check warns about (blurred, unlike the other references, closer to another
    creator ...) is reported and left out; --anyway stores it. A name that only nearly fits a
    creator (case, accents, one letter) is refused; --new makes another creator of it.
    """
    source = _Source(**asked)
    source.check()
    with opened(setup) as (library, store), interruptible() as cancelled:
        with progress_bar("pictures") as bar:
            enroller = library.enroller(store)
            wanted = source.candidates(enroller)
            done = enroller.enrol_all(
                wanted, anyway=anyway, new=new, on_progress=bar, cancelled=cancelled
            )
        added = tuple(e.reference_id for e in done if e.reference_id is not None)
        if rematch and added:
            match_again(library, store, Changed(added=added), cancelled)
    _print(done, as_json=as_json)
    _raise_for(done, len(wanted))


@dataclass(frozen=True, slots=True)
class _Source:
    """Which pictures to enrol."""

    name: str | None
    images: tuple[Path, ...]
    face: int | None
    folder: Path | None
    profile_pictures: bool

    def check(self) -> None:
        """Require exactly one of the three ways to name pictures."""
        ways = (self.name is not None) + (self.folder is not None) + self.profile_pictures
        if ways != 1:
            raise click.UsageError("Give NAME IMAGE..., or --folder DIR, or --profile-pictures.")
        if self.name is not None and not self.images:
            raise click.UsageError("Give at least one IMAGE after NAME.")
        if self.face is not None and len(self.images) != 1:
            raise click.UsageError("--face goes with exactly one IMAGE.")

    def candidates(self, enroller: Enroller) -> list[Candidate]:
        """The pictures with their creators."""
        # it imports models and images, which the other commands do not need
        from facereview.review.scanning.enrol import (  # noqa: PLC0415
            Candidate,
            folder_candidates,
        )

        if self.folder is not None:
            return list(folder_candidates(self.folder))
        if self.name is not None:
            return [Candidate(self.name, image, face=self.face) for image in self.images]
        return list(enroller.profile_pictures())


def _print(done: Sequence[Enrolled], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(enrolled) for enrolled in done])
        return
    print_table(
        ("creator", "picture", "quality", ""),
        [(e.creator, e.path, decimals(e.quality), _outcome(e)) for e in done],
    )


def _outcome(enrolled: Enrolled) -> str:
    if enrolled.fault is not None:
        return enrolled.fault
    if enrolled.known:
        return "already known"
    what = "left out" if enrolled.left_out else "added"
    return "; ".join([what, *(_doubted(caution) for caution in enrolled.cautions)])


def _doubted(caution: Caution) -> str:
    name = caution.creator.name if caution.creator else "somebody"
    match caution.doubt:
        case Doubt.SMALL:
            return f"only {caution.value:.0f} pixels wide"
        case Doubt.KNOWN:
            kind = "retired reference" if caution.retired else "reference"
            return f"almost the same as {kind} {caution.reference_id} of {name}"
        case Doubt.UNLIKE:
            return f"unlike the other references ({caution.value:.2f})"
        case Doubt.CONFUSES:
            return f"reference {caution.reference_id} of {name} would then look contaminated"
        case Doubt.OTHER:
            own = f", to its own {caution.limit:.2f}" if caution.limit is not None else ""
            return f"looks like {name} ({caution.value:.2f}{own})"
        case _:
            return _PLAIN[caution.doubt]


def _raise_for(done: Sequence[Enrolled], wanted: int) -> None:
    faults = [enrolled.fault for enrolled in done if enrolled.fault is not None]
    if len(done) < wanted:
        raise ReviewError(
            f"Enrolling was cancelled after {len(done)} of {wanted} pictures: the references made "
            "so far are kept."
        )
    left_out = [one for one in done if one.left_out]
    if left_out:
        raise ReviewError(_left_out(left_out, faults, wanted))
    if len(faults) == 1:
        raise ReviewError(faults[0])
    if faults:
        raise ReviewError(
            f"{len(faults)} of {wanted} pictures gave no reference, the first because: {faults[0]}"
        )


def _left_out(left_out: Sequence[Enrolled], faults: Sequence[str], wanted: int) -> str:
    first = left_out[0]
    why = ", ".join(_doubted(caution) for caution in first.cautions)
    said = (
        f"{len(left_out)} of {counted(wanted, 'picture was', 'pictures were')} left out, the "
        f"first, {first.path}, because: {why}; add --anyway to store them."
    )
    more = f" {len(faults)} more gave no reference: {faults[0]}" if faults else ""
    return said + more


# -------------------------------------------------------------------------------------- references

_ids = click.argument("ids", nargs=-1, required=True, type=ID, metavar="REFERENCE_ID...")


@click.group()
def references() -> None:
    """Check references; retire bad ones, or restore them."""


@references.command("check")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@common_options
def check(setup: Setup, limit: int, as_json: bool) -> None:
    """List the references that need attention, worst first, each compared with all others.

    contaminated: closer to another creator than to its own. lonely: none of its creator's other
    references looks like it. redundant: almost the same as another one.
    """
    with opened(setup) as (library, store):
        rows = library.health(store).references(limit)
    print_list(
        [_document(row) for row in rows],
        ("id", "creator", "flag", "own", "nearest other", "added", "source"),
        map(_line, rows),
        "No reference needs attention.",
        as_json=as_json,
    )


@references.command("retire")
@_ids
@rematch_option
@common_options
def retire(setup: Setup, ids: Sequence[int], rematch: bool, as_json: bool) -> None:
    """Stop using references, but keep them; `references restore` brings them back."""
    _change(setup, ids, retiring=True, rematch=rematch, as_json=as_json)


@references.command("restore")
@_ids
@rematch_option
@common_options
def restore(setup: Setup, ids: Sequence[int], rematch: bool, as_json: bool) -> None:
    """Use retired references again."""
    _change(setup, ids, retiring=False, rematch=rematch, as_json=as_json)


def _change(
    setup: Setup, ids: Sequence[int], *, retiring: bool, rematch: bool, as_json: bool
) -> None:
    with opened(setup) as (library, store):
        there = store.references.get(ids)
        for reference in ids:
            if reference not in there:
                raise NotFound(
                    f"There is no reference {reference}: `facereview references check` lists "
                    "those that need attention."
                )
        meant = [i for i, row in there.items() if (row.retired_at is None) == retiring]
        desk = library.references_desk(store)
        changed = desk.retire(meant) if retiring else desk.restore(meant)
        if rematch and changed != Changed():
            match_again(library, store, changed)
    done = "retired" if retiring else "restored"
    before = counted(len(set(ids)) - len(meant), "was already", "were already")
    sentence = f"{counted(len(meant), 'reference')} {done}, {before}."
    tell(sentence, {done: sorted(meant)}, as_json=as_json)


def _document(row: HealthRow) -> dict[str, Any]:
    info = row.info
    return {
        "id": info.reference.id,
        "creator_id": info.creator.id,
        "creator": info.creator.name,
        "flag": row.flag.value,
        "flags": sorted(flag.value for flag in info.flags),
        "own": info.own,
        "other": info.other.creator.name if info.other else None,
        "other_similarity": info.other.similarity if info.other else None,
        "twin": info.twin,
        "led_astray": row.alone,
        "quality": info.reference.quality,
        "source_type": info.reference.source_type.value,
        "source_path": info.reference.source_path,
        "created_at": info.created_at.isoformat() if info.created_at else None,
        "origin": _origin(info.origin),
    }


def _origin(origin: Origin | None) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {
        "actor": origin.actor,
        "added_at": origin.added_at.isoformat(),
        "detection": origin.detection_id,
        "decided_by": origin.decided_by,
        "decided_at": origin.decided_at.isoformat() if origin.decided_at else None,
    }


def _line(row: HealthRow) -> tuple[object, ...]:
    info, other = row.info, row.info.other
    return (
        info.reference.id,
        info.creator.name,
        row.flag.value if info.twin is None else f"{row.flag.value}, repeats {info.twin}",
        decimals(info.own),
        None if other is None else f"{other.creator.name} {other.similarity:.2f}",
        None if info.created_at is None else f"{info.created_at:%Y-%m-%d}",
        info.reference.source_path,
    )
