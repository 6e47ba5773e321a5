"""Google's generateContent, of Gemini and of Vertex, in either spelling of its names."""

from playhead.lenient import Json, first, mapping, mappings, text
from playhead.transcript.turns import Transcript, called, resulted
from playhead.transcript.written import note, size, written


def tell_gemini_request(told: Transcript, asked: dict[str, Json]) -> None:
    """Tell the system instruction and the contents; of a count, those of the request in it."""
    inner = first(asked, "generateContentRequest", "generate_content_request")
    asked = {**asked, **mapping(inner)}
    _content(told, "system", first(asked, "systemInstruction", "system_instruction"))
    contents = first(asked, "contents", "content")
    for each in contents if isinstance(contents, list) else [contents]:
        _content(told, "user", each)
    for request in mappings(asked.get("requests")):
        _content(told, "user", request.get("content"))


def tell_gemini_answer(told: Transcript, answered: dict[str, Json]) -> None:
    """Tell the candidates, why a prompt was blocked, and the usage."""
    for candidate in told.each_of(mappings(answered.get("candidates"))):
        _content(told, "model", candidate.get("content"))
        told.end(first(candidate, "finishReason", "finish_reason"))
    feedback = mapping(first(answered, "promptFeedback", "prompt_feedback"))
    told.end(first(feedback, "blockReason", "block_reason"))
    usage = mapping(first(answered, "usageMetadata", "usage_metadata"))
    told.count(
        first(usage, "promptTokenCount", "prompt_token_count"),
        first(usage, "candidatesTokenCount", "candidates_token_count"),
        cached=first(usage, "cachedContentTokenCount", "cached_content_token_count"),
        reasoned=first(usage, "thoughtsTokenCount", "thoughts_token_count"),
    )
    total = first(answered, "totalTokens", "total_tokens")
    if total is not None:
        told.ending.append(f"tokens: {total}")
    single = [answered["embedding"]] if "embedding" in answered else []
    for vector in mappings(answered.get("embeddings") or single):
        values = vector.get("values")
        told.say("embedding", f"{len(values) if isinstance(values, list) else 0} dimensions")


def _content(told: Transcript, role: str, value: Json) -> None:
    if isinstance(value, str):
        told.say(role, value)
    members = mapping(value)
    speaker = role if role == "system" else text(members.get("role")) or role
    parts = mappings(members.get("parts"))
    told.say_mixed(speaker, [said for each in parts for said in _part(each, speaker)])


def _part(value: dict[str, Json], role: str) -> list[tuple[str, str]]:
    """Whose a part is, and what it says; it should hold one thing, but may hold more."""
    said = []
    if isinstance(value.get("text"), str):
        said.append(("reasoning" if value.get("thought") is True else role, value["text"]))
    for names, tell in _KINDS:
        held = first(value, *names)
        if held is not None:
            whose, text_of_it = tell(mapping(held))
            said.append((whose or role, text_of_it))
    rest = {name: value[name] for name in value if not name.lower().endswith("signature")}
    return said or [(role, written(rest) if rest else "")]


def _call(call: dict[str, Json]) -> tuple[str, str]:
    return "tool call", called(call.get("name"), call.get("args", {}), call.get("id"))


def _result(result: dict[str, Json]) -> tuple[str, str]:
    said = f"{result.get('name')}: {written(result.get('response'), indent=None)}"
    parts = [text_of for each in mappings(result.get("parts")) for _, text_of in _part(each, "")]
    return "tool", resulted("\n".join([said, *parts]), result.get("id"))


def _data(data: dict[str, Json]) -> tuple[str, str]:
    kind = text(first(data, "mimeType", "mime_type"))
    where = text(first(data, "fileUri", "file_uri"))
    return "", note(kind.partition("/")[0] or "data", kind, where or size(data.get("data")))


def _code(code: dict[str, Json]) -> tuple[str, str]:
    return "code", text(code.get("code"))


def _outcome(result: dict[str, Json]) -> tuple[str, str]:
    return "tool", text(result.get("output")) or text(result.get("outcome"))


_KINDS = (
    (("functionCall", "function_call"), _call),
    (("functionResponse", "function_response"), _result),
    (("inlineData", "inline_data", "fileData", "file_data"), _data),
    (("executableCode", "executable_code"), _code),
    (("codeExecutionResult", "code_execution_result"), _outcome),
)
