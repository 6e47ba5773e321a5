"""Every error playhead raises on purpose.

    PlayheadError
    ├── CassetteError      a file that cannot be served: says the file, the line and the reason
    ├── NotACassette       a file that is readable but is something else: skipped quietly
    ├── CouldNotStart      processes that were to serve ended before they did
    └── Refusal            a request that no recording answers: becomes an HTTP answer
        └── StateUnreachable   where servers share their state: it cannot be reached

A `Refusal` is raised anywhere between the bytes coming in and the take, and becomes an answer
in one place, `player`.
"""

from enum import Enum


class PlayheadError(Exception):
    """The base of all errors raised on purpose; never raised itself."""


class CassetteError(PlayheadError):
    """A cassette that cannot be served; `line` counts from 1 and is 0 where none is to blame."""

    def __init__(self, reason: str, *, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class NotACassette(PlayheadError):
    """A file that is not a recording, so that nothing is lost by not serving it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Code(Enum):
    """Why a request was refused; `error.code` in the answer."""

    NO_CASSETTES = "no_cassettes"
    UNKNOWN_OPERATION = "unknown_operation"
    BODY_DIFFERS = "body_differs"
    NOT_BRIDGED = "not_bridged"
    EXHAUSTED = "exhausted"
    UNKNOWN_CASSETTE = "unknown_cassette"
    BODY_TOO_LARGE = "body_too_large"
    BAD_REQUEST = "bad_request"
    STATE_UNREACHABLE = "state_unreachable"
    INTERNAL = "internal"


class CouldNotStart(PlayheadError):
    """Processes that were to serve ended before they did; each has said why."""


class Refusal(PlayheadError):
    """A request that is not answered from a recording.

    `status` is 404 for everything a client under test can cause by asking for what was not
    recorded: of 17 statuses driven through 18 clients only 400 and 404 were sent once by all,
    and 400 is the one that applications catch.
    """

    def __init__(self, code: Code, message: str, *, status: int = 404) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


class StateUnreachable(Refusal):
    """The state that servers share cannot be reached: says which and why, without credentials.

    Nobody can know which recording is next. At the start it keeps a server from starting.
    """

    def __init__(self, message: str) -> None:
        super().__init__(Code.STATE_UNREACHABLE, message, status=500)
