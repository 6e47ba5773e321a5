"""An answer of ours, in the one form that reaches the exception text of 18 of 18 clients."""

from typing import Any

import orjson

from playhead.dialects import ErrorForm
from playhead.errors import Code

_TYPES = {
    Code.BODY_TOO_LARGE: "request_too_large",
    Code.BAD_REQUEST: "bad_request",
    Code.STATE_UNREACHABLE: "state_unreachable",
    Code.INTERNAL: "internal_error",
}
_STATUS_NAMES = {404: "NOT_FOUND", 500: "INTERNAL", 413: "OUT_OF_RANGE"}

_AWS_ERRORS = {404: b"ResourceNotFoundException", 500: b"InternalServerException"}


def messages(
    code: Code,
    message: str,
    *,
    status: int,
    request_id: str,
    form: ErrorForm = ErrorForm.STANDARD,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two ASGI messages of a refusal.

    The top-level `type` is for the AI SDK's Anthropic reader, `status` and on Google's paths the
    numeric `code` for its Google reader. `error.type` is a word of ours: with OpenAI's
    `invalid_request_error` litellm would raise another exception. `x-should-retry: false` stops
    OpenAI's and Anthropic's clients from sending the request again. botocore takes the error's
    name from the header `x-amzn-errortype` and its text from a `message` at the top.
    """
    error = {
        "message": message,
        "type": _TYPES.get(code, "no_recording_matched"),
        "param": None,
        "code": status if form is ErrorForm.GOOGLE else code.value,
        "status": _STATUS_NAMES.get(status, "INVALID_ARGUMENT"),
    }
    whole = {"type": "error", "error": error, "request_id": request_id}
    if form is ErrorForm.AWS:
        whole["message"] = message
    body = orjson.dumps(whole)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-should-retry", b"false"),
        (b"x-request-id", request_id.encode()),
        (b"request-id", request_id.encode()),
    ]
    if form is ErrorForm.AWS:
        headers.append((b"x-amzn-errortype", _AWS_ERRORS.get(status, b"ValidationException")))
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}
