"""The chunks of a legacy completion as one `text_completion`."""

from playhead.fold.joining import add
from playhead.lenient import Json, mappings, number


def fold_completion(chunks: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the completion that `chunks` make: texts and log probabilities joined."""
    completion: dict[str, Json] = {}
    choices: dict[int, dict[str, Json]] = {}
    for chunk in chunks:
        given = {name: value for name, value in chunk.items() if value is not None}
        completion |= given if "error" not in given else {"error": given["error"]}
        for piece in mappings(chunk.get("choices")):
            _add_choice(choices.setdefault(number(piece.get("index")), {}), piece)
    if choices or "error" not in completion:
        completion["choices"] = [choices[at] for at in sorted(choices)]
    return completion


def _add_choice(choice: dict[str, Json], piece: dict[str, Json]) -> None:
    reason = piece.get("finish_reason") or choice.get("finish_reason")
    add(choice, {name: value for name, value in piece.items() if name != "finish_reason"})
    choice["finish_reason"] = reason
