"""One of something is said as one, and so is its verb."""

from __future__ import annotations

import re

import pytest

from facereview.numbers import counted
from facereview.records import Creator
from facereview.review.creators.records import ErasePlan, Loss, MergePreview, Side, Unmerged
from facereview.review.creators.reference_records import (
    Caution,
    Changed,
    Doubt,
    Promoted,
    RematchReport,
    Shift,
)
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.creators import wording as texts
from facereview.ui.wording.clusters import Words

ANN = Creator(1, "Ann")
PLURAL = re.compile(
    r"\b1 (?:[a-z]+ )?(?:faces|references|videos|frames|rows|pictures|warnings)\b"
    r"|\b1 (?:[a-z]+ )?(?:decisions|tags|changes)\b"
    r"|(?<!and )\b1 [a-z]+ (?:are|were|become|suggest|forget|show|wait|go)\b|\b1 more are\b"
)


def everything(count: int) -> list[str]:
    """What is said of so many of each thing."""
    loss = Loss(ANN, count, 0, count, count, count, count, 0, ())
    side = Side(ANN, (), 0, count, count, count, ())
    preview = MergePreview(side, side, count, (), count, (), count, 0.5, 0.6)
    amounts = texts.CreatorAmounts()
    unlike = ((1, (Caution(Doubt.UNLIKE, 0.2),)),) * count
    return [
        *texts.loss_lines(loss),
        *texts.erase_lines(ErasePlan(loss, count, count, count, count, (), count)),
        *texts.merge_lines(preview),
        texts.unmerged(Unmerged(1, ANN, ANN, count, count, (1,) * count)),
        amounts.whose(count).format(name="Ann"),
        amounts.splitting(count).format(name="Ann"),
        amounts.given(count).format(name="Ann"),
        amounts.as_doubtful(count),
        amounts.to_confirm(count).format(open=count),
        amounts.more_changes(count),
        reference_texts.promoted(Promoted((), (), Changed(), (), unlike), "Ann", alone=False),
        reference_texts.rematched(RematchReport(9, (Shift(ANN, count, count, count, count),))),
        Words().unlike_again("Enter", count, ANN, 0.2),
    ]


def test_one_of_anything_is_said_as_one() -> None:
    assert [text for text in everything(1) if PLURAL.search(text)] == []
    assert "Whose is this face of Ann?" in everything(1)
    assert "1 face in 1 video becomes pending again." in everything(1)
    assert not any("1 " in text for text in everything(2) if PLURAL.search(text))


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1234, "1,234 rows")]
)
def test_amounts_of_the_terminal(count: int, said: str) -> None:
    assert counted(count, "row") == said
    assert counted(1, "index", "indexes") == "1 index"
    assert counted(3, "index", "indexes") == "3 indexes"
