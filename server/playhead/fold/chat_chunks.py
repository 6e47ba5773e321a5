"""`chat.completion.chunk`s as one `chat.completion`, by the rules of OpenAI's own client."""

from playhead.fold.joining import add
from playhead.lenient import Json, mapping, mappings, number

_CHUNK = "chat.completion.chunk"
_PIECEWISE = ("delta", "finish_reason", "logprobs", "message", "index")
_LATEST = ("usage", "system_fingerprint")
# `p` and `obfuscation` only hide the length of an event from who watches the wire.
_NOT_BESIDE = ("choices", "object", "p", "obfuscation")


def fold_chat(chunks: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the completion that `chunks` make; what a cut stream did not bring is missing.

    Chunks of another kind are left out, as the client does it: Azure sends its content filter's
    findings so. A provider that names no kind at all is believed. An error in the stream stands
    in `error`.
    """
    own = [chunk for chunk in chunks if chunk.get("object") == _CHUNK or "error" in chunk]
    completion: dict[str, Json] = {}
    choices: dict[int, dict[str, Json]] = {}
    for chunk in own if any("choices" in chunk for chunk in own) else chunks:
        _note(completion, chunk)
        for piece in mappings(chunk.get("choices")):
            _add_choice(choices.setdefault(number(piece.get("index")), {}), piece)
    if choices or "error" not in completion:
        completion["object"] = "chat.completion"
        completion["choices"] = [_finished(choices[at], at) for at in sorted(choices)]
    return completion


def _note(completion: dict[str, Json], chunk: dict[str, Json]) -> None:
    """Of what stands beside the choices the first counts; of the usage, which grows, the last."""
    for name, value in chunk.items():
        latest = name in _LATEST and value is not None
        if latest or (name not in _NOT_BESIDE and completion.get(name) is None):
            completion[name] = value


def _add_choice(choice: dict[str, Json], piece: dict[str, Json]) -> None:
    for name, value in piece.items():
        if name not in _PIECEWISE and choice.get(name) is None:
            choice[name] = value
    choice["finish_reason"] = piece.get("finish_reason") or choice.get("finish_reason")
    add(choice.setdefault("message", {}), mapping(piece.get("delta")))
    if "logprobs" in piece:
        kept = choice.setdefault("logprobs", None)  # plain answers say null, too
        if isinstance(piece["logprobs"], dict):
            choice["logprobs"] = mapping(kept)
            add(choice["logprobs"], piece["logprobs"])


def _finished(choice: dict[str, Json], index: int) -> dict[str, Json]:
    """Plain answers do not number their tool calls; streams do, and not always in order."""
    message = choice["message"]
    calls = message.get("tool_calls")
    if isinstance(calls, list):
        calls = sorted(mappings(calls), key=lambda call: number(call.get("index")))
        message["tool_calls"] = [_without_index(call) for call in calls]
    return {"index": index, **choice}


def _without_index(call: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in call.items() if name != "index"}
