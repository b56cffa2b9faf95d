"""Texts of the Creators page about creators."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject

from facereview.records import Person
from facereview.review.creators.records import (
    Erased,
    ErasePlan,
    Lookalike,
    Loss,
    MergePreview,
    PastChange,
    PersonView,
    Unmerged,
)
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.decisions import score
from facereview.ui.wording.library import faces, number, references, videos

translate = QCoreApplication.translate


class CreatorAmounts(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def pending_like(self, count: int) -> str:
        """So many pending faces look like somebody; ``{name}`` is left in."""
        return self.tr("%Ln pending faces look like {name}", "", count)

    def now_suggest(self, count: int) -> str:
        return self.tr("%Ln pending faces now suggest {name}", "", count)

    def no_longer(self, count: int) -> str:
        return self.tr("%Ln no longer suggest {name}", "", count)

    def taken_back(self, count: int) -> str:
        return self.tr("%Ln are no longer matched with {name} and wait again", "", count)

    def matched(self, count: int) -> str:
        return self.tr("%Ln were matched with {name} automatically", "", count)

    def wrong(self, count: int) -> str:
        return self.tr("%Ln pending faces suggest {name} because of it alone.", "", count)

    def store(self, count: int) -> str:
        return self.tr("Store %Ln references", "", count)

    def selected(self, count: int) -> str:
        return self.tr("%Ln faces selected", "", count)

    def left_out(self, count: int) -> str:
        return self.tr(
            "%Ln faces left out: they were matched automatically; check them on the "
            "Review page first.",
            "",
            count,
        )

    def doubtful(self, count: int) -> str:
        return self.tr("%Ln doubtful faces left out", "", count)

    def added(self, count: int) -> str:
        """So many references were added; ``{name}`` is left in."""
        return self.tr("%Ln references added to {name}", "", count)

    def to_confirm(self, count: int) -> str:
        """A picture is left out for so many warnings; ``{open}``, those left, is left in."""
        return self.tr("left out: {open} of %Ln warnings to confirm", "", count)

    def as_doubtful(self, count: int) -> str:
        return self.tr("%Ln more are as doubtful.", "", count)

    def more_changes(self, count: int) -> str:
        return self.tr("and %Ln more changes", "", count)

    def whose(self, count: int) -> str:
        """Asks of so many faces of somebody whose they are; ``{name}`` is left in."""
        return self.tr("Whose are these faces of {name}?", "", count)

    def splitting(self, count: int) -> str:
        """What giving so many faces to somebody else does; ``{name}`` is left in."""
        return self.tr(
            "%Ln faces of {name} move to another creator, with the references made from "
            "them. This can be undone.",
            "",
            count,
        )

    def given(self, count: int) -> str:
        """So many faces were given to somebody; ``{name}`` is left in."""
        return self.tr("%Ln faces were moved to {name}.", "", count)

    def together(self, count: int) -> str:
        return self.tr("⚠ %Ln frames show both at once: two people?", "", count)

    def stayed(self, count: int) -> str:
        return self.tr("%Ln faces were decided again since then and stay as they are.", "", count)


class LossAmounts(QObject):
    """Texts with a number of what goes with somebody."""

    def references(self, count: int) -> str:
        return self.tr("%Ln references are deleted.", "", count)

    def pending(self, count: int) -> str:
        """So many decided faces; ``{videos}`` is left in."""
        return self.tr("%Ln faces in {videos} become pending again.", "", count)

    def likely(self, count: int) -> str:
        return self.tr("%Ln faces no longer suggest this creator.", "", count)

    def tags(self, count: int) -> str:
        return self.tr("%Ln video tags", "", count)

    def rows(self, count: int) -> str:
        """So many faces in the database; ``{videos}`` is left in."""
        return self.tr(
            "%Ln faces in {videos}: their rows are deleted, because a row needs an embedding.",
            "",
            count,
        )

    def files(self, count: int) -> str:
        return self.tr("%Ln pictures in the data folder.", "", count)

    def log_rows(self, count: int) -> str:
        return self.tr("%Ln log rows are made anonymous.", "", count)

    def waiting(self, count: int) -> str:
        return self.tr("%Ln unsaved decisions are discarded.", "", count)


def counts(person: Person) -> str:
    """How much is known of somebody, on one line."""
    if not person.references:
        parts = [translate("Creators", "no references")]
    else:
        parts = [references(person.references)]
    if person.faces:
        parts.append(faces(person.faces))
        if person.unchecked:
            text = translate("Creators", "{count} unchecked")
            parts.append(text.format(count=number(person.unchecked)))
        else:
            parts.append(videos(person.videos))
    else:
        parts.append(translate("Creators", "no faces yet"))
    return " · ".join(parts)


def drop_here(person: Person | None) -> str:
    """What dropping pictures does now."""
    if person is None:
        return translate("Creators", "Drop pictures to add references")
    text = translate("Creators", "Drop pictures to add references for {name}")
    return text.format(name=clear_text(person.creator.name)[:60])


def head(view: PersonView) -> str:
    """Other names and counts, at the head of a creator's page."""
    person, parts = view.person, []
    if person.aliases:
        names = ", ".join(clear_text(alias) for alias in person.aliases)
        parts.append(translate("Creators", "also known as: {names}").format(names=names))
    if person.unchecked:
        text = translate("Creators", "{faces} decided, {unchecked} unchecked, in {videos}")
        parts.append(
            text.format(
                faces=faces(person.decided),
                unchecked=number(person.unchecked),
                videos=videos(person.videos),
            )
        )
    elif person.decided:
        text = translate("Creators", "{faces} decided in {videos}")
        parts.append(text.format(faces=faces(person.decided), videos=videos(person.videos)))
    else:
        parts.append(translate("Creators", "no faces decided yet"))
    if person.likely:
        like = CreatorAmounts().pending_like(person.likely)
        parts.append(with_name(like, person.creator.name))
    return " · ".join(parts)


def looks_like(pair: Lookalike) -> str:
    """Whom a creator looks like, told from the first of a pair."""
    text = translate("Creators", "looks like {other} ({score})")
    return text.format(other=clear_text(pair.second.name), score=score(pair.similarity))


def with_name(text: str, name: str) -> str:
    """A text whose ``{name}`` is replaced."""
    return text.format(name=clear_text(name))


def day(moment: datetime) -> str:
    """A day: ``3 November``, with its year where it is another."""
    local = moment.astimezone() if moment.tzinfo else moment
    pattern = translate("Creators", "d MMMM")
    if local.year != datetime.now().year:
        pattern = translate("Creators", "d MMMM yyyy")
    return QLocale().toString(QDate(local.year, local.month, local.day), pattern)


def merge_lines(preview: MergePreview) -> list[str]:
    """What a merge does, and what speaks against it."""
    lines = [
        translate("Creators", "{faces} and {references} move; {videos} in common.").format(
            faces=faces(preview.drop.faces),
            references=references(len(preview.drop.references)),
            videos=videos(preview.shared_videos),
        )
    ]
    if preview.similarity is not None and preview.closest is not None:
        text = translate(
            "Creators", "Their similarity is {score}, that of their closest references {closest}."
        )
        lines.append(text.format(score=score(preview.similarity), closest=score(preview.closest)))
    if preview.together_count:
        lines.append(CreatorAmounts().together(preview.together_count))
    if preview.denied_count:
        text = translate("Creators", "⚠ {faces} of one were marked as not the other.")
        lines.append(text.format(faces=faces(preview.denied_count)))
    lines.append(translate("Creators", "This can be undone, even days later."))
    return lines


def past(change: PastChange) -> str:
    """A merge or a split, in a few words."""
    text = (
        translate("Creators", "{other} was merged into {name}")
        if change.kind == "merge"
        else translate("Creators", "{other} was split off from {name}")
    )
    return text.format(
        other=clear_text(change.dropped.name)[:80], name=clear_text(change.creator.name)[:80]
    )


def unmerged(done: Unmerged) -> str:
    """What undoing a merge or a split did."""
    text = translate("Creators", "Undone: {faces} and {references} are back with {name}.")
    said = text.format(
        faces=faces(done.faces),
        references=references(done.references),
        name=clear_text(done.restored.name)[:80],
    )
    if done.stayed:
        said = f"{said} {CreatorAmounts().stayed(len(done.stayed))}"
    return said


def loss_lines(loss: Loss) -> list[str]:
    """What goes with a creator that is deleted."""
    amounts = LossAmounts()
    parts = [
        amounts.references(loss.references + loss.retired),
        amounts.pending(loss.decided).format(videos=videos(loss.videos)),
        amounts.likely(loss.likely),
        _tags(loss),
    ]
    if loss.aliases:
        names = ", ".join(clear_text(name) for name in loss.aliases)[:200]
        parts.append(translate("Creators", "Aliases: {names}").format(names=names))
    parts.append(translate("Creators", "This cannot be undone."))
    return parts


def _tags(loss: Loss) -> str:
    text = translate(
        "Creators", "{tags} with this name, {others} of them added by other programs or people."
    )
    tags = LossAmounts().tags(loss.tags + loss.others_tags)
    return text.format(tags=tags, others=number(loss.others_tags))


def erase_lines(plan: ErasePlan) -> list[str]:
    """Everything an erasure removes, and what it cannot reach."""
    loss, amounts = plan.loss, LossAmounts()
    lines = [
        translate("Creators", "{references} with their embeddings, including retired ones.").format(
            references=references(loss.references + loss.retired)
        ),
        amounts.rows(loss.decided).format(videos=videos(loss.videos)),
        amounts.files(plan.files),
        _tags(loss),
        amounts.log_rows(plan.log_rows),
    ]
    if plan.elsewhere:
        text = translate("Creators", "{references} of other creators, made from these faces.")
        lines.append(text.format(references=references(plan.elsewhere)))
    if plan.waiting:
        lines.append(amounts.waiting(plan.waiting))
    if plan.own_files:
        some = ", ".join(clear_text(path) for path in plan.own_files[:3])
        text = translate("Creators", "Your own pictures stay where they are: {files}")
        lines.append(text.format(files=some))
    return lines + _limits_of_erasing()


def _limits_of_erasing() -> list[str]:
    return [
        translate(
            "Creators",
            "The videos are kept: scanning them again finds these faces again, as unknown ones.",
        ),
        translate(
            "Creators", "Backups and exports made earlier are not changed: delete them yourself."
        ),
        translate("Creators", "This cannot be undone."),
    ]


def erased(done: Erased) -> str:
    """What the check after an erasure found."""
    if done.complete:
        text = translate("Creators", "Erased. A check of {count} places found nothing left.")
        return text.format(count=len(done.looked_at))
    left = ", ".join(f"{one.where} ({number(one.count)})" for one in done.remnants)
    return translate("Creators", "Some data is left: {left}. Erase again.").format(left=left)
