"""The chunks of `streamGenerateContent` as the answer of `generateContent`.

Google's Python client has no accumulator; the rule is ours, and every chunk's part survives it.
Parts of one candidate are joined in their order; a text goes on the text before it when both are
thoughts or both are not, and a signature ends a text. A call whose arguments are streamed is one
call. Of all else the last that was given stands.
"""

from playhead.fold.joining import add
from playhead.fold.partial_args import CALL, call_of, goes_on
from playhead.lenient import Json, mapping, mappings, number

_SIGNATURES = ("thoughtSignature", "thought_signature")
_TEXT_ONLY = frozenset({"text", "thought", *_SIGNATURES})
_LOGPROBS = ("logprobsResult", "logprobs_result")


def fold_gemini(chunks: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the answer that `chunks` make; an error in the stream stands in `error`."""
    answer: dict[str, Json] = {}
    candidates: dict[int, dict[str, Json]] = {}
    for chunk in chunks:
        answer |= {name: value for name, value in chunk.items() if value is not None}
        for piece in mappings(chunk.get("candidates")):
            _add(candidates.setdefault(number(piece.get("index")), {}), piece)
    if candidates:
        answer["candidates"] = [candidates[at] for at in sorted(candidates)]
    return answer


def _add(candidate: dict[str, Json], piece: dict[str, Json]) -> None:
    for name, value in piece.items():
        if name == "content":
            _add_content(candidate.setdefault("content", {}), mapping(value))
        elif name in _LOGPROBS and isinstance(value, dict):
            candidate[name] = mapping(candidate.get(name))
            add(candidate[name], value)
        elif value is not None:
            candidate[name] = value


def _add_content(content: dict[str, Json], piece: dict[str, Json]) -> None:
    content |= {name: value for name, value in piece.items() if name != "parts"}
    for part in mappings(piece.get("parts")):
        parts = content.setdefault("parts", [])
        if _adds_to_call(parts, part):
            continue
        if parts and _goes_on(parts[-1], part):
            parts[-1] = {**parts[-1], **part, "text": parts[-1]["text"] + part["text"]}
        else:
            parts.append(part)


def _adds_to_call(parts: list[dict[str, Json]], part: dict[str, Json]) -> bool:
    """Whether `part` is a piece of a call; if it is, it has been added to the call in `parts`."""
    name = next((name for name in CALL if isinstance(part.get(name), dict)), None)
    if name is None:
        return False
    last = next((each for each in reversed(parts) if name in each), None)
    if last is not None and goes_on(mapping(last[name]), part[name]):
        last |= {**part, name: call_of(mapping(last[name]), part[name])}
    else:
        parts.append({**part, name: call_of({}, part[name])})
    return True


def _goes_on(before: dict[str, Json], part: dict[str, Json]) -> bool:
    return (
        all(_is_text(each) for each in (before, part))
        and bool(before.get("thought")) == bool(part.get("thought"))
        and not any(before.get(name) for name in _SIGNATURES)
    )


def _is_text(part: dict[str, Json]) -> bool:
    return isinstance(part.get("text"), str) and part.keys() <= _TEXT_ONLY
