"""The events of streamed transcriptions and images as the answers they build."""

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
