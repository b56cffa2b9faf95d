"""Texts about how sure a name is: a word, a figure, and the track it was judged by."""

from __future__ import annotations

import math

from PySide6.QtCore import QCoreApplication

from facereview.numbers import one_in
from facereview.records import Chance, FaceTrack, Sureness
from facereview.ui.wording.decisions import clock
from facereview.ui.wording.library import faces, number

translate = QCoreApplication.translate

_RARE = 0.1
"""Up to this risk an error is counted, above it what is right."""
_ROUNDING = 1e-7
"""The database keeps risks in four bytes."""


def word(sureness: Sureness) -> str:
    """How sure a name is, in a word."""
    return {
        Sureness.SURE: translate("Certainty", "sure"),
        Sureness.LIKELY: translate("Certainty", "likely"),
        Sureness.OPEN: translate("Certainty", "open"),
    }[sureness]


def figure(chance: Chance) -> str:
    """How often such a name is wrong, never more than the data carry."""
    if chance.risk is None and chance.word is Sureness.LIKELY:
        return translate("Certainty", "a person named its track so")
    if chance.risk is None:
        return translate("Certainty", "not known how sure")
    if chance.beyond:
        text = translate("Certainty", "fewer than 1 in {n}, {seen} seen")
        return text.format(n=number(one_in(chance.risk)), seen=number(chance.seen))
    if chance.risk <= _RARE + _ROUNDING:
        text = translate("Certainty", "wrong in 1 of {n}")
        return text.format(n=number(one_in(chance.risk)))
    right = math.floor(100 * (1 - chance.risk + _ROUNDING))
    if right < 1:
        return translate("Certainty", "right in fewer than 1 of 100")
    return translate("Certainty", "right in {n} of 100").format(n=number(right))


def certainty(chance: Chance) -> str:
    """Word and figure: ``likely · wrong in 1 of 14``."""
    return f"{word(chance.word)} · {figure(chance)}"


def track_of(track: FaceTrack) -> str:
    """The track a face belongs to: ``its track: 7 faces, 16:40–17:25``."""
    if track.faces < 2:
        return translate("Certainty", "its track: this face only")
    begins, ends = clock(track.begins), clock(track.ends)
    when = begins if begins == ends else f"{begins}–{ends}"
    text = translate("Certainty", "its track: {faces}, {when}")
    return text.format(faces=faces(track.faces), when=when)
