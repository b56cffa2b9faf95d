"""Texts about the check of the machine's matches, in groups and by a random sample."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, QObject

from facereview.review.clusters.records import Cluster, GroupCheck
from facereview.review.evidence.check_sample import CheckSample, SampleStage


class CheckWords(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def checked(self, done: int, of: int) -> str:
        return self.tr("{done} of %Ln checked", "", of).format(done=_number(done))

    def doubtful(self, count: int) -> str:
        return self.tr("%Ln no longer certain", "", count)

    def stay(self, count: int) -> str:
        return self.tr("%Ln unticked stay", "", count)

    def creators(self, count: int) -> str:
        return self.tr("matches with %Ln creators", "", count)

    def confirmed(self, count: int, name: str) -> str:
        return self.tr("%Ln of the machine's matches are confirmed as {name}.", "", count).format(
            name=name
        )

    def beside(self, count: int) -> str:
        return self.tr("%Ln other matches are not among them.", "", count)

    def at_most(self, sample: CheckSample) -> str:
        """The bound of a sample, with how sure it is."""
        text = self.tr("at most %Ln of {all} are wrong (95 % sure)", "", sample.at_most)
        return text.format(all=_number(sample.population))

    def others(self, count: int) -> str:
        return self.tr("Enter confirms %Ln others by it, which nobody looked at.", "", count)

    def confirm_by(self, count: int, name: str, others: int) -> str:
        text = self.tr("Confirm %Ln as {name}, {others} by the sample", "", count)
        return text.format(name=name, others=_number(others))

    def by_sample_again(self, key: str, sample: CheckSample, others: int) -> str:
        text = self.tr(
            "%Ln matches that nobody looked at are confirmed by the sample: {bound}. Press {key} "
            "again to confirm.",
            "",
            others,
        )
        return text.format(bound=self.at_most(sample), key=key)

    def draw_again(self, key: str, drawn: int, population: int, at_most: int) -> str:
        text = self.tr(
            "Draws {drawn} of {all} matches at random, once: if those are right, at most %Ln are "
            "wrong (95 % sure), and the others are confirmed without a look. Press {key} again.",
            "",
            at_most,
        )
        return text.format(drawn=_number(drawn), all=_number(population), key=key)

    def take_back_again(self, key: str, moment: datetime, count: int) -> str:
        text = self.tr(
            "Takes back the run of {moment}: its %Ln unchecked matches, with any creator, become "
            "pending again. Press {key} again.",
            "",
            count,
        )
        local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
        shown = QLocale().toString(local, QLocale.FormatType.ShortFormat)
        return text.format(moment=shown, key=key)

    # ---------------------------------------------------------------------------------- one thing

    def progress(self, cluster: Cluster, check: GroupCheck) -> str:
        """How far a group is, for its card."""
        return self.checked(check.checked, check.checked + cluster.size)

    def state(self, check: GroupCheck) -> str:
        """What is to be known of a group at a glance."""
        sample = check.sample
        parts = [self.doubtful(check.doubtful)] if check.doubtful else []
        if sample is None:
            return " · ".join(parts)
        if sample.stage is SampleStage.FAILED:
            parts.append(self.tr("a sample had a wrong one"))
        else:
            text = self.tr("sample: {done} of {drawn}")
            parts.append(text.format(done=_number(sample.right), drawn=_number(sample.drawn)))
        return " · ".join(parts)

    def sample(self, check: GroupCheck) -> str:
        """What the sample of a group says, and of what it says nothing."""
        sample = check.sample
        if sample is None:
            return ""
        beside = self.beside(check.beside) if check.beside else ""
        drawn, found = _number(sample.drawn), _number(sample.wrong + sample.wrong_beside)
        if sample.stage is SampleStage.FAILED:
            text = self.tr(
                "In a sample of {drawn} of {all}, {found} wrong: {bound}. Each of the others is to "
                "be looked at."
            )
        elif sample.waiting:
            text = self.tr("A sample of {drawn} of {all}: if all are right, {bound}.")
        else:
            text = self.tr("All {drawn} of a sample of {all} are right: {bound}.")
        said = text.format(
            drawn=drawn, found=found, all=_number(sample.population), bound=self.at_most(sample)
        )
        return f"{said} {beside}".strip()


def _number(count: int) -> str:
    return QLocale().toString(count)
