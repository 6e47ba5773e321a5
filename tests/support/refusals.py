"""The one form of every answer that is not a recording."""

from typing import Any

import orjson

from support.wire import Reply

LONGEST_MESSAGE = 399


def error_in(reply: Reply) -> dict[str, Any]:
    """Return the error of a refusal, after a look at everything that all refusals share."""
    assert reply.header("content-type") == "application/json", reply
    assert reply.header("x-should-retry") == "false"
    assert reply.header("content-length") == str(len(reply.body))
    number = reply.header("x-request-id")
    assert reply.header("request-id") == number
    answer = orjson.loads(reply.body)
    assert set(answer) == {"type", "error", "request_id"}
    assert answer["type"] == "error"
    assert answer["request_id"] == number
    error: dict[str, Any] = answer["error"]
    assert set(error) == {"message", "type", "param", "code", "status"}
    assert error["param"] is None
    assert isinstance(error["status"], str)
    message: str = error["message"]
    assert message.startswith("playhead: ")
    assert message.isprintable()
    assert len(message) <= LONGEST_MESSAGE
    return error
