from __future__ import annotations

from ui_support import CheckModel

from facereview.records import Creator, Person
from facereview.review.creators.names import NameIndex, create, enter
from facereview.ui.widgets.name_rows import APART, NOTE, NameModel, NameWords

INDEX = NameIndex(
    [Creator(1, "Raj"), Creator(2, "Ramona Nowitzki"), Creator(3, "Stuart")],
    {3: ("Rat Man", "Comic Book Guy")},
)


def found(text: str) -> NameModel:
    model = NameModel()
    model.show_answer(INDEX.answer(text))
    return model


def rows(model: NameModel, role: int = 0) -> list[object]:
    return [model.index(row).data(role) for row in range(model.rowCount())]


def test_the_model_keeps_qts_rules(check_model: CheckModel) -> None:
    check_model(found("ra"))


def test_creators_come_first_then_creating_then_those_perhaps_meant() -> None:
    model = found("ra")
    assert rows(model) == ["Raj", "Ramona Nowitzki", "Stuart", "create “ra”"]
    assert rows(model, APART) == [False, False, False, True]
    assert rows(model, NOTE) == [(), (), ("also Rat Man",), ()]
    model = found("Ramona Nowitzky")
    assert rows(model) == ["create “Ramona Nowitzky”", "Ramona Nowitzki"]
    assert rows(model, NOTE) == [(), ("did you mean",)]
    assert rows(model, APART) == [False, True]


def test_rows_say_how_many_faces_carry_the_name_once_that_is_known() -> None:
    model = found("raj")
    assert rows(model, NOTE)[0] == ()
    model.show_people({1: Person(Creator(1, "Raj"), decided=12)})
    assert rows(model, NOTE)[0] == ("12 faces",)


def test_what_a_key_does_is_said_in_words() -> None:
    words, raj, new = NameWords(), INDEX.answer("raj"), INDEX.answer("Leslie Winkle")
    assert words.does(enter(raj, 0, INDEX), raj) == "Raj"
    assert words.does(enter(new, None, INDEX), new) == "go to create “Leslie Winkle”"
    assert words.does(create(new, INDEX), new) == "create “Leslie Winkle”"


def test_a_question_has_both_answers() -> None:
    question = create(found("Ramona Nowitzky").answer, INDEX).question
    assert question is not None
    model = NameModel()
    model.show_answer(question)
    assert rows(model) == [
        "yes: Ramona Nowitzki",
        "no: create “Ramona Nowitzky”",
    ]
