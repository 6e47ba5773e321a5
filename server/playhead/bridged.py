"""A recorded answer told in the other form: a stream as a plain answer, or the other way round.

What was recorded for the opposite wish is only used where it is the whole of an answer. An error
is what it is: providers answer a request for a stream with one in plain JSON, too.
"""

import json
from dataclasses import replace

from playhead.cassette import Headers, Interaction, Response
from playhead.dialects import recorded_route
from playhead.fold import fold
from playhead.lenient import Json, mappings
from playhead.unfold import unfold
from playhead.wish import Wish, opposite_url


class NotBridged(Exception):
    """A recorded answer that cannot be told in the other form; its text says why."""


def bridged(interaction: Interaction, wish: Wish) -> Interaction:
    """Return `interaction` as if recorded with this wish, the opposite of what it was.

    Status, headers and the time to the headers stay, but the content type is that of the new
    form. Raise NotBridged where its body is not the whole of such an answer.
    """
    request, operation = interaction.request, recorded_route(interaction).operation
    asked = replace(request, url=opposite_url(request.url, operation))
    if interaction.response.status >= 400:
        return replace(interaction, request=asked)
    told = _unfolded if wish.streams else _folded
    return replace(interaction, request=asked, response=told(interaction, wish))


def _unfolded(interaction: Interaction, wish: Wish) -> Response:
    response, operation = interaction.response, wish.plain.route.operation
    body = unfold(operation, response.body, usage=wish.usage, sse=wish.sse)
    if body is None:
        raise NotBridged("holds no plain answer")
    is_array = operation == "generateContent" and not wish.sse
    media_type = "application/json" if is_array else "text/event-stream"
    return _with(response, body, media_type)


def _folded(interaction: Interaction, wish: Wish) -> Response:
    response = interaction.response
    answer = fold(interaction)
    if answer is None:
        raise NotBridged("holds no stream")
    if answer.get("error"):
        raise NotBridged("holds an error in its stream")
    if not _is_whole(answer, wish.plain.route.operation):
        raise NotBridged("holds a stream that was cut short")
    whole = _with(response, json.dumps(answer).encode(), "application/json")
    # A plain answer is sent when the whole of it is known.
    return replace(whole, duration=response.duration + sum(response.event_offsets[-1:]))


def _is_whole(answer: dict[str, Json], operation: str) -> bool:
    """Whether a stream came to the end that its grammar names."""
    match operation:
        case "chat.completions":
            ends = [choice.get("finish_reason") for choice in mappings(answer.get("choices"))]
        case "responses":
            ends = [answer.get("status") in ("completed", "incomplete")]
        case "generateContent":
            candidates = mappings(answer.get("candidates"))
            ends = [candidate.get("finishReason") for candidate in candidates]
            ends = ends or ["promptFeedback" in answer]
        case _:
            ends = [answer.get("stop_reason")]
    return bool(ends) and all(ends)


def _with(response: Response, body: bytes, media_type: str) -> Response:
    headers: Headers = tuple(pair for pair in response.headers if pair[0].lower() != "content-type")
    return replace(
        response,
        body=body,
        headers=(*headers, ("content-type", media_type)),
        event_offsets=(),
    )
