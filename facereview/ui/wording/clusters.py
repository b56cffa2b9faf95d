"""Texts about clusters, their faces, and decisions on them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QObject, QTime

from facereview.records import Chance, Creator
from facereview.review.clusters.records import (
    SINGLES,
    Cluster,
    ClusterScope,
    ClusterStep,
    ClusterSuggestion,
    Consequences,
    Member,
)
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.acts import name_of
from facereview.ui.wording.certainty import certainty
from facereview.ui.wording.checks import CheckWords
from facereview.ui.wording.decisions import clock, score
from facereview.ui.wording.library import duration, faces, videos

translate = QCoreApplication.translate


class Words(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def agree(self, count: int) -> str:
        return self.tr("%Ln agree", "", count)

    def keys_left(self, count: int) -> str:
        return self.tr("about %Ln keys left", "", count)

    def clusters(self, count: int) -> str:
        return self.tr("%Ln clusters", "", count)

    def pairs(self, count: int) -> str:
        return self.tr("%Ln questions", "", count)

    def settled_by_same(self, count: int) -> str:
        """Of all pairs that are asked about."""
        return self.tr("%Ln faces are settled by others where they are the same", "", count)

    def singles(self, count: int) -> str:
        return self.tr("%Ln single faces", "", count)

    def stay(self, count: int) -> str:
        return self.tr("%Ln unticked stay pending", "", count)

    def wait(self, count: int) -> str:
        return self.tr("%Ln new faces waiting", "", count)

    def become(self, count: int, name: str) -> str:
        return self.tr("%Ln faces become {name}.", "", count).format(name=name)

    def tagged(self, count: int) -> str:
        return self.tr("%Ln videos are tagged", "", count)

    def first_time(self, count: int) -> str:
        return self.tr("%Ln of them for the first time", "", count)

    def named(self, count: int) -> str:
        return self.tr("Enter asks for a name for %Ln faces.", "", count)

    def confirm(self, count: int, name: str) -> str:
        return self.tr("Confirm %Ln as {name}", "", count).format(name=name)

    def new_person(self, count: int) -> str:
        return self.tr("Name these %Ln faces", "", count)

    def confirm_again(self, count: int) -> str:
        return self.tr("Press Enter again to confirm %Ln faces", "", count)

    def again(self, key: str, count: int) -> str:
        text = self.tr("%Ln faces at once: press {key} again to confirm.", "", count)
        return text.format(key=key)

    def unlike_again(self, key: str, count: int, creator: Creator, similarity: float) -> str:
        text = self.tr(
            "%Ln faces have a similarity of only {similarity} to {name}: press {key} "
            "again to name them anyway.",
            "",
            count,
        )
        return text.format(similarity=score(similarity), name=name_of(creator), key=key)

    def twice(self, key: str, count: int, creator: Creator | None, unlike: float | None) -> str:
        """Why a second press is wanted; ``unlike`` is a similarity that is too low."""
        if creator is None or unlike is None:
            return self.again(key, count)
        return self.unlike_again(key, count, creator, unlike)

    def least_sure(self, chance: Chance, *, wall: bool) -> str:
        """How sure the face at hand is, or, seen from the wall, the least sure of the cluster."""
        said = certainty(chance)
        return self.tr("least sure: {said}").format(said=said) if wall else said

    def open_again(self, key: str, creator: Creator) -> str:
        """Why a second press is wanted where a ticked face is open."""
        text = self.tr(
            "It is open who some of the ticked faces are: press {key} again to make all of them "
            "{name}, or untick those."
        )
        return text.format(key=key, name=name_of(creator))

    def as_of(self, moment: datetime) -> str:
        local = moment.astimezone()
        today = local.date() == datetime.now().astimezone().date()
        shown = QLocale().toString(
            QTime(local.hour, local.minute) if today else QDate(local.year, local.month, local.day),
            QLocale.FormatType.ShortFormat,
        )
        return self.tr("as of {moment}").format(moment=shown)

    def clustering(self, count: int) -> str:
        return self.tr("clustering %Ln faces", "", count)

    def offer(self, scope: ClusterScope) -> str:
        """An update that begins only when it is asked for."""
        text = self.tr(
            "Clustering %Ln faces takes {time}; everything else goes on meanwhile.", "", scope.faces
        )
        return text.format(time=duration(scope.seconds))

    def step(self, step: str) -> str:
        """What an update is doing; nothing where it does not say so."""
        return {
            ClusterStep.STARTING: self.tr("starting"),
            ClusterStep.WAITING: self.tr("waiting for another update"),
            ClusterStep.READING: self.tr("reading"),
            ClusterStep.COMPARING: self.tr("comparing each face with the others"),
            ClusterStep.JOINING: self.tr("joining the faces of one person"),
            ClusterStep.SUGGESTING: self.tr("comparing clusters with the creators"),
            ClusterStep.WRITING: self.tr("writing"),
            ClusterStep.COUNTING: self.tr("written"),
        }[ClusterStep(step)]

    def marked(self, count: int) -> str:
        return self.tr("%Ln clusters marked", "", count)

    def rest(self, known: Consequences) -> str:
        text = self.tr("{more}, in {videos}").format(
            more=self.tr("%Ln more faces of the same cluster", "", known.faces),
            videos=videos(known.videos),
        )
        if known.new_tags:
            first = self.tr("tagged for the first time: {count}")
            text = f"{text} · {first.format(count=QLocale().toString(known.new_tags))}"
        return text

    def settles(self, count: int, name: str) -> str:
        return self.tr("Settle %Ln as {name}", "", count).format(name=name)

    def settle_again(self, count: int) -> str:
        return self.tr("Press again to settle %Ln faces", "", count)

    # ---------------------------------------------------------------------------------- one thing

    def new(self) -> str:
        return self.tr("New person")

    def lookalike(self) -> str:
        return self.tr("look-alike")

    def later(self) -> str:
        return self.tr("later")

    def margin(self, suggestion: ClusterSuggestion) -> str:
        """The lead over the runner-up, with its name where it is close."""
        if suggestion.margin is None:
            return ""
        text = self.tr("margin {score}")
        return text.format(score=score(suggestion.margin))

    def rival(self, suggestion: ClusterSuggestion) -> str:
        if suggestion.rival is None:
            return ""
        return self.tr("may be {name}").format(name=name_of(suggestion.rival))

    def tags(self, known: Consequences) -> str:
        if not known.videos:
            return ""
        text = self.tagged(known.videos)
        if known.new_tags:
            text = self.tr("{tagged}, {first}").format(
                tagged=text, first=self.first_time(known.new_tags)
            )
        return f"{text}."


def title_of(cluster: Cluster) -> str:
    """Who a cluster is, as far as is known."""
    if cluster.id == SINGLES:
        return translate("Words", "Single faces")
    return name_of(cluster.suggestion.creator) if cluster.suggestion else Words().new()


def size_of(cluster: Cluster) -> str:
    """Faces and videos of a cluster."""
    parts = [faces(cluster.size), videos(cluster.videos) if cluster.videos else ""]
    return " · ".join(part for part in parts if part)


def evidence_of(cluster: Cluster) -> str:
    """How sure a cluster is: agreement with the suggestion, or likeness among the faces."""
    if cluster.id == SINGLES:
        return translate("Words", "each unlike any other")
    if cluster.check is not None:
        return CheckWords().progress(cluster, cluster.check)
    if cluster.suggestion is None:
        return translate("Words", "{score} alike").format(score=score(cluster.likeness))
    share = round(100 * cluster.suggestion.agree / max(1, cluster.size))
    return translate("Words", "{share} % agree").format(share=QLocale().toString(share))


def spoken_cluster(cluster: Cluster, *, marked: bool) -> str:
    """A cluster in a sentence, for screen readers."""
    words = Words()
    parts = [title_of(cluster), size_of(cluster), evidence_of(cluster)]
    if cluster.check is not None:
        parts.append(CheckWords().state(cluster.check))
    if cluster.lookalike:
        parts.append(words.lookalike())
    if cluster.postponed:
        parts.append(words.later())
    if marked:
        parts.append(translate("Words", "marked"))
    return " · ".join(part for part in parts if part)


def member_score(member: Member) -> str:
    """A face's similarity to the suggested creator, or its likeness to the cluster."""
    known = member.likeness if member.similarity is None else member.similarity
    return "" if known is None else score(known)


def spoken_member(member: Member, *, ticked: bool) -> str:
    """A face of a cluster in a sentence."""
    title = clear_text(member.video.title or member.video.path)
    state = translate("Words", "ticked") if ticked else translate("Words", "not ticked")
    sure = certainty(member.chance) if member.chance else ""
    parts = [member_score(member), sure, title[:120], clock(member.face.timestamp), state]
    return " · ".join(part for part in parts if part)
