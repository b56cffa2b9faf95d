"""How the command line speaks of people."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from facereview.cli.output import print_facts, print_json, print_table, say
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
        f"With {loss.creator.name} go {loss.references + loss.retired} references, "
        f"{len(loss.aliases)} other names and the tags of {loss.tags} videos "
        f"({loss.others_tags} made by other programs or users); {loss.decided} decided faces "
        f"wait to be decided again, {loss.likely} pending faces lose this suggestion."
    )


def sentences_of_plan(plan: ErasePlan) -> list[str]:
    """What an erasure removes, and what it cannot reach."""
    loss = plan.loss
    lines = [
        f"{loss.references + loss.retired} references with their embeddings "
        f"({loss.retired} of them retired), and {plan.elsewhere} references of others made of "
        "the same faces",
        f"{loss.decided} decided faces in {loss.videos} videos, the rows with their embeddings",
        f"{plan.files} pictures: copies of references, crops of faces, thumbnails",
        f"the name, {len(loss.aliases)} other names, the tags of {loss.tags} videos "
        f"({loss.others_tags} made by other programs or users)",
        f"whose they were in {plan.log_rows} rows of the log of decisions",
        f"{plan.changes} renames, merges and splits, {plan.waiting} unsaved decisions",
    ]
    beyond = [
        f"{loss.likely} pending faces that only look like this person: they stay, as unknown",
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
