import json
from dataclasses import replace
from typing import Any

import pytest

from playhead.asked import Asked, asked
from playhead.errors import Code, Refusal
from playhead.explained import answer_as_json, answer_lines, as_json, lines
from playhead.explainer import Explainer
from playhead.library import Library, Recordings
from playhead.miss import Miss
from playhead.nearest import Found
from playhead.rules import Tier
from support.cassettes import interaction, library

USER = {"role": "user", "content": "hi"}


def _body(**members: Any) -> bytes:
    return json.dumps(members).encode()


def _asks(body: bytes, scope: bytes | None = None) -> Asked:
    return asked("POST", b"/v1/chat/completions", b"", scope, body)


def _miss(served: Library, request: Asked) -> Miss:
    explainer = Explainer(served, lambda: 0.0)
    return explainer.explained(explainer.begun(request, Refusal(Code.BODY_DIFFERS, "differs")))


def _between(recorded: bytes, body: bytes) -> Miss:
    return _miss(library(interaction(sent=recorded)), _asks(body))


def _only(recorded: bytes, body: bytes) -> dict[str, Any]:
    (place,) = as_json(_between(recorded, body))["nearest"]["differences"]
    assert isinstance(place, dict)
    return place


def test_a_miss_is_told_with_the_values_of_both_sides() -> None:
    place = _only(_body(messages=[USER]), _body(messages=[{**USER, "content": "ho"}]))
    assert place == {
        "path": "messages[0].content",
        "pointer": "/messages/0/content",
        "change": "changed",
        "part": "conversation",
        "recorded": "hi",
        "sent": "ho",
        "alike": 1,
    }


def test_a_side_that_holds_nothing_is_left_out() -> None:
    assert "recorded" not in _only(b"{}", _body(n=None))
    assert "sent" not in _only(_body(n=None), b"{}")


def test_a_long_text_is_told_around_the_difference() -> None:
    place = _only(_body(q="a" * 5_000), _body(q="a" * 3_000 + "b" + "a" * 2_000))
    assert place["sent"].startswith("[2940 chars] aaa")
    assert "ab" in place["sent"]
    assert place["sent"].endswith(" chars]")
    assert len(place["sent"]) < 450
    assert place["recorded"].startswith("[2940 chars] ")


def test_a_long_text_that_differs_at_once_is_told_from_its_beginning() -> None:
    assert _only(_body(q="a" * 5_000), _body(q="b"))["recorded"] == f"{'a' * 400} [4600 chars]"


def test_a_large_value_is_told_as_the_beginning_of_its_json() -> None:
    told = _only(b"{}", _body(q=list(range(1_000))))["sent"]
    assert told.startswith("[0, 1, 2,")
    assert told.endswith(" chars]")


def test_later_differences_are_told_in_few_words() -> None:
    names = [f"f{at:02d}" for at in range(30)]
    miss = _between(_body(**dict.fromkeys(names, "x")), _body(**dict.fromkeys(names, "y" * 300)))
    told = [place["sent"] for place in as_json(miss)["nearest"]["differences"]]
    assert (len(told[0]), told[-1]) == (300, f"{'y' * 80} [220 chars]")


def test_bytes_that_are_no_text_are_told_as_escapes() -> None:
    assert _only(b"\xff", b"no")["recorded"] == "\\xff"


def test_json_inside_a_text_is_pointed_at() -> None:
    recorded = _body(messages=[{"arguments": '{"city": "Rome"}'}])
    miss = _between(recorded, recorded.replace(b"Rome", b"Oslo"))
    assert as_json(miss)["nearest"]["differences"][0]["inside"] == ["city"]
    assert "    inside    city" in list(lines(miss))


def test_a_report_is_json() -> None:
    miss = _between(_body(a=[1, {"b": None}]), _body(a=[2, {"b": "\ud800"}]))
    assert json.loads(json.dumps(as_json(miss))) == as_json(miss)


def test_a_miss_is_told_in_lines() -> None:
    recorded = _body(messages=[USER], max_tokens=1)
    assert list(lines(_between(recorded, _body(messages=[USER], max_tokens=2)))) == [
        "nearest: chat#0 (96 %)",
        "  only client defaults differ",
        "  max_tokens  [default]",
        "    recorded  1",
        "    sent      2",
        "this in playhead.yaml would make it match:",
        "    ignore: [/max_tokens]",
        "  it lets go: default",
        "  no other interaction could then answer as well",
    ]


def test_lines_tell_what_is_missing_new_or_in_another_order() -> None:
    told = list(lines(_between(_body(a=1, q=[1, 2]), _body(b=2, q=[2, 1]))))
    assert told[1:9] == [
        "  a  [other]",
        "    recorded  1",
        "    sent      nothing",
        "  q  [other]",
        "    the same elements in another order",
        "  b  [other]",
        "    recorded  nothing",
        "    sent      2",
    ]


def test_lines_name_what_a_rule_would_merge() -> None:
    bodies = [_body(messages=[USER], max_tokens=at) for at in range(9)]
    served = library(*(interaction("x", at, sent=body) for at, body in enumerate(bodies)))
    told = list(lines(_miss(served, _asks(_body(messages=[USER], max_tokens=99)))))
    expected = "  8 others could then answer as well: x#1, x#2, x#3, x#4, x#5 and 3 more"
    assert expected in told
    assert sum(line.startswith("also near: x#") for line in told) == 2


def test_lines_say_where_conversations_part_and_count_the_rest() -> None:
    fields = {f"f{at}": at for at in range(9)}
    miss = _between(
        _body(messages=["a"], **fields), _body(messages=["b"], **dict.fromkeys(fields, -1))
    )
    told = list(lines(miss, most=4))
    assert told[1] == "  messages[0], the input, differs"
    assert "  and 6 more differences" in told


def test_lines_name_what_would_match_out_of_scope() -> None:
    served = library(interaction("a", sent=b"{}"), interaction("b", sent=b"[]"))
    told = list(lines(_miss(served, _asks(b"{}", b"b"))))
    assert told[0] == "out of scope, this would match exactly: a#0"


def test_lines_say_what_else_a_rule_lets_go() -> None:
    said = _between(_body(messages=[USER]), _body(messages=[{**USER, "content": "another"}]))
    assert "  whatever else is said there would then get the same answer" in list(lines(said))
    parts = [{**USER, "content": [{"type": "text", "text": USER["content"]}]}]
    spelled = _between(_body(messages=[USER]), _body(messages=parts))
    assert "  and all else that the fallback leaves out" in list(lines(spelled))


def test_lines_say_that_time_ran_out() -> None:
    refusal = Refusal(Code.BODY_DIFFERS, "differs")
    late = Miss(refusal=refusal, asked=_asks(b""), found=Found(looked_at=3, of=9))
    assert list(lines(late)) == ["time ran out: 3 of 9 recordings were looked at"]
    assert not as_json(late)["complete"]
    never = Miss(refusal=refusal, asked=_asks(b""), why_no_nearest="Too late.")
    assert list(lines(never)) == ["Too late."]
    assert not as_json(never)["complete"]


def test_a_rule_that_was_not_tried_on_all_does_not_say_that_it_is_safe() -> None:
    served = library(*(interaction("x", at, sent=_body(q=1, n=at)) for at in range(200)))
    told = list(lines(_miss(served, _asks(_body(q=1, n=-1)))))
    assert any(line.startswith("  at least 99 others") for line in told)


@pytest.mark.parametrize("text", ["\x1b[2J", "\u202e", "a\nb\rc"])
def test_no_line_can_drive_a_terminal(text: str) -> None:
    told = "".join(lines(_between(_body(**{f"q{text}": text}), _body(**{f"q{text}": 1}))))
    assert told.isprintable()


def test_a_rule_that_was_tried_on_none_says_nothing_of_others() -> None:
    miss = _between(_body(n=1, q=1), _body(n=2, q=1))
    assert miss.found.advice is not None
    rule = replace(miss.found.advice, complete=False)
    told = list(lines(replace(miss, found=replace(miss.found, advice=rule))))
    assert told[-1] == "  it lets go: other"


def test_an_answer_is_told_with_those_that_come_after_it() -> None:
    answers = Recordings(interactions=tuple(interaction("x", at) for at in range(9)))
    assert list(answer_lines(answers)) == [
        "answered by x#0",
        *(f"  then by x#{at}" for at in range(1, 6)),
        "  and 3 more",
    ]
    assert answer_as_json(answers)["match"] == "exact"


def test_an_answer_found_by_rules_is_told_with_what_they_let_go() -> None:
    one = interaction()
    found = Recordings(interactions=(one,), tier=Tier.RULES, let_go={one: ("n", "m")})
    assert list(answer_lines(found)) == ["answered by chat#0, found by rules", "  differs at n, m"]
    assert answer_as_json(found) == {
        "match": "rules",
        "interactions": ["chat#0"],
        "let_go": {"chat#0": ["n", "m"]},
    }


def test_a_miss_is_an_answer_too() -> None:
    miss = _between(b"{}", b"[]")
    assert next(iter(answer_lines(miss))).startswith("playhead: no recording matches")
    assert answer_as_json(miss)["match"] is None
