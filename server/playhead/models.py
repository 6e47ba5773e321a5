"""`GET /v1/models`: which models the recordings are of, for clients that look first."""

import json
import re

import orjson

from playhead.dialects import recorded_route
from playhead.library import Library

PATH = re.compile(r"(?:/openai|/api)?(?:/v\d\w*){0,2}/models")


def listing(library: Library, scope: str | None) -> bytes:
    """Return the recorded models in reach as JSON: OpenAI's list, which Anthropic's SDK reads too.

    It takes a parse of each recorded body, so it is no work for the event loop.
    """
    names = sorted(recorded_models(library, scope))
    data = [
        {
            "id": name,
            "object": "model",
            "created": 0,
            "owned_by": "playhead",
            "type": "model",
            "display_name": name,
            "created_at": "1970-01-01T00:00:00Z",
        }
        for name in names
    ]
    first, last = (names[0], names[-1]) if names else (None, None)
    page = {"object": "list", "data": data, "has_more": False, "first_id": first, "last_id": last}
    return json.dumps(page).encode()  # a path may hold what is not UTF-8, and orjson refuses it


def recorded_models(library: Library, scope: str | None) -> set[str]:
    """Return the models that requests name, in their body or in their path."""
    names: set[str] = set()
    for interaction in library.in_scope(scope):
        names.add(recorded_route(interaction).model)
        names.add(model_in(interaction.request.body))
    return names - {""}


def model_in(body: bytes) -> str:
    """Return the model that a request's body names; empty where it names none."""
    try:
        value = orjson.loads(body)
    except ValueError:
        return ""
    model = value.get("model") if isinstance(value, dict) else None
    return model if isinstance(model, str) else ""
