"""What a path means: one row for each operation, whatever prefix it came under.

A provider is a row here, never a module. The first row whose pattern matches wins; a path that
matches none replays as itself, and its operation is the path.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from playhead.cassette import Interaction

# A version segment (`v1`, `v1beta1`, `v4`) or nothing in front. `POST /v1/threads/{id}/messages`
# is not Anthropic's `messages`, so a generic last word needs one of these before it.
_VERSION = r"(?:^|.*/v\d\w*)"
_ANYTHING = r"(?:^|.*)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One row: an operation, and how its paths are recognised.

    Named groups of `path` are path parameters and part of the key, except `deployment`: Azure
    puts there what others put in the body, so it only narrows a choice. `numeric_error_code`:
    Google's clients read an error only if its code is a number.
    """

    operation: str
    path: str
    numeric_error_code: bool = False


def _row(operation: str, path: str, *, numeric_error_code: bool = False) -> Dialect:
    return Dialect(operation=operation, path=path, numeric_error_code=numeric_error_code)


_DEPLOYMENT = r"(?:.*/deployments/(?P<deployment>[^/]+)|.*)"

DIALECTS: tuple[Dialect, ...] = (
    _row("chat.completions", _DEPLOYMENT + r"/chat/completions"),
    _row("responses", _ANYTHING + r"/responses"),
    _row("embeddings", _DEPLOYMENT + r"/embeddings"),
    _row("messages", _VERSION + r"/messages"),
    _row("completions", r"(?:.*/deployments/(?P<deployment>[^/]+)|^|.*/v\d\w*)/completions"),
    _row(
        "generateContent",
        _ANYTHING + r"/models/(?P<model>[^/]+):generateContent",
        numeric_error_code=True,
    ),
    _row(
        "streamGenerateContent",
        _ANYTHING + r"/models/(?P<model>[^/]+):streamGenerateContent",
        numeric_error_code=True,
    ),
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
    numeric_error_code: bool = False


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
                numeric_error_code=dialect.numeric_error_code,
            )
    return Route(path=path, operation=path)


_LONG = 1024
_known_route = lru_cache(maxsize=4096)(_route)


def recorded_route(interaction: Interaction) -> Route:
    """Return what the path of a recorded URL means; a URL without one asks for `/`."""
    return route(urlsplit(interaction.request.url).path or "/")
