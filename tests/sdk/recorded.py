"""Recordings that a client can ask for, and what they say: read here, and by no client's parser."""

import base64
import json
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from support.oracle import Recorded, recorded

_PATHS = {
    "chat": r".*/chat/completions",
    "responses": r".*/responses",
    "messages": r".*/messages",
    "vertex": r".*/publishers/anthropic/models/(?P<model>[^/:]+):\w+",
    "gemini": r".*/models/(?P<model>[^/:]+):(?:g|streamG)enerateContent",
    "invoke": r".*/model/(?P<model>.+)/invoke(?:-with-response-stream)?",
    "converse": r".*/model/(?P<model>.+)/converse(?:-stream)?",
}
_EVENTS = re.compile(rb"\s*(?:data|event|:)")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What an answer says: `tools` are names and arguments, `usage` tokens in and out."""

    text: str
    tools: tuple[tuple[str, Any], ...] = ()
    finish: str | None = None
    usage: tuple[int, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A recording that was answered with 200, and the form of its provider."""

    name: str
    form: str
    exchange: Recorded

    @property
    def asked(self) -> dict[str, Any]:
        """The recorded request body."""
        body: dict[str, Any] = json.loads(self.exchange.request_body)
        return body

    @property
    def streams(self) -> bool:
        if self.form in ("gemini", "invoke", "converse"):
            return "stream" in self._path.lower()
        return self.asked.get("stream") is True

    @property
    def model(self) -> str:
        """The model, which some providers put into the path."""
        found = re.fullmatch(_PATHS[self.form], self._path)
        assert found is not None
        model: str = found.groupdict().get("model") or self.asked["model"]
        return model

    @property
    def answer(self) -> Any:
        """The recorded answer as JSON: of a stream, its events."""
        if not self.streams:
            return json.loads(self.exchange.body)
        if self.form in ("invoke", "converse"):
            return list(_of_frames(self.exchange.body))
        lines = self.exchange.body.replace(b"\r\n", b"\n")
        payloads = re.findall(rb"^data: ?(\{.*)$", lines, re.MULTILINE)
        return [json.loads(payload) for payload in payloads]

    @property
    def reading(self) -> Reading:
        readers = {"chat": _of_chat, "gemini": _of_gemini, "converse": reading_of_converse}
        return readers.get(self.form, _of_messages)(self.answer if self.streams else [self.answer])

    @property
    def _path(self) -> str:
        return unquote(urlsplit(self.exchange.target).path)


def cases(exchanges: Iterable[Recorded], root: Path) -> Iterator[Case]:
    """What a client can ask for among these recordings, each the only answer in its cassette."""
    listed = list(exchanges)
    asked = Counter((each.file, each.asked) for each in listed)
    for exchange in listed:
        form = _form(exchange)
        if form and exchange.status == 200 and asked[exchange.file, exchange.asked] == 1:
            name = f"{exchange.file.relative_to(root).with_suffix('')}#{exchange.id}"
            case = Case(name=name, form=form, exchange=exchange)
            if _can_judge(case):
                yield case


def cases_in(folder: Path) -> list[Case]:
    return list(cases(recorded(folder), folder))


def _form(exchange: Recorded) -> str | None:
    path = unquote(urlsplit(exchange.target).path)
    forms = [form for form, pattern in _PATHS.items() if re.fullmatch(pattern, path)]
    return forms[0] if forms and exchange.method == "POST" else None


def _can_judge(case: Case) -> bool:
    """Whether the answer is in the form that was asked for, and no JSON array or error instead.

    A recording that our own reading makes nothing of cannot judge what a client makes of it.
    """
    try:
        if case.streams and case.form not in ("invoke", "converse"):
            return bool(_EVENTS.match(case.exchange.body)) and "error" not in case.answer[0]
        return bool(case.model and case.answer and (case.form == "responses" or case.reading))
    except (ValueError, LookupError, TypeError, AttributeError):
        return False


# What the providers' answers mean


def _of_chat(answers: list[Any]) -> Reading:
    parts: list[Any] = [
        (choice, choice.get("delta") or choice.get("message") or {})
        for answer in answers
        for choice in (answer.get("choices") or [])
    ]
    calls: dict[Any, tuple[str, str]] = {}
    for _, part in parts:
        for at, call in enumerate(part.get("tool_calls") or []):
            name, arguments = calls.get(call.get("index", at), ("", ""))
            said = call["function"]
            calls[call.get("index", at)] = (
                name + (said.get("name") or ""),
                arguments + (said.get("arguments") or ""),
            )
    usages = [answer["usage"] for answer in answers if answer.get("usage")]
    return Reading(
        text="".join(part.get("content") or "" for _, part in parts),
        tools=tuple((name, json.loads(arguments or "{}")) for name, arguments in calls.values()),
        finish=_last(choice.get("finish_reason") for choice, _ in parts),
        usage=(usages[-1]["prompt_tokens"], usages[-1]["completion_tokens"]) if usages else None,
    )


def _of_messages(answers: list[Any]) -> Reading:
    """Anthropic's messages, wherever they are served."""
    blocks: list[tuple[Any, str]] = []
    usage: dict[str, Any] = {}
    stops = []
    for answer in answers:
        whole = answer.get("message") or answer
        delta = answer.get("delta") or {}
        blocks += [(block, "") for block in whole.get("content", [])]
        if answer["type"] == "content_block_start":
            blocks.append((answer["content_block"], ""))
        elif answer["type"] == "content_block_delta":
            block, said = blocks[-1]
            blocks[-1] = block, said + delta.get("text", "") + delta.get("partial_json", "")
        usage |= whole.get("usage") or {}
        stops += [whole.get("stop_reason"), delta.get("stop_reason")]
    return Reading(
        text="".join(block["text"] + said for block, said in blocks if block["type"] == "text"),
        tools=tuple(
            (block["name"], json.loads(said) if said else block["input"])
            for block, said in blocks
            if block["type"] == "tool_use"
        ),
        finish=_last(stops),
        usage=(usage["input_tokens"], usage["output_tokens"]),
    )


def _of_gemini(answers: list[Any]) -> Reading:
    candidates = [each for answer in answers for each in answer.get("candidates", [])]
    parts = [part for each in candidates for part in each.get("content", {}).get("parts", [])]
    calls = [part["functionCall"] for part in parts if "functionCall" in part]
    usage = answers[-1]["usageMetadata"]
    return Reading(
        text="".join(part.get("text", "") for part in parts if not part.get("thought")),
        tools=tuple((call["name"], call.get("args", {})) for call in calls),
        finish=_last(each.get("finishReason") for each in candidates),
        usage=(usage["promptTokenCount"], usage.get("candidatesTokenCount", 0)),
    )


def reading_of_converse(answers: list[Any]) -> Reading:
    """Bedrock's Converse: one answer, or events that each are named by their only member."""
    if "output" in answers[0]:
        blocks = [(block, "") for block in answers[0]["output"]["message"]["content"]]
        end: Any = answers[0]
    else:
        blocks, end = [], {}
        for event in answers:
            ((kind, fields),) = event.items()
            delta = fields.get("delta") or {}
            if kind == "contentBlockStart":
                blocks.append((fields["start"], ""))
            elif "text" in delta:
                blocks.append((delta, ""))
            elif "toolUse" in delta:
                block, said = blocks[-1]
                blocks[-1] = block, said + delta["toolUse"]["input"]
            end = {**end, **fields}
    return Reading(
        text="".join(block.get("text", "") for block, _ in blocks),
        tools=tuple(
            (block["toolUse"]["name"], json.loads(said) if said else block["toolUse"]["input"])
            for block, said in blocks
            if "toolUse" in block
        ),
        finish=end["stopReason"],
        usage=(end["usage"]["inputTokens"], end["usage"]["outputTokens"]),
    )


def _last(words: Iterable[str | None]) -> str | None:
    return next((word for word in reversed(list(words)) if word), None)


def _of_frames(body: bytes) -> Iterator[Any]:
    """The events of an AWS event stream: those of a model's own API, or named by their header."""
    while body:
        size, headers_size = struct.unpack_from(">II", body)
        headers, payload = body[12 : 12 + headers_size], body[12 + headers_size : size - 4]
        fields = json.loads(payload)
        if "bytes" in fields:
            yield json.loads(base64.b64decode(fields["bytes"]))
        else:
            named = re.search(rb"\x0b:event-type\x07\x00.(\w+?)(?=[\x0b-\x0d]:|$)", headers, re.S)
            assert named is not None
            yield {named[1].decode(): fields}
        body = body[size:]
