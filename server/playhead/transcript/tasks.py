"""OpenAI's operations that are no conversation: vectors, pictures, sound, verdicts, ranks."""

from playhead.lenient import Json, first, mapping, mappings, text
from playhead.transcript.chat import tell_usage
from playhead.transcript.parts import texts
from playhead.transcript.turns import Transcript
from playhead.transcript.written import note, place, size, written


def tell_task_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell what is to be worked on, whatever the operation calls it."""
    told.say("query", text(asked.get("query")))
    given = first(asked, "input", "prompt", "documents", "texts")
    members = given if isinstance(given, list) else [given]
    if members and all(isinstance(each, int | list) for each in members):
        told.say("input", note("tokens", f"{len(members)}"))
    else:
        told.say("prompt" if "prompt" in asked else "input", texts(given))


def tell_embeddings(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell how many vectors came, and of which length."""
    vectors = mappings(answered.get("data"))
    told.say("embeddings", "\n".join(_vector(each.get("embedding")) for each in vectors))
    spent = mapping(answered.get("usage")).get("prompt_tokens")
    if spent is not None:
        told.ending.append(f"tokens: {spent}")


def _vector(value: Json) -> str:
    """A vector is a list of numbers, or base64 of floats of four bytes."""
    if isinstance(value, str):
        return f"{len(value.rstrip('=')) * 3 // 16} dimensions, base64"
    return f"{len(value) if isinstance(value, list) else 0} dimensions"


def tell_images(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell which pictures came."""
    for image in mappings(answered.get("data")):
        where = text(image.get("url"))
        told.say("image", note("image", place(where) if where else size(image.get("b64_json"))))
        told.say("revised prompt", text(image.get("revised_prompt")))
    tell_usage(told, answered.get("usage"))


def tell_audio(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell what was heard, or how much was spoken."""
    told.say("transcription", text(answered.get("text")))
    if "audio" in answered:
        told.say("speech", note("audio", size(answered["audio"])))
    tell_usage(told, answered.get("usage"))


def tell_moderations(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell for each input which categories were found in it."""
    for result in mappings(answered.get("results")):
        named = [name for name, found in mapping(result.get("categories")).items() if found is True]
        told.say("moderation", ", ".join(named) or "nothing found")


def tell_rerank(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the documents by their place in the request, best first, with their scores."""
    results = mappings(first(answered, "results", "data"))
    ranked = [f"{each.get('index')}: {each.get('relevance_score')}" for each in results]
    told.say("ranks", "\n".join(ranked) or written(answered))
