import json
from typing import Any

import pytest

from playhead.dialects import ErrorForm
from playhead.errors import Code
from playhead.refusal import messages

STANDARD, GOOGLE, AWS = ErrorForm


def _error(code: Code = Code.BODY_DIFFERS, *, status: int = 404, form: ErrorForm = STANDARD) -> Any:
    _, body = messages(code, "why", status=status, request_id="7", form=form)
    return json.loads(body["body"])


def test_a_refusal_has_the_one_form_that_reaches_every_client() -> None:
    assert _error() == {
        "type": "error",
        "error": {
            "message": "why",
            "type": "no_recording_matched",
            "param": None,
            "code": "body_differs",
            "status": "NOT_FOUND",
        },
        "request_id": "7",
    }


def test_a_refusal_is_sent_once_and_can_be_traced() -> None:
    start, body = messages(Code.EXHAUSTED, "é", status=404, request_id="7")
    assert start == {
        "type": "http.response.start",
        "status": 404,
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body["body"])),
            (b"x-should-retry", b"false"),
            (b"x-request-id", b"7"),
            (b"request-id", b"7"),
        ],
    }


def test_googles_clients_get_a_number_for_a_code() -> None:
    assert _error(form=GOOGLE)["error"]["code"] == 404


def test_awss_clients_get_the_message_on_top() -> None:
    refusal = _error(form=AWS)
    assert refusal.pop("message") == "why"
    assert refusal == _error()


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (404, b"ResourceNotFoundException"),
        (500, b"InternalServerException"),
        (413, b"ValidationException"),
    ],
)
def test_awss_clients_get_the_errors_name_in_a_header(status: int, name: bytes) -> None:
    start, _ = messages(Code.BODY_DIFFERS, "why", status=status, request_id="7", form=AWS)
    assert dict(start["headers"])[b"x-amzn-errortype"] == name


@pytest.mark.parametrize(
    ("code", "status", "kind", "name"),
    [
        (Code.BODY_TOO_LARGE, 413, "request_too_large", "OUT_OF_RANGE"),
        (Code.BAD_REQUEST, 408, "bad_request", "INVALID_ARGUMENT"),
        (Code.INTERNAL, 500, "internal_error", "INTERNAL"),
    ],
)
def test_each_refusal_names_its_kind(code: Code, status: int, kind: str, name: str) -> None:
    error = _error(code, status=status)["error"]
    assert (error["type"], error["status"], error["code"]) == (kind, name, code.value)


@pytest.mark.parametrize("code", Code)
def test_no_refusal_looks_like_a_providers_own_error(code: Code) -> None:
    assert _error(code)["error"]["type"] not in {"invalid_request_error", "rate_limit_error"}
