from typing import Any

from playhead.fold.cloudflare_events import fold_cloudflare


def test_the_texts_are_joined_in_cloudflares_envelope() -> None:
    usage = {"total_tokens": 3}
    events: list[dict[str, Any]] = [
        {"response": "a", "p": "xyz"},
        {"response": "b"},
        {"tool_calls": [{"name": "f"}]},
        {"response": None, "usage": usage, "tool_calls": []},
    ]
    result = {"response": "ab", "tool_calls": [{"name": "f"}], "usage": usage}
    envelope = {"result": result, "success": True, "errors": [], "messages": []}
    assert fold_cloudflare(events) == envelope


def test_what_speaks_as_openai_is_told_as_openai() -> None:
    folded = fold_cloudflare([{"choices": [{"index": 0, "delta": {"content": "a"}}]}])
    assert folded["choices"][0]["message"] == {"content": "a"}


def test_an_error_within_is_no_success() -> None:
    folded = fold_cloudflare([{"response": "a"}, {"error": {"code": 1}}])
    assert (folded["success"], folded["errors"]) == (False, [{"code": 1}])
