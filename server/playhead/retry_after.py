"""What an answer says about when to try again, which makes real clients really sleep."""

from enum import Enum


class RetryAfter(Enum):
    """What becomes of the headers that tell a client how long to wait."""

    AS_RECORDED = "as-recorded"
    """They say what was recorded: a client that is told to wait three seconds waits them."""
    ZERO = "zero"
    """They say `0`. Where there are none, none are made."""


_HEADERS = frozenset({"retry-after", "retry-after-ms"})
"""RFC 9110, 10.2.3, and the one in milliseconds that OpenAI's and Azure's clients read first.

Not `x-ratelimit-reset-…`: no client sleeps for it, and applications that read it mean what it says.
"""


def told(name: str, recorded: str, mode: RetryAfter) -> str:
    """Return the value to be sent in the header `name`, which is in lower case."""
    return "0" if mode is RetryAfter.ZERO and name in _HEADERS else recorded
