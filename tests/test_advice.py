import json
from typing import Any

import pytest

from playhead.advice import Advice, advice
from playhead.areas import Part
from playhead.asked import asked
from playhead.cassette import Interaction
from playhead.compared import compare, sent
from playhead.members import members_of
from playhead.pointer import pointer
from playhead.rules import NO_RULES, Rules
from support.cassettes import interaction

USER = {"role": "user", "content": "hi"}
CALL = {"role": "assistant", "tool_calls": [{"id": "call_aaaaaaaa"}]}
RESULT = {"role": "tool", "tool_call_id": "call_aaaaaaaa", "content": "12"}


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _advice(
    recorded: Any,
    body: Any,
    others: tuple[Any, ...] = (),
    *,
    above: Rules = NO_RULES,
    time: int = 99,
) -> Advice | None:
    request = sent(asked("POST", b"/v1/chat/completions", b"", None, _json(body)))
    near = compare(interaction(sent=_json(recorded)), request, above)
    also = [interaction("other", at, sent=_json(each)) for at, each in enumerate(others)]
    left = iter(range(time))

    def having(members: frozenset[int]) -> list[Interaction]:
        return [each for each in also if members <= members_of("POST", (), each.request.body)]

    return advice(near, request, having, above=above, in_time=lambda: next(left, None) is not None)


def _lines(recorded: Any, body: Any) -> tuple[str, ...]:
    found = _advice(recorded, body)
    assert found is not None
    return found.lines


def _renamed(value: Any, new: str = "call_bbbbbbbb") -> Any:
    return json.loads(json.dumps(value).replace("call_aaaaaaaa", new))


def test_one_field_is_ignored_by_its_pointer() -> None:
    assert _lines({"n": 1, "max_tokens": 1}, {"n": 1, "max_tokens": 2}) == (
        "ignore: [/max_tokens]",
    )


def test_a_place_in_a_tool_is_ignored_and_not_the_tool() -> None:
    tools = [{"name": "a", "description": "x"}, {"name": "b", "description": "z"}]
    changed = [{"name": "a", "description": "y"}, tools[1]]
    assert _lines({"tools": tools}, {"tools": changed}) == ("ignore: [/tools/0/description]",)


def test_the_same_place_in_several_elements_is_one_pointer() -> None:
    tools = [{"name": name, "description": "x"} for name in "abcdefgh"]
    changed = [{**tool, "description": "y"} for tool in tools]
    assert _lines({"tools": tools}, {"tools": changed}) == ("ignore: [/tools/*/description]",)


def test_renamed_identifiers_need_no_pointer() -> None:
    body = {"messages": [USER, CALL, RESULT]}
    found = _advice(body, _renamed(body))
    assert found is not None
    assert found.lines == ("ids: renamed",)
    assert found.lets_go == (Part.ID,)
    assert found.is_harmless


def test_renamed_identifiers_and_a_field_take_both_rules() -> None:
    body = {"messages": [USER, CALL, RESULT, *[_renamed(m, f"call_{at}xxxxxxx") for at in range(9)
            for m in (CALL, RESULT)]]}  # fmt: skip
    changed = json.loads(json.dumps(body).replace('"call_', '"call_z')) | {"max_tokens": 1}
    assert _lines(body, changed) == ("ids: renamed", "ignore: [/max_tokens]")


def test_many_client_defaults_take_a_fallback() -> None:
    added = {
        "max_tokens": 1, "store": True, "n": 1, "top_p": 1, "service_tier": "auto",
    }  # fmt: skip
    assert _lines({"messages": [USER]}, {"messages": [USER], **added}) == ("fallbacks: [defaults]",)


def test_tools_in_another_shape_take_a_fallback() -> None:
    tools = [{"name": name, "a": 1, "b": 2, "c": 3, "d": 4, "e": 5} for name in "abc"]
    changed = [{"name": name, "a": 2, "b": 3, "c": 4, "d": 5, "e": 6} for name in "abc"]
    assert _lines({"messages": [USER], "tools": tools}, {"messages": [USER], "tools": changed}) == (
        "fallbacks: [tools]",
    )


def test_another_order_is_ignored_with_its_list() -> None:
    assert _lines({"tools": [1, 2]}, {"tools": [2, 1]}) == ("ignore: [/tools]",)


def test_a_name_that_yaml_reads_in_its_own_way_is_quoted() -> None:
    assert _lines({"a: b": 1, "c": 1}, {"a: b": 2, "c": 1}) == ('ignore: ["/a: b"]',)


def test_a_rule_comes_on_top_of_those_that_apply() -> None:
    above = Rules(ignore=(pointer("/n"),))
    found = _advice({"n": 1, "m": 1, "q": 1}, {"n": 2, "m": 2, "q": 1}, above=above)
    assert found is not None
    assert found.lines == ("ignore: [/m]",)


def test_what_a_rule_would_make_the_same_is_named() -> None:
    body = {"max_tokens": 1, "messages": [USER]}
    others = tuple({**body, "max_tokens": at} for at in range(10, 20))
    found = _advice(body, {**body, "max_tokens": 2}, (*others, {**body, "x": 1}, {"n": 1}))
    assert found is not None
    assert (found.merged, found.merges) == (10, tuple(f"other#{at}" for at in range(5)))
    assert found.complete
    assert not found.is_harmless


def test_without_time_what_else_it_would_let_match_is_not_known() -> None:
    body = {"max_tokens": 1, "messages": [USER]}
    found = _advice(body, {**body, "max_tokens": 2}, ({**body, "max_tokens": 3},) * 3, time=2)
    assert found is not None
    assert (found.merged, found.complete) == (2, False)


def test_another_model_in_the_path_is_never_made_the_same() -> None:
    request = sent(asked("POST", b"/v1beta/models/a:generateContent", b"", None, b'{"n": 1}'))
    url = "/v1beta/models/{}:generateContent"
    near = compare(interaction(sent=b'{"n": 2}', url=url.format("a")), request)
    other = interaction("other", sent=b'{"n": 3}', url=url.format("b"))
    opaque = interaction("opaque", sent=b"no json", url=url.format("a"))
    found = advice(near, request, lambda _: [other, opaque])
    assert found is not None
    assert found.merged == 0
    far = compare(other, request)
    assert advice(far, request, lambda _: []) is None


@pytest.mark.parametrize(
    ("recorded", "body"), [([1], [2]), ({"a": 1}, [1]), ([1], {"a": 1}), ("a", "b")]
)
def test_what_is_no_object_has_no_rule(recorded: Any, body: Any) -> None:
    assert _advice(recorded, body) is None


def test_what_differs_in_too_many_places_has_no_rule() -> None:
    body = {f"f{at}": {"x": at} for at in range(6)}
    assert _advice(body, {name: {"x": -1} for name in body}) is None
    many = {f"f{at}": at for at in range(500)}
    assert _advice(many, dict.fromkeys(many, -1)) is None


def test_the_opposite_wish_for_a_stream_takes_a_bridge_and_no_pointer() -> None:
    recorded = {"messages": [USER], "stream": True, "stream_options": {"include_usage": True}}
    found = _advice(recorded, {"messages": [USER]})
    assert found is not None
    assert (found.lines, found.is_harmless) == (("bridge: true",), True)
    assert _advice(recorded, {"messages": [USER], "n": 2}) is None


def test_another_spelling_of_a_text_takes_the_fallback_that_knows_it() -> None:
    spelled = {"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]}
    assert _lines({"messages": [USER]}, spelled) == ("fallbacks: [defaults]",)


def test_what_only_other_recordings_hold_is_merged_as_well() -> None:
    tool = {"name": "a"}
    strict = {"tools": [{**tool, "strict": True}], "n": 1}
    loose = {"tools": [{**tool, "strict": False}], "n": 1}
    found = _advice(strict, {"tools": [tool], "n": 1}, (loose,))
    assert found is not None
    assert (found.merged, found.is_harmless) == (1, False)


def test_a_pointer_that_begins_anywhere_touches_everything() -> None:
    above = Rules(ignore=(pointer("/**/x"),))
    found = _advice({"n": 1, "m": 1}, {"n": 1, "m": 2}, ({"n": 1, "m": 3, "x": 1},), above=above)
    assert found is not None
    assert found.merged == 1
