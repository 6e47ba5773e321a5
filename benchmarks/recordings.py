"""Makes the requests, the bodies and the cassettes that the benchmarks replay."""

import json
import random
from collections.abc import Iterable
from pathlib import Path

PATH = "/v1/chat/completions"

_PROSE = (
    "the a of to and in is that for it with as was on are by this be from or have an they which "
    "one you were all her she there would their we him been has when who will no more if out so "
    "model answer token prompt cassette replay stream event request server client header number"
)
_WORDS = _PROSE.split()


def text(size: int, dice: random.Random) -> str:
    """Return `size` characters of words: prose is what real bodies mostly hold."""
    return " ".join(dice.choices(_WORDS, k=size // 2 + 1))[:size]


def request_body(size: int, dice: random.Random) -> bytes:
    """Return a chat request of about `size` bytes that asks for a stream."""
    body = {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": text(max(1, size - 110), dice)}],
        "max_tokens": 4000,
        "stream": True,
    }
    return json.dumps(body, separators=(",", ":")).encode()


def stream_body(events: int, size: int, dice: random.Random) -> bytes:
    """Return a chat stream of `events` events and about `size` bytes, `[DONE]` included."""
    per_event = size // events
    pieces = [f"data: {_chunk(per_event, dice)}\n\n" for _ in range(events - 1)]
    return "".join([*pieces, "data: [DONE]\n\n"]).encode()


def _chunk(size: int, dice: random.Random) -> str:
    chunk = {
        "id": "chatcmpl-CRdyjrv70pWoCSnjiX81dksuhZK0H",
        "object": "chat.completion.chunk",
        "created": 1760704569,
        "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": None}],
    }
    missing = size - len(json.dumps(chunk, separators=(",", ":"))) - 8
    chunk["choices"] = [
        {"index": 0, "delta": {"content": text(max(1, missing), dice)}, "finish_reason": None}
    ]
    return json.dumps(chunk, separators=(",", ":"))


def write_cassette(path: Path, exchanges: Iterable[tuple[bytes, bytes]]) -> None:
    """Write a cassette of request and response bodies in the form go-vcr gives it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    interactions = [
        _interaction(number, asked.decode(), answered.decode())
        for number, (asked, answered) in enumerate(exchanges)
    ]
    path.write_text("---\nversion: 2\ninteractions:\n" + "".join(interactions))


def _interaction(number: int, asked: str, answered: str) -> str:
    is_stream = answered.startswith("data:")
    content_type = "text/event-stream; charset=utf-8" if is_stream else "application/json"
    return f"""\
- id: {number}
  request:
    proto: HTTP/1.1
    proto_major: 1
    proto_minor: 1
    content_length: {len(asked.encode())}
    host: ""
    body: {_quoted(asked)}
    headers:
      Accept:
      - application/json
      Content-Type:
      - application/json
      User-Agent:
      - OpenAI/Go 2.3.0
    url: https://api.openai.com{PATH}
    method: POST
  response:
    proto: HTTP/2.0
    proto_major: 2
    proto_minor: 0
    content_length: -1
    body: {_block(answered) if is_stream else _quoted(answered)}
    headers:
      Content-Type:
      - {content_type}
    status: 200 OK
    code: 200
    duration: 834.2ms
"""


def _quoted(body: str) -> str:
    return "'" + body.replace("'", "''") + "'"


def _block(body: str) -> str:
    lines = [f"      {line}" if line else "" for line in body.split("\n")[:-1]]
    return "|+\n" + "\n".join(lines)


def many_interactions(
    folder: Path, *, files: int, per_file: int, streams_every: int
) -> list[bytes]:
    """Write `files` cassettes of distinct 2 KB requests; return the requests answered by streams.

    One in `streams_every` has the answer of 21 events and 12 KB, the last one among them; the
    rest have short answers, or the folder would not fit into memory twice.
    """
    dice = random.Random(2)
    common = request_body(2000, dice).decode()
    stream = stream_body(21, 12_000, dice)
    asked = []
    for file in range(files):
        exchanges = []
        for at in range(per_file):
            number = file * per_file + at + 1
            request = common.replace('"content":"', f'"content":"{number:08d} ', 1).encode()
            is_asked = number % streams_every == 0
            exchanges.append((request, stream if is_asked else b'{"answer":%d}' % number))
            if is_asked:
                asked.append(request)
        write_cassette(folder / f"{file // 100:02d}" / f"{file % 100:02d}.yaml", exchanges)
    return asked


def realistic_folder(folder: Path, *, files: int) -> None:
    """Write `files` cassettes of 1 or 2 interactions, sized like those of charmbracelet/fantasy.

    Responses: median 2.4 kB, 95 % below 20 kB, half of them streams. Requests: median 0.7 kB.
    """
    dice = random.Random(3)
    for file in range(files):
        exchanges = [_realistic_exchange(dice) for _ in range(dice.choice((1, 2)))]
        write_cassette(folder / f"{file // 100:03d}" / f"{file % 100:02d}.yaml", exchanges)


def _realistic_exchange(dice: random.Random) -> tuple[bytes, bytes]:
    size = min(200_000, int(2400 * dice.lognormvariate(0, 1.29)))
    asked = request_body(int(700 * dice.lognormvariate(0, 0.8)), dice)
    if dice.random() < 0.5:
        return asked, stream_body(max(2, size // 330), size, dice)
    answer = {"object": "chat.completion", "choices": [{"message": {"content": text(size, dice)}}]}
    return asked, json.dumps(answer, separators=(",", ":")).encode()
