import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.asked import Asked, asked
from playhead.errors import Code, Refusal
from playhead.library import Library
from playhead.miss import Miss, Nearest, Neighbours, explain
from support.cassettes import interaction, library
from support.values import values

SEE = "http://127.0.0.1:8080/__playhead/requests/7"


def _stopped() -> float:
    return 0.0


def _body(**members: Any) -> bytes:
    return json.dumps(members).encode()


def _asks(body: bytes, path: str = "/v1/chat/completions", scope: bytes | None = None) -> Asked:
    return asked("POST", path.encode(), b"", scope, body)


def _nearest(
    library: Library, request: Asked, clock: Callable[[], float] = _stopped
) -> Nearest | None:
    candidates = list(library.alike(request))
    return Neighbours(clock).nearest(request, candidates, deadline=1.0)


def _explained(
    library: Library, request: Asked, *, code: Code | None = None, why_no_nearest: str = ""
) -> str:
    refusal = Refusal(code, "all gone") if code else None
    if refusal is None:
        with pytest.raises(Refusal) as caught:
            library.find(request)
        refusal = caught.value
    nearest = _nearest(library, request) if refusal.code is Code.BODY_DIFFERS else None
    miss = Miss(refusal=refusal, summary="", nearest=nearest, why_no_nearest=why_no_nearest)
    return explain(miss, request, library.methods(request.route.operation), see=SEE).summary


def test_the_nearest_recording_has_the_least_text_changed() -> None:
    served = library(
        interaction("far", sent=_body(model="gpt-4o", prompt="something else altogether")),
        interaction("near", sent=_body(model="gpt-4o", prompt="What is the capital of France?")),
    )
    found = _nearest(served, _asks(_body(model="gpt-4o", prompt="What is the capital of Spain?")))
    assert found is not None
    assert (found.interaction.cassette, [place.path for place in found.differences]) == (
        "near",
        ["prompt"],
    )


def test_of_two_equally_near_recordings_the_first_is_named() -> None:
    served = library(interaction("b", sent=_body(n=1)), interaction("a", sent=_body(n=1)))
    found = _nearest(served, _asks(_body(n=2)))
    assert found is not None
    assert found.interaction.cassette == "a"


def test_a_near_recording_is_found_among_many() -> None:
    messages = [f"message {at}" for at in range(20)]
    others = [interaction("x", at, sent=_body(prompt=str(at))) for at in range(200)]
    served = library(*others, interaction("y", sent=_body(messages=messages)))
    found = _nearest(served, _asks(_body(messages=[*messages, "one more"])))
    assert found is not None
    assert found.interaction.name == "y#0"


def test_a_likeness_lies_between_none_and_all_and_falls_with_every_change() -> None:
    served = library(interaction(sent=_body(prompt="x" * 80, model="a")))
    sent = [_body(prompt="x" * 79 + "y", model="a"), _body(prompt="y" * 80, model="b"), b"[]"]
    found = [_nearest(served, _asks(body)) for body in sent]
    likeness = [each.likeness for each in found if each is not None]
    assert 1 > likeness[0] > likeness[1] > likeness[2] >= 0


def test_a_recording_of_another_operation_is_not_near() -> None:
    assert _nearest(library(interaction()), _asks(b"{}", "/v1/responses")) is None


def test_a_recording_outside_the_scope_is_not_near() -> None:
    served = library(interaction("a"), interaction("b", url="/v1/responses"))
    assert _nearest(served, _asks(b"{}", scope=b"b")) is None


def test_another_model_in_the_path_is_a_difference() -> None:
    served = library(interaction(url="https://g.example/v1beta/models/pro:generateContent"))
    found = _nearest(served, _asks(b"{}", "/v1beta/models/flash:generateContent"))
    assert found is not None
    assert str(found.differences[0]) == (
        "the URL's path (recorded /v1beta/models/pro:generateContent, "
        "sent /v1beta/models/flash:generateContent)"
    )


@pytest.mark.parametrize(
    ("recorded", "sent", "said"),
    [
        (b"{}", b"", "the body (recorded 2 bytes of JSON, sent nothing)"),
        (b"abc", b"{}", "the body (recorded 3 bytes that are not JSON, sent 2 bytes of JSON)"),
    ],
)
def test_bodies_that_are_not_both_json_differ_as_a_whole(
    recorded: bytes, sent: bytes, said: str
) -> None:
    found = _nearest(library(interaction(sent=recorded)), _asks(sent))
    assert found is not None
    assert [str(place) for place in found.differences] == [said]


def test_equal_bodies_that_are_no_json_differ_in_their_path_alone() -> None:
    url = "https://a.example/openai/deployments/{}/chat/completions"
    served = library(interaction(url=url.format("mine"), sent=b"abc"))
    found = _nearest(served, _asks(b"abc", "/openai/deployments/other/chat/completions"))
    assert found is not None
    assert [place.path for place in found.differences] == ["the URL's path"]


def test_members_that_orjson_cannot_write_are_compared_too() -> None:
    served = library(interaction(sent=b'{"a":"\\ud800"}'))
    found = _nearest(served, _asks(b'{"a":"\\ud801"}'))
    assert found is not None
    assert [place.path for place in found.differences] == ["a"]


def test_bodies_beyond_json_are_compared_too() -> None:
    deep = b"[" * 5_000 + b"]" * 5_000
    assert _nearest(library(interaction(sent=deep)), _asks(b"[" + deep + b"]")) is not None


def test_what_was_parsed_is_remembered() -> None:
    served = library(interaction(sent=_body(n=1)))
    neighbours, request = Neighbours(_stopped), _asks(_body(n=2))
    candidates = list(served.alike(request))
    found = [neighbours.nearest(request, candidates, deadline=1.0) for _ in range(2)]
    assert found[0] == found[1]


def test_a_search_that_did_not_end_says_so() -> None:
    served = library(*(interaction("x", at, sent=_body(n=at)) for at in range(40)))
    ticks = itertools.chain([0.0, 0.0], itertools.repeat(2.0))
    found = _nearest(served, _asks(_body(n=99)), lambda: next(ticks))
    assert found is not None
    assert not found.complete
    miss = Miss(refusal=Refusal(Code.BODY_DIFFERS, "differs"), summary="", nearest=found)
    line = explain(miss, _asks(b"{}"), [], see=SEE).summary
    assert "Nearest of those compared in time: x#" in line


def test_requests_that_share_all_but_the_last_words_are_told_apart() -> None:
    system = {"role": "system", "content": "You are a helpful assistant. " * 20}
    said = [f"How many apples are in basket number {at} today?" for at in range(300)]
    served = library(
        *(
            interaction("x", at, sent=_body(messages=[system, {"role": "user", "content": text}]))
            for at, text in enumerate(said)
        )
    )
    sent = said[273].replace("today", "tomorrow")
    request = _asks(_body(messages=[system, {"role": "user", "content": sent}]))
    found = _nearest(served, request)
    assert found is not None
    assert found.interaction.name == "x#273"


def test_there_is_no_nearest_recording_without_time() -> None:
    assert _nearest(library(interaction()), _asks(b"{}"), lambda: 2.0) is None


def test_when_time_runs_out_the_best_so_far_is_the_nearest() -> None:
    served = library(*(interaction("x", at, sent=_body(n=at)) for at in range(5)))
    ticks = itertools.chain([0.0], itertools.repeat(2.0))
    found = _nearest(served, _asks(_body(n=99)), lambda: next(ticks))
    assert found is not None
    assert found.interaction.name == "x#0"


def test_ranking_ends_when_time_runs_out() -> None:
    others = [interaction("x", at, sent=_body(n=at)) for at in range(64)]
    served = library(*others, interaction("y", sent=_body(n=1000, m=2)))
    ticks = itertools.chain([0.0], itertools.repeat(2.0))
    found = _nearest(served, _asks(_body(n=1000)), lambda: next(ticks))
    assert found is not None
    assert found.interaction.cassette == "x"


def test_a_miss_names_the_nearest_recording_and_what_differs() -> None:
    served = library(interaction(sent=_body(model="gpt-4o", q="a" * 60)))
    assert _explained(served, _asks(_body(model="gpt-4o", q="a" * 59 + "b"))) == (
        "playhead: no recording matches POST /v1/chat/completions. "
        "Nearest: chat#0 (98 %), differs at q (recorded 60 chars, sent 60 chars, the first 59 "
        f"alike). See {SEE}"
    )


def test_only_a_few_differences_are_named_and_the_rest_are_counted() -> None:
    served = library(interaction(sent=_body(a=1, b=1, c=1, d=1, e=1)))
    assert "and 2 more." in _explained(served, _asks(_body(a=2, b=2, c=2, d=2, e=2)))


def test_a_miss_is_never_a_hundred_percent_alike() -> None:
    served = library(interaction(sent=_body(q="a" * 9_999)))
    assert "(99 %)" in _explained(served, _asks(_body(q="a" * 9_998 + "b")))


def test_an_operation_with_another_method_says_which() -> None:
    served = library(interaction(method="PUT"), interaction("b", method="PATCH"))
    assert "; it is recorded with PATCH, PUT. See" in _explained(served, _asks(b""))


def test_an_operation_that_is_nowhere_recorded_has_no_hint() -> None:
    line = _explained(library(interaction()), _asks(b"", "/v1/responses"))
    assert line == f"playhead: nothing is recorded for POST /v1/responses. See {SEE}"


def test_an_operation_of_other_cassettes_says_so() -> None:
    served = library(interaction("a"), interaction("b", url="/v1/responses"))
    line = _explained(served, _asks(b"", scope=b"b"))
    assert "completions in b; it is recorded in other cassettes." in line


def test_a_scope_that_lacks_its_end_is_explained() -> None:
    line = _explained(library(interaction()), _asks(b"", "/cassette/chat/v1/responses"))
    assert "a scope ends with /-/, as in /cassette/NAME/-/v1/..." in line


def test_an_unknown_cassette_is_named() -> None:
    line = _explained(library(interaction()), _asks(b"", scope=b"nobody"))
    assert line == f"playhead: no cassette or folder is named 'nobody'. See {SEE}"


def test_an_empty_library_asks_whether_the_volume_is_mounted() -> None:
    line = _explained(library(), _asks(b""))
    assert "no cassettes are loaded; is the folder empty, or the volume not mounted?" in line


def test_any_other_refusal_is_told_in_its_own_words() -> None:
    line = _explained(library(), _asks(b""), code=Code.EXHAUSTED)
    assert line.startswith("playhead: all gone: POST /v1/chat/completions.")


def test_a_search_that_ran_out_of_time_says_so() -> None:
    why = "There was no time."
    line = _explained(library(), _asks(b""), code=Code.EXHAUSTED, why_no_nearest=why)
    assert why in line


def test_a_long_line_keeps_its_end() -> None:
    served = library(interaction("x" * 300, sent=_body(**{"n" * 200: 1})))
    line = _explained(served, _asks(_body(**{"m" * 200: 1})))
    assert line.endswith(f"... See {SEE}")


def test_a_prompt_is_not_quoted() -> None:
    served = library(interaction(sent=_body(q="rate limit exceeded")))
    assert "rate" not in _explained(served, _asks(_body(q="invalid api key")))


@given(recorded=values, sent=values, path=st.text(), scope=st.none() | st.binary())
def test_a_line_is_short_and_printable(
    recorded: object, sent: object, path: str, scope: bytes | None
) -> None:
    served = library(interaction(sent=json.dumps(recorded).encode()))
    raw_path = f"/v1{path}/chat/completions".encode()
    request = asked("POST", raw_path, b"", scope, json.dumps(sent).encode())
    refusal = Refusal(Code.BODY_DIFFERS, "differs")
    miss = Miss(refusal=refusal, summary="", nearest=_nearest(served, request))
    line = explain(miss, request, [], see=SEE).summary
    assert len(line) < 400
    assert line.isprintable()
