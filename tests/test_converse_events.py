from typing import Any

from playhead.fold.converse_events import fold_converse


def _delta(at: int, **delta: Any) -> dict[str, Any]:
    return {"contentBlockDelta": {"contentBlockIndex": at, "delta": delta, "p": "abc"}}


def _start(at: int, **start: Any) -> dict[str, Any]:
    return {"contentBlockStart": {"contentBlockIndex": at, "start": start}}


def _content(*events: dict[str, Any]) -> Any:
    return fold_converse(list(events))["output"]["message"]["content"]


def test_a_stream_is_the_answer_it_builds() -> None:
    assert fold_converse([
        {"messageStart": {"role": "assistant"}},
        _delta(0, text="a"), _delta(0, text="b"),
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn", "p": "abc"}},
        {"metadata": {"usage": {"inputTokens": 1}, "metrics": {"latencyMs": 2}}},
    ]) == {
        "output": {"message": {"role": "assistant", "content": [{"text": "ab"}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 1},
        "metrics": {"latencyMs": 2},
    }  # fmt: skip


def test_the_input_of_a_call_is_a_value() -> None:
    start = {"toolUseId": "t", "name": "f"}
    assert _content(
        _start(0, toolUse=start),
        _delta(0, toolUse={"input": '{"a"'}),
        _delta(0, toolUse={"input": ":1}"}),
        _start(1, toolUse=start),
    ) == [{"toolUse": {**start, "input": {"a": 1}}}, {"toolUse": {**start, "input": {}}}]


def test_reasoning_grows_by_its_deltas() -> None:
    assert _content(
        _delta(0, reasoningContent={"text": "h"}),
        _delta(0, reasoningContent={"text": "m"}),
        _delta(0, reasoningContent={"signature": "s"}),
        _delta(1, reasoningContent={"redactedContent": "AA"}),
        _delta(1, reasoningContent={"redactedContent": "=="}),
    ) == [
        {"reasoningContent": {"reasoningText": {"text": "hm", "signature": "s"}}},
        {"reasoningContent": {"redactedContent": "AA=="}},
    ]


def test_a_cited_text_goes_with_its_citations() -> None:
    assert _content(
        _delta(0, text="a"), _delta(0, citation={"n": 1}), _delta(0, citation={"n": 2})
    ) == [{"citationsContent": {"citations": [{"n": 1}, {"n": 2}], "content": [{"text": "a"}]}}]


def test_what_is_not_known_is_kept() -> None:
    assert _content(_delta(0, image={"format": "png"})) == [{"image": {"format": "png"}}]


def test_an_exception_stands_beside_what_had_come() -> None:
    folded = fold_converse([_delta(0, text="a"), {"error": {"type": "x"}}, {"": {}}])
    assert (folded["error"], len(folded["output"]["message"]["content"])) == ({"type": "x"}, 1)


def test_nothing_but_an_exception_is_an_error() -> None:
    assert fold_converse([{"error": {"type": "x"}}]) == {"error": {"type": "x"}}
