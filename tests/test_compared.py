import json
from typing import Any

import pytest

from playhead.areas import Part
from playhead.asked import asked
from playhead.compared import KEPT, NOT_JSON, Near, compare, json_value, sent
from playhead.pointer import pointer
from playhead.rules import NO_RULES, Rules
from support.cassettes import interaction

CHAT = "/v1/chat/completions"


def _near(
    recorded: bytes, body: bytes, *, rules: Rules = NO_RULES, url: str = CHAT, path: str = CHAT
) -> Near:
    request = asked("POST", path.encode(), b"", None, body)
    return compare(interaction(sent=recorded, url=url), sent(request), rules)


def _body(**members: Any) -> bytes:
    return json.dumps(members).encode()


def _paths(near: Near) -> list[str]:
    return [place.difference.path for place in near.places]


def test_a_recording_differs_in_places_that_are_for_something() -> None:
    near = _near(_body(model="a", max_tokens=1), _body(model="b", max_tokens=2))
    assert [(place.difference.path, place.part) for place in near.places] == [
        ("model", Part.MODEL),
        ("max_tokens", Part.DEFAULT),
    ]
    assert not near.only_the_client


def test_a_query_may_be_all_that_differs() -> None:
    recorded = interaction(method="GET", url="https://x.example/v1/files?limit=1", sent=b"")
    request = asked("GET", b"/v1/files", b"limit=1&after=f", None, b"")
    (place,) = compare(recorded, sent(request)).places
    assert (place.difference.path, place.part) == ("the URL's query", Part.OTHER)
    assert (place.difference.recorded, place.difference.sent) == ("limit=1", "limit=1&after=f")


def test_ollama_streams_unless_told_not_to() -> None:
    url = "http://o.example/api/chat"
    near = _near(_body(model="m"), _body(model="m", stream=True, n=1), url=url, path="/api/chat")
    assert _paths(near) == ["n"]


def test_a_likeness_lies_between_none_and_all_and_falls_with_every_change() -> None:
    recorded = _body(prompt="x" * 80, model="a")
    sents = [_body(prompt="x" * 79 + "y", model="a"), _body(prompt="y" * 80, model="b"), b"[]"]
    likeness = [_near(recorded, each).likeness for each in sents]
    assert 1 > likeness[0] > likeness[1] > 0
    assert 1 > likeness[0] > likeness[2] > 0


def test_what_was_said_costs_more_than_what_clients_add() -> None:
    recorded = _body(prompt="hello", max_tokens=1)
    assert (
        _near(recorded, _body(prompt="hello", max_tokens=2)).cost
        < _near(recorded, _body(prompt="hallo", max_tokens=1)).cost
    )


def test_what_a_request_lacks_costs_less_than_what_it_has_besides() -> None:
    one, two = _body(messages=["a"]), _body(messages=["a", "bcd"])
    assert _near(two, one).cost < _near(one, two).cost


def test_another_version_of_a_client_is_told_as_such() -> None:
    tools = [{"name": "a", "description": "x"}]
    changed = [{"name": "a", "description": "y"}]
    near = _near(_body(max_tokens=1, tools=tools), _body(max_tokens=2, tools=changed))
    assert near.only_the_client


def test_the_turn_is_found_at_which_conversations_part() -> None:
    near = _near(_body(messages=["a", "b"]), _body(messages=["a", "c"]))
    assert str(near.turning).startswith("the same up to messages[1]")


def test_another_model_in_the_path_is_a_difference() -> None:
    url = "/v1beta/models/{}:generateContent"
    near = _near(b"{}", b"{}", url=url.format("pro"), path=url.format("flash"))
    assert _paths(near) == ["the URL's path"]


def test_another_deployment_is_a_difference_where_both_have_one() -> None:
    url = "/openai/deployments/{}/chat/completions"
    assert _paths(_near(b"ab", b"ab", url=url.format("a"), path=url.format("b"))) == [
        "the URL's path"
    ]


@pytest.mark.parametrize(
    ("recorded", "body"), [(b"{}", b""), (b"abc", b"{}"), (b"abc", b"abd"), (b"", b"[" * 999)]
)
def test_bodies_that_are_not_both_json_differ_as_a_whole(recorded: bytes, body: bytes) -> None:
    assert _paths(_near(recorded, body)) == ["the body"]


def test_of_many_differences_the_rest_is_counted() -> None:
    names = [f"field {at}" for at in range(5_000)]
    near = _near(_body(**dict.fromkeys(names, 1)), _body(**dict.fromkeys(names, 2)))
    assert (len(near.places), near.more) == (KEPT, 5_000 - KEPT)
    assert not near.only_the_client


FORM = (
    b"--%s\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n%s\r\n"
    b"--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n\0\xff%s\r\n"
    b"--%s\r\nContent-Disposition: form-data\r\n\r\nno name\r\n"
    b"--%s\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nanother\r\n--%s--\r\n"
)  # fmt: skip


def _form(boundary: bytes, model: bytes, file: bytes) -> bytes:
    return FORM % (boundary, model, boundary, file, *[boundary] * 4)[:7]


def test_the_parts_of_a_form_are_compared_by_their_names() -> None:
    near = _near(_form(b"aa", b"whisper", b"1"), _form(b"bb", b"whisper-2", b"2"))
    assert _paths(near) == ["model", "file"]
    assert json_value(_form(b"aa", b"m", b"1")) == {
        "model": "m",
        "file": "\0\\xff1",
        "part 2": "no name",
        "file 3": "another",
    }


@pytest.mark.parametrize("body", [b"--", b"--a\r\nb", b"no", b"", b'{"a": NaN}'])
def test_what_is_neither_json_nor_a_form_has_no_value(body: bytes) -> None:
    assert json_value(body) is NOT_JSON


def test_what_rules_let_go_is_no_difference() -> None:
    rules = Rules(ignore=(pointer("/n"),))
    assert _paths(_near(_body(n=1, m=1), _body(n=2, m=2), rules=rules)) == ["m"]


def test_identifiers_that_are_only_renamed_are_no_difference_where_they_may_be() -> None:
    def body(first: str, second: str, text: str) -> bytes:
        turns = [{"tool_call_id": first}, {"tool_call_id": second}, {"content": text}]
        return _body(messages=turns)

    rules = Rules(ids_renamed=True)
    recorded = body("call_aaaaaaaa", "call_aaaaaaaa", "hi")
    renamed = body("call_bbbbbbbb", "call_bbbbbbbb", "ho")
    assert _paths(_near(recorded, renamed, rules=rules)) == ["messages[2].content"]
    mixed = body("call_bbbbbbbb", "call_cccccccc", "hi")
    assert _paths(_near(recorded, mixed, rules=rules)) == ["messages[1].tool_call_id"]
