"""The Node clients: which there are, how they are asked, and what they send of their own."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sdk.exchanges import Exchange
from support.recordings import interaction, write

NODE = Path(__file__).parent / "node"
DEADLINE_SECONDS = 300

Job = dict[str, Any]
Outcome = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Client:
    """One program of `node/`, the packages it imports, and the calls they can make.

    Some clients do not pass on all they receive: events of the types in `keeps_back`, or fields
    that they have no type for.
    """

    packages: tuple[str, ...]
    program: str
    calls: tuple[str, ...]
    keeps_back: tuple[str, ...] = ()
    drops_fields: bool = False

    def do(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Do the jobs in one process; return an outcome for each."""
        if not jobs:
            return []
        done = subprocess.run(
            ["node", self.program],
            input=json.dumps(jobs),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=NODE,
            timeout=DEADLINE_SECONDS,
            check=True,
        )
        outcomes: list[Outcome] = json.loads(done.stdout)
        assert len(outcomes) == len(jobs)
        return outcomes

    def as_parameter(self) -> Any:
        """This client as a parameter of a test, skipped where node or its packages are not."""
        return pytest.param(self, marks=needs(*self.packages), id=self.packages[0])


def needs(*packages: str) -> pytest.MarkDecorator:
    """Skip a test where node or one of its packages is not installed."""
    there = all((NODE / "node_modules" / package).is_dir() for package in packages)
    reason = f"needs node, and `npm install --prefix tests/sdk/node` for {packages}"
    return pytest.mark.skipif(not (there and shutil.which("node")), reason=reason)


VERBATIM = (
    Client(packages=("openai",), program="openai.mjs", calls=("chat", "responses")),
    Client(
        packages=("@anthropic-ai/sdk",),
        program="anthropic.mjs",
        calls=("messages",),
        keeps_back=("ping",),
    ),
    Client(
        packages=("@google/genai",),
        program="google.mjs",
        calls=("generate",),
        drops_fields=True,
    ),
)
"""Those that can be made to send a recorded body as it is."""

AI_SDK = tuple(
    Client(packages=(package, "ai"), program="ai.mjs", calls=calls)
    for package, calls in {
        "@ai-sdk/openai": ("chat", "responses"),
        "@ai-sdk/openai-compatible": ("chat",),
        "@ai-sdk/anthropic": ("messages",),
        "@ai-sdk/google": ("generate",),
    }.items()
)
"""Those that make a request of their own out of a prompt."""


def ai_job(client: Client, exchange: Exchange, *, prompt: str = "Say hello") -> Job:
    """What asks for the call of `exchange`, without a base URL."""
    return {
        "package": client.packages[0],
        "call": exchange.call,
        "stream": exchange.stream,
        "prompt": prompt,
    }


def record(client: Client, asked: Sequence[Exchange], folder: Path) -> list[Outcome]:
    """Write cassettes 0, 1, … of what `client` sends itself, each with the answer of an exchange.

    What comes back is what the client made of the answers.
    """
    with live(asked) as provider:
        outcomes = client.do([{**ai_job(client, each), "base": provider.origin} for each in asked])
    for at, (exchange, (path, body)) in enumerate(zip(asked, provider.received, strict=True)):
        recorded = interaction(
            body,
            exchange.recorded.body,
            url=f"https://api.example.com{path}",
            headers={"Content-Type": [exchange.content_type]},
        )
        write(folder, str(at), recorded)
    return outcomes


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Where a live provider listens, and the path and body of each request to it so far."""

    origin: str
    received: list[tuple[str, bytes]]


@contextmanager
def live(answers: Sequence[Exchange]) -> Iterator[Provider]:
    """A provider made of the standard library: the nth request gets the nth answer's bytes."""
    received: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = answers[len(received)]
            received.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.send_header("content-type", answer.content_type)
            self.send_header("content-length", str(len(answer.recorded.body)))
            self.end_headers()
            self.wfile.write(answer.recorded.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Provider(origin=f"http://127.0.0.1:{server.server_port}", received=received)
        finally:
            server.shutdown()
            thread.join()
