"""``facereview creators``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from facereview.cli.opening import opened
from facereview.cli.options import Setup, common_options
from facereview.cli.output import (
    decimals,
    local_time,
    print_facts,
    print_json,
    print_list,
    print_table,
    say,
    tell,
)
from facereview.errors import Invalid, ReviewError
from facereview.numbers import counted
from facereview.records import Person
from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.records import ErasePlan, Loss, MergePreview, PersonView
from facereview.visible_text import printable

_yes = click.option("--yes", is_flag=True, help="Do not ask: for scripts.")


@click.group()
def creators() -> None:
    """List, name, merge, split and remove the creators of the library."""


@contextmanager
def desk_of(setup: Setup) -> Iterator[CreatorsDesk]:
    """The library's creators, closed afterwards."""
    with opened(setup) as (library, store):
        yield library.creators_desk(store)


@creators.command("list")
@click.option("--find", metavar="TEXT", help="Only those whose name or alias resembles TEXT.")
@common_options
def list_(setup: Setup, find: str | None, as_json: bool) -> None:
    """List creators with references, decided faces, videos and likely faces."""
    with opened(setup) as (_, store):
        names = NamesDesk(store)
        people = names.people()
        if find:
            by_id = {person.creator.id: person for person in people}
            people = tuple(by_id[i] for i in names.find(find, 20))
    if as_json:
        print_json([_summary(person) for person in people])
        return
    print_table(
        ("creator", "references", "faces", "videos", "likely", "also called"),
        [
            (p.creator.name, p.references, p.faces, p.videos, p.likely, ", ".join(p.aliases))
            for p in people
        ],
    )


@creators.command()
@click.argument("name")
@common_options
def show(setup: Setup, name: str, as_json: bool) -> None:
    """Show one creator, with lookalikes and changes that can be undone."""
    with desk_of(setup) as desk:
        view = desk.person(desk.naming.named(name).id)
    if view is not None:
        _print_creator(view, as_json=as_json)


@creators.command()
@click.argument("name")
@click.argument("new")
@common_options
def rename(setup: Setup, name: str, new: str, as_json: bool) -> None:
    """Rename a creator."""
    with desk_of(setup) as desk:
        creator = desk.naming.rename(desk.naming.named(name).id, new)
    tell(f"{name} is now called {creator.name}.", asdict(creator), as_json=as_json)


@creators.command()
@click.argument("name")
@click.argument("other")
@click.option("--remove", is_flag=True, help="Remove this alias.")
@common_options
def alias(setup: Setup, name: str, other: str, remove: bool, as_json: bool) -> None:
    """Add an alias of a creator, or remove one."""
    with desk_of(setup) as desk:
        creator = desk.naming.named(name)
        change = desk.naming.remove_alias if remove else desk.naming.add_alias
        aliases = change(creator.id, other)
    also = f"is also called {', '.join(aliases)}" if aliases else "has no other name"
    document = {"id": creator.id, "name": creator.name, "aliases": aliases}
    tell(f"{creator.name} {also}.", document, as_json=as_json)


@creators.command()
@click.argument("keep")
@click.argument("drop")
@click.option("--preview", is_flag=True, help="Show what a merge would do, and stop.")
@_yes
@common_options
def merge(setup: Setup, *, keep: str, drop: str, preview: bool, yes: bool, as_json: bool) -> None:
    """Merge DROP into KEEP; `creators unmerge` undoes it, even days later."""
    with desk_of(setup) as desk:
        kept, dropped = desk.naming.named(keep), desk.naming.named(drop)
        found = desk.merging.preview(kept.id, dropped.id)
        if preview and as_json:
            print_json(asdict(found) | {"conflicts": found.conflicts})
            return
        if preview or not yes:
            _print_preview(found)
        if preview:
            return
        if not yes:
            click.confirm(
                printable(f"Merge {dropped.name} into {kept.name}?"), abort=True, err=True
            )
        done = desk.merging.merge(kept.id, dropped.id)
    tell(
        f"{done.dropped.name} is part of {done.creator.name} now: {counted(done.faces, 'face')} "
        f"and {counted(done.references, 'reference')} moved; "
        f"`facereview creators unmerge {done.change_id}` takes it back.",
        asdict(done),
        as_json=as_json,
    )


def _print_preview(found: MergePreview) -> None:
    print_table(
        ("", found.keep.creator.name, found.drop.creator.name),
        [
            ("references", len(found.keep.references), len(found.drop.references)),
            ("decided faces", found.keep.faces, found.drop.faces),
            ("videos", found.keep.videos, found.drop.videos),
        ],
    )
    say(
        f"{counted(found.denied_count, 'face was', 'faces were')} said not to be the other, "
        f"{counted(found.together_count, 'pair stands', 'pairs stand')} in one frame; "
        f"the two are alike by {decimals(found.similarity) or '–'}."
    )


@creators.command()
@common_options
def merges(setup: Setup, as_json: bool) -> None:
    """List merges and splits that can be undone, newest first."""
    with desk_of(setup) as desk:
        past = desk.changes.past()
    print_list(
        [asdict(p) | {"created_at": p.created_at.isoformat()} for p in past],
        ("change", "when", "by", "what", "creator", "other", "faces", "references"),
        [
            (
                p.change_id, local_time(p.created_at), p.actor, p.kind, p.creator.name,
                p.dropped.name, p.faces, p.references,
            )
            for p in past
        ],
        "No merge or split can be undone.",
        as_json=as_json,
    )  # fmt: skip


@creators.command()
@click.argument("change", type=int)
@common_options
def unmerge(setup: Setup, change: int, as_json: bool) -> None:
    """Undo a merge or a split. Faces that were decided again since stay as they are."""
    with desk_of(setup) as desk:
        done = desk.history.undo_change(change)
    tell(
        f"{done.restored.name} has {counted(done.faces, 'face')} and "
        f"{counted(done.references, 'reference')} back; "
        f"{counted(len(done.stayed), 'face stays', 'faces stay')} with {done.other.name}.",
        asdict(done),
        as_json=as_json,
    )


@creators.command()
@click.argument("name")
@click.argument("new")
@click.argument("faces", nargs=-1, required=True, type=int, metavar="FACE...")
@common_options
def split(setup: Setup, name: str, new: str, faces: tuple[int, ...], as_json: bool) -> None:
    """Move these decided faces of a creator to NEW, which is created if needed."""
    with desk_of(setup) as desk:
        done = desk.splitting.split(desk.naming.named(name).id, faces, new)
    tell(
        f"{counted(done.faces, 'face')} and {counted(done.references, 'reference')} are "
        f"{done.creator.name}'s now; `facereview creators unmerge {done.change_id}` takes it back.",
        asdict(done),
        as_json=as_json,
    )


@creators.command()
@click.argument("name")
@_yes
@common_options
def delete(setup: Setup, name: str, yes: bool, as_json: bool) -> None:
    """Delete a creator; its decided faces become pending again."""
    with desk_of(setup) as desk:
        creator = desk.naming.named(name)
        if not yes:
            say(_sentence_of_loss(desk.erasing.loss(creator.id)), err=True)
            click.confirm(printable(f"Delete {creator.name}?"), abort=True, err=True)
        loss = desk.erasing.delete(creator.id)
    tell(f"{creator.name} is deleted.", asdict(loss), as_json=as_json)


@creators.command()
@click.argument("name")
@click.option("--preview", is_flag=True, help="Show what would be erased, and stop.")
@_yes
@common_options
def erase(setup: Setup, name: str, preview: bool, yes: bool, as_json: bool) -> None:
    """Erase all biometric data of a person for good, and check that none is left."""
    with desk_of(setup) as desk:
        creator = desk.naming.named(name)
        plan = desk.erasing.plan(creator.id)
        if preview and as_json:
            print_json(asdict(plan))
            return
        if preview or not yes:
            for line in _sentences_of_plan(plan):
                say(line, err=not preview)
        if preview:
            return
        names = (creator.name, printable(creator.name))
        if not yes and click.prompt("Type the name to erase", err=True) not in names:
            raise Invalid(f"The name typed is not {creator.name}: nothing was erased.")
        erased = desk.erasing.erase(creator.id)
    if as_json:
        print_json(asdict(erased) | {"complete": erased.complete})
    else:
        print_facts([(place, "nothing left") for place in erased.looked_at])
    if not erased.complete:
        left = ", ".join(f"{r.count} in {r.where}" for r in erased.remnants)
        raise ReviewError(f"Some data of the person is left: {left}; remove it by hand.")


def _summary(person: Person) -> dict[str, Any]:
    """A creator with its counts, for JSON."""
    return asdict(person.creator) | {
        "references": person.references,
        "decided": person.decided,
        "unchecked": person.unchecked,
        "videos": person.videos,
        "likely": person.likely,
        "aliases": list(person.aliases),
    }


def _details(view: PersonView) -> dict[str, object]:
    """One creator as JSON."""
    alike = [
        {"id": p.second.id, "name": p.second.name, "similarity": p.similarity}
        for p in view.lookalikes
    ]
    changes = [
        {"change": p.change_id, "kind": p.kind, "other": p.dropped.name} for p in view.changes
    ]
    rest = {"retired": view.retired, "denied": view.denied}
    return _summary(view.person) | rest | {"lookalikes": alike, "changes": changes}


def _print_creator(view: PersonView, *, as_json: bool) -> None:
    """Print one creator."""
    person, creator = view.person, view.person.creator
    if as_json:
        print_json(_details(view))
        return
    print_facts(
        [
            ("name", creator.name),
            ("also called", ", ".join(person.aliases) or None),
            ("description", creator.description),
            ("picture", creator.profile_picture_path),
            ("references", person.references),
            ("retired references", view.retired),
            ("decided faces", person.decided),
            ("matched automatically, unchecked", person.unchecked),
            ("videos", person.videos),
            ("likely faces", person.likely),
            ("known not to be", view.denied),
        ]
    )
    if view.lookalikes:
        say("")
        print_table(
            ("looks like", "similarity"),
            [(p.second.name, decimals(p.similarity)) for p in view.lookalikes],
        )


def _sentence_of_loss(loss: Loss) -> str:
    """What is deleted with a creator."""
    return (
        f"With {loss.creator.name} go {counted(loss.references + loss.retired, 'reference')}, "
        f"{counted(len(loss.aliases), 'other name')} and the tags of "
        f"{counted(loss.tags, 'video')} ({loss.others_tags} made by other programs or users); "
        f"{counted(loss.decided, 'decided face waits', 'decided faces wait')} to be decided "
        f"again, {counted(loss.likely, 'pending face loses', 'pending faces lose')} this "
        "suggestion."
    )


def _sentences_of_plan(plan: ErasePlan) -> list[str]:
    """What an erasure removes, and what it does not reach."""
    loss = plan.loss
    lines = [
        f"{counted(loss.references + loss.retired, 'reference')} with embeddings "
        f"({loss.retired} of them retired), and {counted(plan.elsewhere, 'reference')} of others "
        "made of the same faces",
        f"{counted(loss.decided, 'decided face')} in {counted(loss.videos, 'video')}, the rows "
        "with their embeddings",
        f"{counted(plan.files, 'picture')}: copies of references, crops of faces, thumbnails",
        f"the name, {counted(len(loss.aliases), 'other name')}, the tags of "
        f"{counted(loss.tags, 'video')} ({loss.others_tags} made by other programs or users)",
        f"the creator in {counted(plan.log_rows, 'row')} of the log of decisions",
        f"renames, merges and splits: {plan.changes}; unsaved decisions: {plan.waiting}",
    ]
    beyond = [
        counted(
            loss.likely,
            "pending face that only looks like this person: it stays, as unknown",
            "pending faces that only look like this person: they stay, as unknown",
        ),
        "the videos themselves: scanned again, they show these faces again, as unknown",
        "dumps and exports made earlier, backups of the database and of this disk",
        "what PostgreSQL keeps in freed pages and its own log until it overwrites them",
        *(f"your own file {path}" for path in plan.own_files),
    ]
    return [
        f"Erasing {loss.creator.name} removes for good:",
        *(f"  {line}" for line in lines),
        "It does not reach:",
        *(f"  {line}" for line in beyond),
    ]
