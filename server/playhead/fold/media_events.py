"""The events of streamed transcriptions, speech and images as the answers they build."""

import base64
import binascii

from playhead.lenient import Json, mappings, text


def fold_transcription(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the transcription of `transcript.text` events; segments are kept as they came."""
    answer: dict[str, Json] = {}
    for event in events:
        match event.get("type"):
            case "transcript.text.delta":
                answer["text"] = text(answer.get("text")) + text(event.get("delta"))
            case "transcript.text.segment":
                segment = {name: event[name] for name in event if name != "type"}
                answer["segments"] = [*mappings(answer.get("segments")), segment]
            case "transcript.text.done":
                answer |= {name: event[name] for name in event if name != "type"}
            case _:
                answer |= {"error": event["error"]} if "error" in event else {}
    return answer


def fold_audio(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the transcription of `events`, or their speech: all of it as base64 in `audio`.

    That is our form, for a plain answer is the sound itself. Each event holds base64 of its own,
    which may end in the padding: so the bytes are joined, not the texts.
    """
    spoken = [event for event in events if text(event.get("type")).startswith("speech.audio.")]
    if not spoken:
        return fold_transcription(events)
    sound = b"".join(_decoded(text(event.get("audio"))) for event in spoken)
    answer = {"audio": base64.b64encode(sound).decode()}
    for event in events:
        answer |= {name: event[name] for name in ("usage", "error") if name in event}
    return answer


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded)
    except (binascii.Error, ValueError):
        return b""


def fold_images(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the finished images; sketches (`partial_image`) are no part of a plain answer."""
    answer: dict[str, Json] = {}
    for event in events:
        if text(event.get("type")).endswith(".completed"):
            rest = {name: event[name] for name in event if name not in ("type", "b64_json")}
            image = {"b64_json": event.get("b64_json")}
            answer |= {"created": rest.pop("created_at", None), **rest}
            answer["data"] = [*mappings(answer.get("data")), image]
        elif "error" in event:
            answer["error"] = event["error"]
    return answer
