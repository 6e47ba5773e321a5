"""An error as a provider sends it, for an overlay that gives a status and no body.

Not the form of a refusal: that says what no provider says, and stops clients from trying again.
What is here makes a client do what it does in production: raise its own exception, or wait and
retry.
"""

from functools import lru_cache
from typing import NamedTuple

import orjson

from playhead.cassette import Headers
from playhead.dialects import ErrorForm


class _Words(NamedTuple):
    """What one status is called by Anthropic, OpenAI, Google and Bedrock, and in plain words."""

    type: str
    code: str | None
    status: str
    exception: str
    message: str


_TOO_SLOW = _Words(
    "timeout_error", None, "DEADLINE_EXCEEDED", "ModelTimeoutException", "The request took too long"
)
_OVERLOADED = _Words(
    "overloaded_error", None, "UNAVAILABLE", "ServiceUnavailableException",
    "The model is overloaded",
)  # fmt: skip
_BAD, _SERVER_ERROR = 400, 500

# The tables of errors in Anthropic's API reference, OpenAI's guide to error codes, google.rpc.Code
# and the Bedrock runtime's API reference.
_WORDS = {
    _BAD: _Words(
        "invalid_request_error", None, "INVALID_ARGUMENT", "ValidationException",
        "The request is not valid",
    ),
    401: _Words(
        "authentication_error", "invalid_api_key", "UNAUTHENTICATED",
        "UnrecognizedClientException", "The API key is not valid",
    ),
    403: _Words(
        "permission_error", None, "PERMISSION_DENIED", "AccessDeniedException",
        "The API key may not do this",
    ),
    404: _Words(
        "not_found_error", None, "NOT_FOUND", "ResourceNotFoundException",
        "There is no such thing",
    ),
    408: _TOO_SLOW,
    413: _Words(
        "request_too_large", None, "INVALID_ARGUMENT", "ValidationException",
        "The request is too large",
    ),
    429: _Words(
        "rate_limit_error", "rate_limit_exceeded", "RESOURCE_EXHAUSTED", "ThrottlingException",
        "Too many requests",
    ),
    _SERVER_ERROR: _Words(
        "api_error", None, "INTERNAL", "InternalServerException", "The server had an error",
    ),
    503: _OVERLOADED,
    504: _TOO_SLOW,
    529: _OVERLOADED,
}  # fmt: skip


@lru_cache
def failure(status: int, form: ErrorForm) -> tuple[Headers, bytes]:
    """Return the headers and the body of an error with this status, which is 400 or above.

    Its message says that it was made, since it may be all that is left of it in somebody's log.
    """
    words = _WORDS.get(status) or _WORDS[_SERVER_ERROR if status >= _SERVER_ERROR else _BAD]
    message = f"{words.message} (an overlay of playhead's)"
    content_type = ("content-type", "application/json")
    if form is ErrorForm.GOOGLE:
        error = {"code": status, "message": message, "status": words.status}
        return (content_type,), orjson.dumps({"error": error})
    if form is ErrorForm.AWS:
        named = ("x-amzn-errortype", words.exception)
        return (content_type, named), orjson.dumps({"message": message})
    # OpenAI's and Anthropic's in one: each client reads its own half.
    both = {"type": words.type, "message": message, "param": None, "code": words.code}
    return (content_type,), orjson.dumps({"type": "error", "error": both})
