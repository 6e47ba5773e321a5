"""Agents' conversations in the forms of several providers, with tools and identifiers."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from support.recordings import interaction

_PLACES = ("Rome", "Oslo", "Lima", "Accra", "Hanoi", "Quito", "Perth", "Turin")
_ASKED = ("What is the weather in", "Find a train to", "Book a table for two in", "Describe")
_PREFIX = "https://provider.example"


def conversations(dice: Random) -> dict[str, list[dict[str, Any]]]:
    """Return the interactions of some cassettes by name: each turn asks with all before it."""
    return {
        f"{dialect}/{place.lower()}-{at}": [
            interaction(json.dumps(body).encode(), url=f"{_PREFIX}{path}") for body in bodies
        ]
        for at, asked in enumerate(_ASKED)
        for place in _PLACES
        for dialect, path, bodies in _dialects(f"{asked} {place}?", place, dice)
    }


def _dialects(
    question: str, place: str, dice: Random
) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    call = f"call_{dice.getrandbits(64):016x}"
    arguments = {"place": place, "days": dice.randrange(9)}
    result = f"{dice.randrange(40)} degrees, {dice.choice(['rain', 'sun', 'snow'])}"
    yield "chat", "/v1/chat/completions", _chat(question, call, arguments, result)
    yield "messages", "/v1/messages", _messages(question, call, arguments, result)
    yield "responses", "/v1/responses", _responses(question, call, arguments, result)
    yield (
        "gemini",
        "/v1beta/models/gemini-2.5-pro:generateContent",
        _gemini(question, arguments, result),
    )


def _chat(question: str, call: str, arguments: Any, result: str) -> list[dict[str, Any]]:
    turns = [
        {"role": "system", "content": "You plan journeys. Be brief."},
        {"role": "user", "content": question},
        {"role": "assistant", "tool_calls": [{"id": call, "type": "function", "function": {
            "name": "weather", "arguments": json.dumps(arguments)}}]},
        {"role": "tool", "tool_call_id": call, "content": result},
    ]  # fmt: skip
    tools = [{"type": "function", "function": tool} for tool in _tools("parameters")]
    fields = {"model": "gpt-4o", "tools": tools, "max_tokens": 4000, "stream": True}
    return [{**fields, "messages": turns[:2]}, {**fields, "messages": turns}]


def _messages(question: str, call: str, arguments: Any, result: str) -> list[dict[str, Any]]:
    turns = [
        {"role": "user", "content": [{"type": "text", "text": question}]},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": call, "name": "weather", "input": arguments}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call, "content": result}]},
    ]  # fmt: skip
    fields = {"model": "claude", "system": "You plan journeys.", "max_tokens": 1024,
              "tools": _tools("input_schema")}  # fmt: skip
    return [{**fields, "messages": turns[:1]}, {**fields, "messages": turns}]


def _responses(question: str, call: str, arguments: Any, result: str) -> list[dict[str, Any]]:
    turns = [
        {"role": "user", "content": question},
        {"type": "function_call", "call_id": call, "name": "weather",
         "arguments": json.dumps(arguments)},
        {"type": "function_call_output", "call_id": call, "output": result},
    ]  # fmt: skip
    tools = [{"type": "function", **tool} for tool in _tools("parameters")]
    fields = {"model": "gpt-4o", "instructions": "You plan journeys.", "tools": tools}
    return [{**fields, "input": turns[:1]}, {**fields, "input": turns}]


def _gemini(question: str, arguments: Any, result: str) -> list[dict[str, Any]]:
    turns = [
        {"role": "user", "parts": [{"text": question}]},
        {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": arguments}}]},
        {"role": "user", "parts": [
            {"functionResponse": {"name": "weather", "response": {"result": result}}}]},
    ]  # fmt: skip
    fields = {"tools": [{"functionDeclarations": _tools("parameters")}],
              "generationConfig": {"maxOutputTokens": 4000}}  # fmt: skip
    return [{**fields, "contents": turns[:1]}, {**fields, "contents": turns}]


def _tools(schema: str) -> list[dict[str, Any]]:
    described = {
        "weather": "Tells the weather.",
        "trains": "Finds trains.",
        "book": "Books a table.",
    }
    return [
        {"name": name, "description": text, schema: {"type": "object", "properties": {
            "place": {"type": "string", "description": f"where to, for {name}"}}}}
        for name, text in described.items()
    ]  # fmt: skip
