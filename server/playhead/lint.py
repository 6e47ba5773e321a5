"""What `playhead check` looks for beside broken files: secrets, and requests with two answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playhead.cassette import Interaction
from playhead.folder import Shelf
from playhead.library import Library

# Headers that carry credentials (`cookie` and `set-cookie` hold sessions).
_SECRET_HEADERS = frozenset({
    "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key",
    "x-amz-security-token", "cookie", "set-cookie",
})  # fmt: skip
_REDACTED = re.compile(
    r"(?i)(?:(?:bearer|basic)\s+)?(?:\W*|.*redacted.*|.*dummy.*|fake.*|test.*|x+)"
)
_SECRET_SHAPES = {
    "an OpenAI or Anthropic key": re.compile(rb"\bsk-[A-Za-z0-9_-]{20,}"),
    "a Google key": re.compile(rb"\bAIza[A-Za-z0-9_-]{35}"),
    "a Groq key": re.compile(rb"\bgsk_[A-Za-z0-9]{40,}"),
    "an xAI key": re.compile(rb"\bxai-[A-Za-z0-9]{40,}"),
    "a Hugging Face token": re.compile(rb"\bhf_[A-Za-z0-9]{30,}"),
    "an AWS key id": re.compile(rb"\bAKIA[A-Z0-9]{16}\b"),
    "a GitHub token": re.compile(rb"\bgh[pousr]_[A-Za-z0-9]{36}"),
    "a bearer token": re.compile(rb"(?i)\bbearer [a-z0-9._~+/-]{30,}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A place that holds what looks like a credential; never the credential itself."""

    interaction: str
    file: str
    place: str
    kind: str

    def __str__(self) -> str:
        return f"{self.file}: {self.interaction}: {self.place}: {self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was found; each tie is the names of the interactions that answer one request."""

    secrets: list[Secret]
    ties: list[list[str]]


def lint(library: Library) -> Findings:
    """Return what a person should look at in cassettes that are served."""
    return Findings(
        secrets=_secrets(library.shelf),
        ties=[[interaction.name for interaction in same] for same in library.ties()],
    )


def _secrets(shelf: Shelf) -> list[Secret]:
    return [
        Secret(interaction=interaction.name, file=cassette.file, place=place, kind=kind)
        for cassette in shelf.cassettes
        for interaction in cassette.interactions
        for place, kind in _leaks(interaction)
    ]


def _leaks(interaction: Interaction) -> Iterator[tuple[str, str]]:
    for side, message in (("request", interaction.request), ("response", interaction.response)):
        for name, value in message.headers:
            if name.lower() in _SECRET_HEADERS and not _REDACTED.fullmatch(value):
                yield f"{side}.headers.{name}", "a credential"
        for kind, shape in _SECRET_SHAPES.items():
            if shape.search(message.body):
                yield f"{side}.body", kind
    for kind, shape in _SECRET_SHAPES.items():
        if shape.search(interaction.request.url.encode("utf-8", "surrogatepass")):
            yield "request.url", kind
