import json
from typing import Any

import pytest

from playhead.dialects import ErrorForm
from playhead.failure import failure


def _body(status: int, form: ErrorForm) -> Any:
    return json.loads(failure(status, form)[1])


@pytest.mark.parametrize(
    ("status", "type", "code"),
    [
        (400, "invalid_request_error", None),
        (401, "authentication_error", "invalid_api_key"),
        (413, "request_too_large", None),
        (429, "rate_limit_error", "rate_limit_exceeded"),
        (500, "api_error", None),
        (529, "overloaded_error", None),
        (418, "invalid_request_error", None),
        (502, "api_error", None),
    ],
)
def test_openai_and_anthropic_read_their_own_halves_of_one_error(
    status: int, type: str, code: str | None
) -> None:
    body = _body(status, ErrorForm.STANDARD)
    assert body["type"] == "error"
    assert (body["error"]["type"], body["error"]["code"]) == (type, code)


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (429, "RESOURCE_EXHAUSTED"),
        (500, "INTERNAL"),
        (503, "UNAVAILABLE"),
        (403, "PERMISSION_DENIED"),
    ],
)
def test_google_says_a_number_and_a_name(status: int, named: str) -> None:
    error = _body(status, ErrorForm.GOOGLE)["error"]
    assert (error["code"], error["status"]) == (status, named)
    assert error.keys() == {"code", "message", "status"}


@pytest.mark.parametrize(
    ("status", "named"),
    [
        (429, "ThrottlingException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
        (404, "ResourceNotFoundException"),
    ],
)
def test_bedrock_names_its_error_in_a_header(status: int, named: str) -> None:
    headers, body = failure(status, ErrorForm.AWS)
    assert dict(headers)["x-amzn-errortype"] == named
    assert json.loads(body).keys() == {"message"}


@pytest.mark.parametrize("form", ErrorForm)
@pytest.mark.parametrize("status", [400, 404, 429, 500, 529, 599])
def test_every_error_is_json_that_says_who_made_it_and_forbids_no_retry(
    status: int, form: ErrorForm
) -> None:
    headers, body = failure(status, form)
    assert dict(headers)["content-type"] == "application/json"
    assert "x-should-retry" not in dict(headers)
    assert b"an overlay of playhead's" in body
