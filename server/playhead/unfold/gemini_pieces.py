"""An answer of `generateContent` as the chunks of `streamGenerateContent`.

Each chunk is an answer of its own with a piece of one candidate; what counts for the whole (why
it finished, what it used) comes with the last one.
"""

from collections.abc import Iterator

from playhead.lenient import Json, mapping, mappings
from playhead.unfold.words import words

_REPEATED = ("modelVersion", "responseId", "createTime")
_CUT = {"text", "thought", "thoughtSignature", "thought_signature"}


def gemini_chunks(answer: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Yield the chunks of `answer`."""
    head = {name: answer[name] for name in _REPEATED if name in answer}
    candidates = [
        piece for candidate in mappings(answer.get("candidates")) for piece in _pieces(candidate)
    ]
    for piece in candidates[:-1]:
        yield {"candidates": [piece], **head}
    yield {**answer, "candidates": candidates[-1:]} if candidates else answer


def _pieces(candidate: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """The candidate part by part; all that stands beside its parts comes with the last one."""
    content = mapping(candidate.get("content"))
    parts = [cut for part in mappings(content.get("parts")) for cut in _cut(part)]
    index = {"index": candidate["index"]} if "index" in candidate else {}
    for part in parts[:-1]:
        yield {"content": {**content, "parts": [part]}, **index}
    yield {**candidate, "content": {**content, "parts": parts[-1:]}} if parts else candidate


def _cut(part: dict[str, Json]) -> list[dict[str, Json]]:
    """A text by the word, its signature with the last; any other part is whole."""
    if not isinstance(part.get("text"), str) or part.keys() - _CUT:
        return [part]
    *begun, last = words(part["text"]) or [""]
    thought = {"thought": part["thought"]} if "thought" in part else {}
    return [*({"text": word, **thought} for word in begun), {**part, "text": last}]
