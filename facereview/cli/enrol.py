"""``facereview enrol``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from facereview.cli.interrupts import interruptible
from facereview.cli.opening import opened
from facereview.cli.options import Setup, json_option, shared_options, with_setup
from facereview.cli.output import print_json, print_table, progress_bar
from facereview.cli.rematch import match_again, rematch_option
from facereview.errors import ReviewError
from facereview.numbers import counted
from facereview.review.creators.reference_records import Caution, Changed, Doubt
from facereview.review.scanning.enrol import Candidate, Enrolled, Enroller, folder_candidates

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
@rematch_option
@json_option
@shared_options
@with_setup
def enrol(setup: Setup, /, anyway: bool, rematch: bool, as_json: bool, **asked: Any) -> None:
    """Make references of the creator NAME out of pictures of that person.

    A picture that a check warns about (blurred, unlike the other references, closer to another
    creator ...) is reported and left out; --anyway stores it.
    """
    source = _Source(**asked)
    source.check()
    with opened(setup) as (library, store), interruptible() as cancelled:
        with progress_bar("pictures") as bar:
            enroller = library.enroller(store)
            wanted = source.candidates(enroller)
            done = enroller.enrol_all(wanted, anyway=anyway, on_progress=bar, cancelled=cancelled)
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
        [
            (e.creator, e.path, None if e.quality is None else f"{e.quality:.2f}", _outcome(e))
            for e in done
        ],
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
