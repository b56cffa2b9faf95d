"""How the command line speaks of people."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from facereview.cli.output import print_facts, print_json, print_table, say
from facereview.numbers import counted
from facereview.review.creators.records import ErasePlan, Loss, Person, PersonView


def summary(person: Person) -> dict[str, Any]:
    """A creator with its counts, for JSON."""
    return asdict(person.creator) | {
        "references": person.references,
        "decided": person.decided,
        "unchecked": person.unchecked,
        "videos": person.videos,
        "likely": person.likely,
        "aliases": list(person.aliases),
    }


def print_person(view: PersonView, *, as_json: bool) -> None:
    """One creator, whole."""
    person, creator = view.person, view.person.creator
    if as_json:
        alike = [
            {"id": p.second.id, "name": p.second.name, "similarity": p.similarity}
            for p in view.lookalikes
        ]
        changes = [
            {"change": p.change_id, "kind": p.kind, "other": p.dropped.name} for p in view.changes
        ]
        rest = {"retired": view.retired, "denied": view.denied}
        print_json(summary(person) | rest | {"lookalikes": alike, "changes": changes})
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
            ("matched by the machine, unchecked", person.unchecked),
            ("videos", person.videos),
            ("likely faces", person.likely),
            ("known not to be", view.denied),
        ]
    )
    if view.lookalikes:
        say("")
        print_table(
            ("looks like", "similarity"),
            [(p.second.name, f"{p.similarity:.2f}") for p in view.lookalikes],
        )


def sentence_of_loss(loss: Loss) -> str:
    """What goes with a creator."""
    return (
        f"With {loss.creator.name} go {counted(loss.references + loss.retired, 'reference')}, "
        f"{counted(len(loss.aliases), 'other name')} and the tags of "
        f"{counted(loss.tags, 'video')} ({loss.others_tags} made by other programs or users); "
        f"{counted(loss.decided, 'decided face waits', 'decided faces wait')} to be decided "
        f"again, {counted(loss.likely, 'pending face loses', 'pending faces lose')} this "
        "suggestion."
    )


def sentences_of_plan(plan: ErasePlan) -> list[str]:
    """What an erasure removes, and what it cannot reach."""
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
        f"whose they were in {counted(plan.log_rows, 'row')} of the log of decisions",
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
        "It cannot reach:",
        *(f"  {line}" for line in beyond),
    ]
