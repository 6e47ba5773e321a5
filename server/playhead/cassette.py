"""The values a cassette is made of: frozen, and checked by the reader that made them."""

from dataclasses import dataclass
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Name and value pairs as recorded: order and repetition kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was sent: `url` is absolute, or a path where a person wrote the cassette.

    `protocol` is spelled as Go spells it, such as `HTTP/1.1`, and empty where the recorder did
    not store it; so is `started`, the ISO 8601 time of the request.
    """

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""
    protocol: str = ""
    started: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back.

    `duration` is the time in seconds from the request to the response headers, nothing more:
    go-vcr takes it around the round trip and reads the body afterwards. `event_offsets` are
    seconds from those headers to each event, and empty where the recorder did not store them.
    `complete` is False where the recorder says that the answer was broken off. `reason` is the
    text beside the status, such as `Not Found`. `uncompressed` is True where the recorder says
    that its client unpacked the body and took the `content-encoding` away, as Go's does.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    duration: float = 0.0
    event_offsets: tuple[float, ...] = ()
    complete: bool = True
    reason: str = ""
    protocol: str = ""
    uncompressed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Interaction:
    """One recorded request and its response; `id` counts from 0 within the cassette.

    Two interactions are never equal, however alike: which one answers is what matters. `overlay`
    is 0 for what was recorded; an answer that an overlay puts before it has its number there.
    """

    cassette: str
    id: int
    request: Request
    response: Response
    overlay: int = 0

    @property
    def name(self) -> str:
        """The interaction's full name, such as `openai/gpt-4o/simple#0`."""
        return f"{self.cassette}#{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cassette:
    """One file of interactions; `name` is its path below the served folder, without ending.

    `notes` are things a person should look at that do not stop the cassette from being served.
    """

    name: str
    file: str
    format: str
    interactions: tuple[Interaction, ...]
    notes: tuple[str, ...] = ()
