import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.asked import Asked, asked
from playhead.errors import Code, Refusal
from playhead.explainer import Explainer
from playhead.library import Library
from playhead.miss import Miss
from support.cassettes import interaction, library
from support.values import values

SEE = "http://127.0.0.1:8080/__playhead/requests/7"
USER = {"role": "user", "content": "hi"}


def _body(**members: Any) -> bytes:
    return json.dumps(members).encode()


def _asks(body: bytes, path: str = "/v1/chat/completions", scope: bytes | None = None) -> Asked:
    return asked("POST", path.encode(), b"", scope, body)


def _miss(library: Library, request: Asked) -> Miss:
    explainer = Explainer(library, lambda: 0.0)
    with pytest.raises(Refusal) as caught:
        library.find(request)
    return explainer.explained(explainer.begun(request, caught.value))


def _told(library: Library, request: Asked) -> str:
    return _miss(library, request).summary(SEE)


def _drifted(recorded: dict[str, Any], sent: dict[str, Any]) -> str:
    """What is told of the one body where only the other is recorded."""
    return _told(library(interaction(sent=_body(**recorded))), _asks(_body(**sent)))


def test_a_miss_names_the_nearest_recording_and_what_differs() -> None:
    told = _drifted({"model": "gpt-4o", "q": "a" * 60}, {"model": "gpt-4o", "q": "a" * 59 + "b"})
    assert told == (
        "playhead: no recording matches POST /v1/chat/completions. "
        "Nearest: chat#0 (97 %), differs at q (recorded 60 chars, sent 60 chars, the first 59 "
        f"alike). See {SEE}"
    )


def test_a_miss_says_how_far_the_conversation_is_the_same() -> None:
    was, now = ({"messages": [USER, {"role": "tool", "content": text}]} for text in ("12", "13"))
    told = _drifted(was, now)
    assert "; the same up to messages[1]; there the tool result differs. See" in told


def test_a_conversation_that_differs_from_its_beginning_is_not_the_same_up_to_it() -> None:
    told = _drifted({"messages": [USER]}, {"messages": [{**USER, "content": "ho"}]})
    assert "the same up to" not in told


def test_a_miss_says_that_only_the_client_is_another_and_which_rule_would_match() -> None:
    said = {"messages": [USER]}
    told = _drifted({**said, "max_tokens": 4000}, {**said, "max_tokens": 40})
    assert "only client defaults differ: max_tokens (another number)." in told
    assert "A rule would match: ignore: [/max_tokens]. See" in told


def test_a_rule_that_lets_go_what_was_said_is_not_offered_to_the_client() -> None:
    told = _drifted({"messages": [USER]}, {"messages": [{**USER, "content": "ho"}]})
    assert "rule" not in told


def test_only_a_few_differences_are_named_and_the_rest_are_counted() -> None:
    told = _drifted(dict.fromkeys("abcde", 1), dict.fromkeys("abcde", 2))
    assert "and 2 more." in told


def test_a_miss_is_never_a_hundred_percent_alike() -> None:
    assert "(99 %)" in _drifted({"q": "a" * 9_999}, {"q": "a" * 9_998 + "b"})


def test_an_operation_with_another_method_says_which() -> None:
    served = library(interaction(method="PUT"), interaction("b", method="PATCH"))
    assert "; it is recorded with PATCH, PUT. See" in _told(served, _asks(b""))


def test_an_operation_that_is_nowhere_recorded_has_no_hint() -> None:
    line = _told(library(interaction()), _asks(b"", "/v1/responses"))
    assert line == f"playhead: nothing is recorded for POST /v1/responses. See {SEE}"


def test_an_operation_of_other_cassettes_says_so() -> None:
    served = library(interaction("a"), interaction("b", url="/v1/responses"))
    line = _told(served, _asks(b"", scope=b"b"))
    assert "completions in b; it is recorded in other cassettes." in line


def test_a_cassette_out_of_scope_that_would_match_is_named() -> None:
    served = library(
        interaction("a", sent=b"{}"), interaction("b"), interaction("c", sent=b"{}"),
        interaction("d", url="/v1/responses"),
    )  # fmt: skip
    expected = "; out of scope, a#0 and 1 more would match exactly."
    for scope in (b"b", b"d", b"nobody"):
        assert expected in _told(served, _asks(b"{}", scope=scope))


def test_a_scope_that_lacks_its_end_is_explained() -> None:
    line = _told(library(interaction()), _asks(b"", "/cassette/chat/v1/responses"))
    assert "a scope ends with /-/, as in /cassette/NAME/-/v1/..." in line


def test_an_unknown_cassette_is_named() -> None:
    line = _told(library(interaction()), _asks(b"", scope=b"nobody"))
    assert line == f"playhead: no cassette or folder is named 'nobody'. See {SEE}"


def test_an_empty_library_names_what_may_be_the_cause() -> None:
    line = _told(library(), _asks(b""))
    assert "no cassettes are loaded; the folder is empty, or a volume not mounted. See" in line


def test_any_other_refusal_is_told_in_its_own_words() -> None:
    line = Miss(refusal=Refusal(Code.EXHAUSTED, "all gone"), asked=_asks(b"")).summary()
    assert line == "playhead: all gone: POST /v1/chat/completions."


def test_a_miss_without_a_nearest_says_why() -> None:
    refusal = Refusal(Code.BODY_DIFFERS, "differs")
    miss = Miss(refusal=refusal, asked=_asks(b""), why_no_nearest="There was no time.")
    assert miss.summary().endswith(" There was no time.")


def test_a_miss_that_came_before_says_so() -> None:
    refusal = Refusal(Code.BODY_DIFFERS, "differs")
    miss = Miss(refusal=refusal, asked=_asks(b""), times=3, first=17)
    assert "Asked 3 times, first as request 17." in miss.summary()


def test_a_long_line_keeps_its_end() -> None:
    served = library(interaction("x" * 300, sent=_body(**{"n" * 200: 1})))
    line = _told(served, _asks(_body(**{"m" * 200: 1})))
    assert line.endswith(f"... See {SEE}")


def test_no_value_is_told() -> None:
    served = library(interaction(sent=_body(q="rate limit exceeded", model="gpt-4o", n=4711)))
    told = _told(served, _asks(_body(q="invalid api key", model="gpt-4.1", n=1234)))
    assert not [value for value in ("rate", "key", "gpt", "4711", "1234") if value in told]


@given(recorded=values, sent=values, path=st.text(), scope=st.none() | st.binary())
def test_a_line_is_short_and_printable(
    recorded: object, sent: object, path: str, scope: bytes | None
) -> None:
    served = library(interaction(sent=json.dumps(recorded).encode()))
    raw_path = f"/v1{path}/chat/completions".encode()
    request = asked("POST", raw_path, b"", scope, json.dumps(sent).encode())
    explainer = Explainer(served, lambda: 0.0)
    refusal = Refusal(Code.BODY_DIFFERS, "differs")
    line = explainer.explained(explainer.begun(request, refusal)).summary(SEE)
    assert len(line) < 400
    assert line.isprintable()
