from __future__ import annotations

import pytest
from ui_support import CheckModel

from facereview.records import Creator
from facereview.review.names import CreatorMatch
from facereview.ui.name_model import CREATES, NameModel


def found(text: str, *names: str) -> NameModel:
    model = NameModel()
    matches = tuple(CreatorMatch(Creator(n, name), 90.0) for n, name in enumerate(names, 1))
    model.show(text, matches)
    return model


def rows(model: NameModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_the_model_keeps_qts_rules(check_model: CheckModel) -> None:
    check_model(found("ra", "Raj", "Ramona"))


def test_creating_is_a_row_of_its_own_the_last_and_never_the_default() -> None:
    model = found("ra", "Raj", "Ramona")
    assert rows(model) == ["Raj", "Ramona", "create “ra”"]
    assert [model.index(row).data(CREATES) for row in range(3)] == [False, False, True]
    assert model.default_row() == 0
    assert found("Zoë").default_row() is None


def test_nobody_is_created_twice_under_one_name() -> None:
    assert rows(found("  raj ", "Raj")) == ["Raj"]


def test_without_a_text_nothing_is_taken_and_nobody_created() -> None:
    model = found(" ", "Raj")
    assert (rows(model), model.default_row(), model.sure_row()) == (["Raj"], None, None)


@pytest.mark.parametrize(
    ("text", "name", "sure"),
    [
        ("raj", "Raj", 0),
        ("ra", "Raj", 0),
        ("koo", "Rajesh Koothrappali", 0),
        ("jesh", "Rajesh", None),
        ("Ramona N", "Raj", None),
    ],
)
def test_only_the_beginning_of_a_name_is_beyond_doubt(
    text: str, name: str, sure: int | None
) -> None:
    assert found(text, name).sure_row() == sure
