"""Texts of the Creators page about references."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from facereview.records import SourceType
from facereview.review.creators.reference_records import (
    Caution,
    Doubt,
    Flag,
    Promoted,
    ReferenceInfo,
    RematchReport,
)
from facereview.ui.creators.wording import CreatorAmounts, day, with_name
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.decisions import score

translate = QCoreApplication.translate


def source(info: ReferenceInfo) -> str:
    """Where a reference comes from, in a word or two."""
    match info.reference.source_type:
        case SourceType.PROFILE_PICTURE:
            return translate("Creators", "profile")
        case SourceType.VIDEO_FRAME:
            return translate("Creators", "video")
        case _:
            return translate("Creators", "manual")


def likeness(info: ReferenceInfo) -> str:
    """The similarity to the creator's other references, ``–`` where there are none."""
    return "–" if info.own is None else score(info.own)


def flag_word(flag: Flag) -> str:
    """What is wrong with a reference, in a word."""
    return {
        Flag.CONTAMINATED: translate("Creators", "contaminated"),
        Flag.LONELY: translate("Creators", "lonely"),
        Flag.REDUNDANT: translate("Creators", "redundant"),
    }[flag]


def flagged(info: ReferenceInfo) -> str:
    """What is wrong with a reference, in a sentence; an empty text where nothing is."""
    if Flag.CONTAMINATED in info.flags and info.other is not None:
        text = translate("Creators", "Closer to {other} ({near}) than to {own} ({likeness}).")
        return text.format(
            other=clear_text(info.other.creator.name),
            near=score(info.other.similarity),
            own=clear_text(info.creator.name),
            likeness=likeness(info),
        )
    if Flag.LONELY in info.flags:
        return translate("Creators", "It resembles none of the other references.")
    if Flag.REDUNDANT in info.flags:
        return translate("Creators", "Nearly identical to a better reference: it adds nothing.")
    return ""


def origin(info: ReferenceInfo) -> str:
    """Who brought a reference in and when, as far as known."""
    moment = info.origin.added_at if info.origin else info.created_at
    if moment is None:
        return ""
    if info.origin is None:
        text = translate("Creators", "Added on {day}.")
        return text.format(day=day(moment))
    if info.reference.source_type is SourceType.VIDEO_FRAME:
        text = translate("Creators", "{actor} made it from a decided face on {day}.")
    elif info.reference.source_type is SourceType.PROFILE_PICTURE:
        text = translate("Creators", "{actor} took it from the profile picture on {day}.")
    else:
        text = translate("Creators", "{actor} added it by hand on {day}.")
    return text.format(actor=clear_text(info.origin.actor), day=day(moment))


def culprit(info: ReferenceInfo, more: int) -> str:
    """What the banner says of a contaminated reference."""
    head = translate(
        "Creators", "One reference is closer to {other} ({near}) than to {own} ({likeness})."
    ).format(
        other=clear_text(info.other.creator.name)[:60] if info.other else "",
        near=score(info.other.similarity) if info.other else "",
        own=clear_text(info.creator.name)[:60],
        likeness=likeness(info),
    )
    parts = [head, origin(info)]
    if more:
        parts.append(CreatorAmounts().as_doubtful(more))
    return " ".join(part for part in parts if part)


def about_reference(info: ReferenceInfo) -> str:
    """All that is known of a reference, for tooltips and screen readers."""
    parts = [source(info), translate("Creators", "similarity {score}").format(score=likeness(info))]
    if info.retired:
        parts.append(translate("Creators", "retired"))
    parts += [part for part in (flagged(info), origin(info)) if part]
    if info.reference.source_path:
        parts.append(clear_text(info.reference.source_path))
    return " · ".join(parts)


def caution(one: Caution, name: str) -> str:
    """Why a face may make a bad reference of ``name``, in plain words."""
    match one.doubt:
        case Doubt.KNOWN:
            return _known(one)
        case Doubt.OTHER:
            return _closer(one, name)
        case Doubt.UNLIKE | Doubt.CONFUSES:
            return _out_of_place(one, name)
        case Doubt.SMALL:
            text = translate(
                "Creators",
                "The face is only {value} pixels wide; at least {limit} are recommended.",
            )
            return text.format(value=round(one.value), limit=round(one.limit or 0))
    return {
        Doubt.UNSURE: translate("Creators", "This may not be a face."),
        Doubt.BLURRED: translate("Creators", "The face is blurred."),
        Doubt.TURNED: translate("Creators", "The face is turned away."),
        Doubt.DARK: translate("Creators", "The face is too dark."),
        Doubt.BRIGHT: translate("Creators", "The face is too bright."),
    }[one.doubt]


def _out_of_place(one: Caution, name: str) -> str:
    other = clear_text(one.creator.name) if one.creator else ""
    if one.doubt is Doubt.UNLIKE:
        text = translate("Creators", "Unlike the other references of {name} ({value}).")
    else:
        text = translate(
            "Creators",
            "A reference of {other} would be flagged: it is closer to this face "
            "({value}) than to the other references of {other}.",
        )
    return text.format(name=clear_text(name), other=other, value=score(one.value))


def _known(one: Caution) -> str:
    owner = clear_text(one.creator.name) if one.creator else ""
    if one.reference_id is None:
        text = translate("Creators", "Nearly identical to another of these pictures ({value}).")
        return text.format(value=score(one.value))
    text = (
        translate("Creators", "Nearly identical to a retired reference of {owner} ({value}).")
        if one.retired
        else translate("Creators", "Nearly identical to a reference of {owner} ({value}).")
    )
    return text.format(owner=owner, value=score(one.value))


def _closer(one: Caution, name: str) -> str:
    other = clear_text(one.creator.name) if one.creator else ""
    if one.limit is None:
        text = translate("Creators", "It looks like {other} ({value}).")
        return text.format(other=other, value=score(one.value))
    text = translate("Creators", "Closer to {other} ({value}) than to {name} ({limit}).")
    return text.format(
        other=other, value=score(one.value), name=clear_text(name), limit=score(one.limit)
    )


def promoted(done: Promoted, name: str, *, alone: bool) -> str:
    """What became of faces that were to be references of ``name``; one ``alone``, or several."""
    amounts, parts = CreatorAmounts(), []
    if done.references:
        parts.append(f"{with_name(amounts.added(len(done.references)), name)}.")
    if done.unchecked:
        parts.append(amounts.left_out(len(done.unchecked)))
    if done.doubtful:
        parts.append(_doubtful(done, name, alone=alone))
    if not parts:
        parts.append(translate("Creators", "These faces are already references."))
    return " ".join(parts)


def _doubtful(done: Promoted, name: str, *, alone: bool) -> str:
    _, cautions = done.doubtful[0]
    why = " ".join(caution(one, name) for one in cautions)
    if alone:
        text = translate("Creators", "{why} Press {key} again to make it a reference anyway.")
        return text.format(why=why, key="T")
    said = CreatorAmounts().doubtful(len(done.doubtful))
    text = translate(
        "Creators", "{faces}, the first because: {why} Select one alone and press {key} to decide."
    )
    return text.format(faces=said, why=why, key="T")


def rematched(report: RematchReport) -> str:
    """What matching again changed, in one sentence."""
    amounts = CreatorAmounts()
    parts = []
    for shift in report.shifts:
        name = shift.creator.name
        if shift.gained:
            parts.append(with_name(amounts.now_suggest(shift.gained), name))
        if shift.matched:
            parts.append(with_name(amounts.matched(shift.matched), name))
        if shift.lost:
            parts.append(with_name(amounts.no_longer(shift.lost), name))
        if shift.taken_back:
            parts.append(with_name(amounts.taken_back(shift.taken_back), name))
    if not parts:
        return translate("Creators", "No suggestions changed.")
    shown, more = parts[:4], len(parts) - 4
    if more > 0:
        shown.append(amounts.more_changes(more))
    return ", ".join(shown) + "."
