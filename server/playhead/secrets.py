"""What looks like a credential in recordings, and what rules say is redacted and is not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playhead import texts
from playhead.cassette import Interaction
from playhead.configuration import Configuration
from playhead.folder import Shelf
from playhead.rules import Replacement

# Headers that carry credentials (`cookie` and `set-cookie` hold sessions).
_SECRET_HEADERS = frozenset({
    "authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key",
    "x-amz-security-token", "cookie", "set-cookie",
})  # fmt: skip
# What recorders and people write in the place of one: `X-API-KEY-XXX`, `<filtered>`, `{{KEY}}`.
_REDACTED = re.compile(
    r"(?i)(?:(?:bearer|basic)\s+)?"
    r"(?:\W*|.*(?:redacted|filtered|scrubbed|removed|masked|hidden|dummy|x{3,}|\*{3,}).*"
    r"|fake.*|(?:sk-)?test.*|x+|null|none|playhead\S*|<.*>|\{\{.*\}\}|\$\{.*\}|%.*%)",
    re.DOTALL,
)
# Cloudflare's own, which tell one visitor of a site from another and open nothing.
_HARMLESS_COOKIE = re.compile(r"(?:__cf_bm|_cfuvid|__cflb)=")
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
# What each shape begins with, in lower case. To look for these takes a hundredth of the time.
_BEGINNINGS = {
    "an OpenAI or Anthropic key": (b"sk-",),
    "a Google key": (b"aiza",),
    "a Groq key": (b"gsk_",),
    "an xAI key": (b"xai-",),
    "a Hugging Face token": (b"hf_",),
    "an AWS key id": (b"akia",),
    "a GitHub token": (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"),
    "a bearer token": (b"bearer ",),
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


def secrets(shelf: Shelf) -> list[Secret]:
    """Return the places of all that looks like a secret in the cassettes of `shelf`."""
    return [
        Secret(interaction=interaction.name, file=cassette.file, place=place, kind=kind)
        for cassette in shelf.cassettes
        for interaction in cassette.interactions
        for place, kind in (
            *_leaks(interaction),
            *_not_redacted(interaction, shelf.configuration(cassette.name)),
        )
    ]


def _leaks(interaction: Interaction) -> Iterator[tuple[str, str]]:
    for side, message in (("request", interaction.request), ("response", interaction.response)):
        for name, value in message.headers:
            if name.lower() in _SECRET_HEADERS and not _is_harmless(value):
                yield f"{side}.headers.{name}", "a credential"
        for kind in _kinds(message.body):
            yield f"{side}.body", kind
    for kind in _kinds(interaction.request.url.encode("utf-8", "surrogatepass")):
        yield "request.url", kind


def _is_harmless(value: str) -> bool:
    return bool(_REDACTED.fullmatch(value) or _HARMLESS_COOKIE.match(value))


def _kinds(text: bytes) -> Iterator[str]:
    """Yield the kinds of credentials that `text` seems to hold."""
    lowered = text.lower()
    for kind, shape in _SECRET_SHAPES.items():
        if any(each in lowered for each in _BEGINNINGS[kind]) and shape.search(text):
            yield kind


def _not_redacted(interaction: Interaction, applied: Configuration) -> Iterator[tuple[str, str]]:
    """What a `redact` rule takes out of requests, and a recording still holds."""
    rules = [
        (stated.rule, f"what `redact` takes out ({stated.place})")
        for stated in applied.stated
        if stated.name == "redact" and isinstance(stated.rule, Replacement)
    ]
    if not rules:
        return
    places = {
        "request.body": list(texts.in_body(interaction.request.body)),
        "response.body": list(texts.in_body(interaction.response.body)),
        "request.url": [interaction.request.url],
    }
    for rule, kind in rules:
        for place, held in places.items():
            if any(rule.applied(text) != text for text in held):
                yield place, kind
