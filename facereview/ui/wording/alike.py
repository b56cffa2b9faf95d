"""Texts of the page of all faces like one."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject

from facereview.records import Status
from facereview.review.library.alike import Alike
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.decisions import score

translate = QCoreApplication.translate


class AlikeAmounts(QObject):
    """Texts with a number: the translators' tools find plurals in ``tr`` of a class only."""

    def ticked(self, count: int) -> str:
        return self.tr("%Ln faces ticked", "", count)

    def name(self, count: int) -> str:
        return self.tr("Press again: %Ln faces become {name}.", "", count)

    def deny(self, count: int) -> str:
        return self.tr("Press again: %Ln faces are not {name}.", "", count)

    def reject(self, count: int) -> str:
        return self.tr("Press again to reject %Ln faces.", "", count)

    def replaced(self, count: int) -> str:
        return self.tr("%Ln of them are decided, which this replaces.", "", count)

    def promoted(self, count: int) -> str:
        return self.tr("%Ln references were made.", "", count)

    def left_out(self, count: int) -> str:
        return self.tr(
            "%Ln faces were left out: references already, unchecked, or doubtful; the Creators "
            "page says why.",
            "",
            count,
        )


def asked_name(count: int, name: str, replaced: int) -> str:
    """What a second press names."""
    said = AlikeAmounts().name(count).format(name=clear_text(name))
    return _replacing(said, replaced)


def asked_denial(count: int, name: str) -> str:
    """What a second press rules out."""
    return AlikeAmounts().deny(count).format(name=clear_text(name))


def asked_rejection(count: int, replaced: int) -> str:
    """What a second press rejects."""
    return _replacing(AlikeAmounts().reject(count), replaced)


def denied(name: str) -> str:
    """Some of several faces that were to be named are known to be somebody else."""
    text = translate(
        "Alike",
        "Faces that are known not to be {name} are left out: name each of them by itself.",
    )
    return text.format(name=clear_text(name))


def _replacing(said: str, replaced: int) -> str:
    return f"{said} {AlikeAmounts().replaced(replaced)}" if replaced else said


def about(found: Alike | None) -> str:
    """What all faces are compared with."""
    if found is None:
        return ""
    if found.person and found.creator is not None:
        text = translate(
            "Alike", "everybody, by similarity to {name}: all references and the face just named"
        )
        return text.format(name=clear_text(found.creator.name))
    face, video = found.probe.face, found.probe.video
    name = face.creator_name if face.state.status is not Status.PENDING else None
    title = clear_text(video.title or video.path)
    return f"{clear_text(name)} · {title}" if name else title


def nothing(*, pending: bool) -> str:
    """Why no face is listed."""
    if pending:
        return translate("Alike", "Every other face of the library is decided.")
    return translate("Alike", "No other face of the library is decided.")


def promoted(made: int, left: int) -> str:
    """What became of faces that were to be references."""
    amounts = AlikeAmounts()
    said = [amounts.promoted(made)] if made or not left else []
    return " ".join([*said, amounts.left_out(left)] if left else said)


def ticked(count: int, least: float) -> str:
    """How many are ticked, and how like the least similar is."""
    text = translate("Alike", "{ticked}, the least similar {score}; one undo takes them back")
    return text.format(ticked=AlikeAmounts().ticked(count), score=score(least))
