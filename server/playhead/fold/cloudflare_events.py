"""The events of Cloudflare's `ai/run` as the answer it gives without streaming."""

from playhead.fold.chat_chunks import fold_chat
from playhead.lenient import Json, text


def fold_cloudflare(events: list[dict[str, Json]]) -> dict[str, Json]:
    """Return the answer in Cloudflare's envelope; models that speak as OpenAI stay as they are."""
    if any("choices" in event for event in events):
        return fold_chat(events)
    result: dict[str, Json] = {}
    errors = []
    for event in events:
        errors += [event["error"]] if "error" in event else []
        # `p` only hides the length of an event.
        given = {name: event[name] for name in event if name not in ("p", "response", "error")}
        # The last event may say that there are no calls, which earlier ones brought.
        result |= {name: value for name, value in given.items() if value not in (None, [])}
        if isinstance(event.get("response"), str):
            result["response"] = text(result.get("response")) + event["response"]
    return {"result": result, "success": not errors, "errors": errors, "messages": []}
