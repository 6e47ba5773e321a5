"""Google's `predict`, the form of the models that are no Gemini: pictures and vectors."""

from playhead.lenient import Json, first, mapping, mappings, text
from playhead.transcript.turns import Transcript
from playhead.transcript.written import note, size, written


def tell_predict_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell what each instance asks for."""
    for instance in mappings(asked.get("instances")):
        told.say("prompt", text(first(instance, "prompt", "content", "text")) or written(instance))


def tell_predict_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell what was predicted: pictures and sounds by their sizes, vectors by their lengths."""
    for prediction in mappings(answered.get("predictions")):
        values = mapping(prediction.get("embeddings")).get("values")
        if isinstance(values, list):
            told.say("embedding", f"{len(values)} dimensions")
        elif "bytesBase64Encoded" in prediction:
            kind = text(prediction.get("mimeType"))
            data = size(prediction["bytesBase64Encoded"])
            told.say("prediction", note(kind.partition("/")[0] or "data", kind, data))
        else:
            told.say("prediction", written(prediction))
