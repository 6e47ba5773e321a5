"""`GET /v1/models` and what others call it: which models the recordings are of.

For clients that look first. One page serves OpenAI's, Anthropic's and Google's: OpenAI's and
Anthropic's read `data`, Google's read `models`. Ollama's read `models`, too, but otherwise.
"""

import json
import re
from enum import Enum
from typing import Any

import orjson

from playhead.dialects import recorded_route
from playhead.library import Library

_TAGS = "/api/tags"
PATH = re.compile(rf"(?:/openai|/api)?(?:.*/v\d\w*)?/models|.*{_TAGS}", re.DOTALL)
"""Behind a version any prefix will do; `/x/models` may be anything."""


class Form(Enum):
    """Whose list of models it is."""

    STANDARD = "standard"
    """OpenAI's, Anthropic's and Google's in one."""
    OLLAMA = "ollama"


def form(path: str) -> Form:
    """Return the form of the list that is asked for at `path`."""
    return Form.OLLAMA if path.endswith(_TAGS) else Form.STANDARD


def listing(library: Library, scope: str | None, form: Form = Form.STANDARD) -> bytes:
    """Return the recorded models in reach as JSON.

    It takes a parse of each recorded body, so it is no work for the event loop.
    """
    names = sorted(recorded_models(library, scope))
    page = _tags(names) if form is Form.OLLAMA else _page(names)
    return json.dumps(page).encode()  # a path may hold what is not UTF-8, and orjson refuses it


def _tags(names: list[str]) -> dict[str, Any]:
    """Ollama's list, with all that its clients demand."""
    unknown = {"modified_at": "1970-01-01T00:00:00Z", "size": 0, "digest": "", "details": {}}
    return {"models": [{"name": name, "model": name, **unknown} for name in names]}


def _page(names: list[str]) -> dict[str, Any]:
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
    return {
        "object": "list",
        "data": data,
        "has_more": False,
        "first_id": first,
        "last_id": last,
        "models": [{"name": f"models/{name}", "displayName": name} for name in names],
    }


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
