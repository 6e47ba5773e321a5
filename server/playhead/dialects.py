"""What a path means: one row for each operation, whatever prefix it came under.

A provider is a row here, never a module. The first row whose pattern matches wins; a path that
matches none replays as itself, and its operation is the path.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from playhead.cassette import Interaction


class ErrorForm(Enum):
    """What a refusal must look like for the clients of a dialect to read it."""

    STANDARD = "standard"
    """The one body that OpenAI's, Anthropic's and most other clients read."""
    GOOGLE = "google"
    """The same with a number for a code: Google's clients read an error only so."""
    AWS = "aws"
    """The same with the message on top, and the error's name in a header (smithy.io, restJson1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One row: an operation, how its paths are recognised, and its form of errors.

    Named groups of `path` are path parameters and part of the key, except `deployment`: Azure
    and others put there what is usually in the body, so it only narrows a choice. What a pattern
    does not name (a Vertex project, a Cloudflare account) does not count.

    `streams_by_default` tells what a request without `stream` asks for.
    """

    operation: str
    path: str
    errors: ErrorForm = ErrorForm.STANDARD
    streams_by_default: bool = False


def _row(
    operation: str,
    path: str,
    errors: ErrorForm = ErrorForm.STANDARD,
    *,
    streams_by_default: bool = False,
) -> Dialect:
    return Dialect(
        operation=operation, path=path, errors=errors, streams_by_default=streams_by_default
    )


_ANY = r"(?:.*)"
# A version segment (`v1`, `v1beta1`, DeepSeek's `beta`) or nothing in front. The last word alone
# would be too little: `POST /v1/threads/{id}/messages` is not Anthropic's `messages`.
_VERSION = r"(?:|.*/(?:v\d\w*|beta))"
# The same behind OpenAI's own segment; `GET /v1/forms/{id}/responses` is another's.
_OPENAI = r"(?:|.*/(?:v\d\w*|beta|openai))"
# A model in front: Azure's, Hugging Face's, Vertex's, and Azure's behind Cloudflare's gateway.
_DEPLOYMENT = (
    r".*/(?:deployments|models|endpoints|azure-openai/[^/]+)/(?P<deployment>.+?)(?:/v\d\w*|)"
)
_GOOGLE_MODEL = r".*/(?P<model>(?<=/models/)[^/]+|(?:tunedModels|endpoints)/[^/]+)"
_GOOGLE_VERBS = (
    "generateContent", "streamGenerateContent", "countTokens", "embedContent",
    "batchEmbedContents", "batchGenerateContent", "predict", "predictLongRunning",
    "rawPredict", "streamRawPredict",
)  # fmt: skip
_BEDROCK_VERBS = (
    "invoke", "invoke-with-response-stream", "converse", "converse-stream", "count-tokens",
)  # fmt: skip

DIALECTS: tuple[Dialect, ...] = (
    # OpenAI, and the many that speak as it does, under whatever prefix.
    _row("chat.completions", rf"(?:{_DEPLOYMENT}|{_ANY})/chat/completions"),
    _row("responses", rf"(?:{_DEPLOYMENT}|{_OPENAI})/responses"),
    _row("responses.item", rf"{_OPENAI}/responses/(?P<id>[^/]+)(?P<what>/cancel|/input_items|)"),
    _row("embeddings", rf"(?:{_DEPLOYMENT}|{_OPENAI})/embeddings"),
    _row("completions", rf"(?:{_DEPLOYMENT}|{_VERSION})/completions"),
    _row("images", rf"(?:{_DEPLOYMENT}|{_VERSION})/images/(?P<what>generations|edits|variations)"),
    _row(
        "audio", rf"(?:{_DEPLOYMENT}|{_VERSION})/audio/(?P<what>speech|transcriptions|translations)"
    ),
    _row("moderations", rf"{_VERSION}/moderations"),
    _row("rerank", rf"{_VERSION}/rerank"),
    # Anthropic; on Vertex its requests come as rawPredict, on Bedrock as invoke.
    _row("messages", rf"{_VERSION}/messages"),
    _row("messages.count_tokens", rf"{_VERSION}/messages/count_tokens"),
    _row("messages.batches", rf"{_VERSION}/messages/batches(?P<what>|/.+)"),
    # Gemini and Vertex, with any version or none.
    *(_row(verb, rf"{_GOOGLE_MODEL}:{verb}", ErrorForm.GOOGLE) for verb in _GOOGLE_VERBS),
    # Bedrock; a model may be an ARN, which holds slashes.
    *(_row(verb, rf"{_ANY}/model/(?P<model>.+)/{verb}", ErrorForm.AWS) for verb in _BEDROCK_VERBS),
    # Cohere's own chat, of two versions that are not alike.
    _row("cohere.chat", rf"{_ANY}/(?P<version>v1|v2)/chat"),
    _row("ollama.chat", rf"{_ANY}/api/chat", streams_by_default=True),
    _row("ollama.generate", rf"{_ANY}/api/generate", streams_by_default=True),
    _row("ai.run", rf"{_ANY}/accounts/[^/]+/ai/run/(?P<model>.+)"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one path was found to mean.

    `path` is decoded. `parameters` go into the key. `deployment` is Azure's, and None elsewhere.
    """

    path: str
    operation: str
    parameters: tuple[str, ...] = ()
    deployment: str | None = None
    model: str = ""
    errors: ErrorForm = ErrorForm.STANDARD
    streams_by_default: bool = False


def route(raw_path: str) -> Route:
    """Return what `raw_path` (percent-encoded, without query) means; never fails.

    Paths are compared decoded: recordings of Bedrock hold `%3A` where clients may send `:`.
    """
    return _known_route(raw_path) if len(raw_path) < _LONG else _route(raw_path)


def _route(raw_path: str) -> Route:
    path = re.sub(r"//+", "/", unquote(raw_path, errors="surrogateescape"))
    path = path.removesuffix("/") or "/"
    for dialect in DIALECTS:
        if found := re.fullmatch(dialect.path, path, re.DOTALL):
            parameters = found.groupdict()
            deployment = parameters.pop("deployment", None)
            return Route(
                path=path,
                operation=dialect.operation,
                parameters=tuple(parameters.values()),
                deployment=deployment,
                model=parameters.get("model", ""),
                errors=dialect.errors,
                streams_by_default=dialect.streams_by_default,
            )
    return Route(path=path, operation=path)


_LONG = 1024
_known_route = lru_cache(maxsize=4096)(_route)


def recorded_route(interaction: Interaction) -> Route:
    """Return what the path of a recorded URL means; a URL without one asks for `/`."""
    return route(urlsplit(interaction.request.url).path or "/")
