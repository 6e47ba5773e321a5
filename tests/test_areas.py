from typing import Any

import pytest

from playhead.areas import Part, element, part, role_of
from playhead.difference import BODY, URL_PATH, Difference, differences

SYSTEM = {"role": "system", "content": "be kind"}
USER = {"role": "user", "content": "hi"}


def _part(recorded: Any, sent: Any) -> Part:
    (found,) = differences(recorded, sent)
    return part(found, sent)


@pytest.mark.parametrize(
    ("recorded", "sent", "expected"),
    [
        ({"model": "a"}, {"model": "b"}, Part.MODEL),
        ({"stream": True}, {}, Part.STREAM),
        ({"max_tokens": 4000}, {"max_tokens": 40}, Part.DEFAULT),
        ({}, {"stream_options": {"include_usage": True}}, Part.DEFAULT),
        ({}, {"temperature": 1}, Part.DEFAULT),
        ({}, {"temperature": 0.5}, Part.OTHER),
        ({"options": {"num_predict": 1, "x": 1}}, {"options": {"num_predict": 2, "x": 1}},
         Part.DEFAULT),
        ({"messages": [USER]},
         {"messages": [{**USER, "content": [{"type": "text", "text": "hi"}]}]}, Part.DEFAULT),
        ({"tools": [{"name": "a", "description": "x"}]},
         {"tools": [{"name": "a", "description": "y"}]}, Part.TOOLS),
        ({"tools": [1, 2]}, {"tools": [2, 1]}, Part.TOOLS),
        ({"system": "a"}, {"system": "b"}, Part.SYSTEM),
        ({"messages": [SYSTEM]}, {"messages": [{**SYSTEM, "content": "x"}]}, Part.SYSTEM),
        ({"messages": [USER]}, {"messages": [{**USER, "content": "x"}]}, Part.CONVERSATION),
        ({"messages": [USER]}, {"messages": [USER, USER]}, Part.CONVERSATION),
        ({"prompt": "a"}, {"prompt": "b"}, Part.CONVERSATION),
        ({"input": [{"call_id": "a"}]}, {"input": [{"call_id": "b"}]}, Part.ID),
        ({"seed": 1}, {"seed": 2}, Part.OTHER),
        ([1], [2], Part.OTHER),
    ],
)  # fmt: skip
def test_a_place_has_a_purpose(recorded: Any, sent: Any, expected: Part) -> None:
    assert _part(recorded, sent) is expected


def test_another_path_is_another_model() -> None:
    assert part(Difference(place=URL_PATH), None) is Part.MODEL
    assert part(Difference(place=BODY), None) is Part.OTHER


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        ([], ("messages", 0)), ({"messages": "x"}, ("messages", 0)),
        ({"messages": []}, ("messages",)),
        ({"messages": []}, ("messages", 0)), ({"messages": [1]}, ("messages", "a")), ({}, ()),
    ],
)  # fmt: skip
def test_what_is_not_there_is_no_element(body: Any, steps: Any) -> None:
    assert element(body, steps) is None


def test_only_a_text_is_a_role() -> None:
    assert [role_of(each) for each in ({"role": "user"}, {"role": 1}, {}, "user")] == [
        "user", "", "", "",
    ]  # fmt: skip
