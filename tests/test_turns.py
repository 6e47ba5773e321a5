import pytest

from playhead.transcript.turns import Transcript, called, resulted


def _turns(told: Transcript) -> list[tuple[str, str]]:
    return [(turn.role, turn.text) for turn in told.turns]


def test_what_is_said_is_a_turn() -> None:
    told = Transcript()
    told.say("user", "hi")
    told.say({"odd": 1}, "hi")
    assert _turns(told) == [("user", "hi"), ("?", "hi")]


def test_halves_of_a_character_are_put_together_or_replaced() -> None:
    told = Transcript()
    told.say("a\ud83d", "\ud83d" + "\ude00" + "\ude00")
    told.end("\ud83d")
    assert (_turns(told), told.ending) == ([("a\ufffd", "\U0001f600\ufffd")], ["finish: \ufffd"])


@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_what_is_empty_is_no_turn(nothing: str | None) -> None:
    told = Transcript()
    told.say("user", nothing)
    assert told.turns == []


def test_what_one_says_in_a_row_is_one_turn_and_the_rest_its_own() -> None:
    told = Transcript()
    told.say_mixed("a", [("a", "1"), ("a", ""), ("a", "2"), ("b", "3"), ("b", "4"), ("a", "5")])
    told.say_mixed("a", [("a", "6"), ("a", "7")], between="")
    assert _turns(told) == [("a", "1\n2"), ("b", "3"), ("b", "4"), ("a", "5"), ("a", "67")]


@pytest.mark.parametrize(
    ("arguments", "identifier", "text"),
    [
        ('{"a":1}', "c1", 'f({"a":1})  [c1]'),
        ({"a": 1}, None, 'f({"a": 1})'),
        (None, None, "f(null)"),
        ("", "", "f()"),
    ],
)
def test_a_call_is_written_on_one_line(arguments: object, identifier: object, text: str) -> None:
    assert called("f", arguments, identifier) == text


def test_reasons_and_tokens_are_noted_where_they_are_given() -> None:
    told = Transcript()
    told.end(None)
    told.end("stop")
    told.count(None, None)
    told.count(3, 4, cached=0, reasoned=None)
    told.count(3, None, cached=1, reasoned=2)
    assert told.ending == [
        "finish: stop", "tokens: 3 in, 4 out", "tokens: 3 in, None out", "cached: 1",
        "reasoning: 2",
    ]  # fmt: skip


def test_a_result_says_whose_call_it_answers() -> None:
    assert [resulted("a", "c1"), resulted("", "c1"), resulted("a", None)] == [
        "a  [c1]",
        "[c1]",
        "a",
    ]


def test_several_answers_say_which_they_are_and_one_alone_does_not() -> None:
    told = Transcript()
    told.say("user", "hi")
    for choice in told.each_of([{"t": "a", "index": 7}, {"t": "b"}]):
        told.say("assistant", choice["t"])
    for choice in told.each_of([{"t": "c"}]):
        told.say("assistant", choice["t"])
    assert _turns(told)[1:] == [
        ("assistant, choice 7", "a"), ("assistant, choice 1", "b"), ("assistant", "c"),
    ]  # fmt: skip
