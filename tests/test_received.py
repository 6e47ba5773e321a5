import json

import pytest

from playhead.cassette import Headers, Response
from playhead.fold.received import events
from support.aws import frame
from support.streams import AWS_STREAM, EVENT_STREAM, invoke

_LINES = (("content-type", "application/x-ndjson"),)


def _events(body: bytes, headers: Headers = EVENT_STREAM) -> list[dict[str, object]]:
    return events(Response(status=200, headers=headers, body=body))


def test_only_json_objects_are_events() -> None:
    body = (
        b'data: {"a":1}\n\ndata: [DONE]\n\ndata: [1]\n\n: c\n\ndata: {"b":\ndata: 2}\n\ndata: {"c'
    )
    assert _events(body) == [{"a": 1}, {"b": 2}]


def test_an_event_named_error_is_one() -> None:
    body = b'event: error\ndata: {"message":"m"}\n\nevent: error\ndata: {"error":1}\n\n'
    assert _events(body) == [{"error": {"message": "m"}}, {"error": 1}]


@pytest.mark.parametrize("headers", [(), AWS_STREAM])
def test_frames_are_told_by_the_names_of_their_events(headers: Headers) -> None:
    body = frame(b'{"role":"assistant"}', {":event-type": "messageStart"}) + frame(b"odd")
    assert _events(body, headers) == [{"messageStart": {"role": "assistant"}}, {"": {}}]


@pytest.mark.parametrize("header", [":exception-type", ":error-code"])
def test_an_exception_is_an_error_by_its_name(header: str) -> None:
    body = frame(b'{"message":"slow down"}', {header: "throttlingException"})
    error = {"type": "throttlingException", "message": "slow down"}
    assert _events(body, AWS_STREAM) == [{"error": error}]


def test_frames_of_invoke_hold_the_events_of_the_model() -> None:
    odd = frame(b'{"bytes":"a"}') + frame(b'{"bytes":"AAAA"}') + frame(b'{"bytes":1}')
    assert _events(invoke({"a": 1}, ["no object"]) + odd, AWS_STREAM) == [{"a": 1}]


def test_frames_behind_a_damaged_one_are_lost() -> None:
    whole = frame(b'{"a":1}', {":event-type": "b"})
    assert _events(whole + whole[:-3] + whole, AWS_STREAM) == [{"b": {"a": 1}}]


@pytest.mark.parametrize("headers", [_LINES, ()])
def test_lines_of_json_are_events_with_or_without_a_media_type(headers: Headers) -> None:
    assert _events(b'{"a":1}\n\n{"b":2}\n{"c"', headers) == [{"a": 1}, {"b": 2}]


def test_the_objects_of_an_array_are_events() -> None:
    assert _events(json.dumps([{"a": 1}, 2]).encode(), ()) == [{"a": 1}]


def test_plain_json_is_no_stream() -> None:
    assert _events(b'{"a":1}', ()) == []


def test_plain_json_under_the_media_type_of_a_stream_is_no_stream() -> None:
    assert _events(b'{"error":{"message":"no"}}') == []
