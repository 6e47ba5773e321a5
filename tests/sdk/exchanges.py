"""Recordings that a client can ask for again, and their events by a reading of our own."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from support.oracle import Recorded
from support.server import Running

_PATHS = {
    "chat": re.compile(r".*/chat/completions"),
    "responses": re.compile(r".*/responses"),
    "messages": re.compile(r".*/v1/messages"),
    "generate": re.compile(r".*/models/(?P<model>[^/]+):(?:stream)?[gG]enerateContent"),
}
"""How the path of each call looks, whatever stands before it."""

_FIELDS = {
    "chat": {"choices"},
    "responses": {"output", "sequence_number"},
    "messages": {"type"},
    "generate": {"candidates"},
}
"""The fields of which each event of an answer has one."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One recording: the call that asks for it, and its answer as JSON events.

    A plain answer is its own only event.
    """

    recorded: Recorded
    call: str
    model: str | None
    body: dict[str, Any]
    stream: bool
    events: list[Any]

    @property
    def content_type(self) -> str:
        return "text/event-stream" if self.stream else "application/json"

    def job(self, base: str, **more: object) -> dict[str, Any]:
        """What asks for it at `base`."""
        asked = {"call": self.call, "model": self.model, "body": self.body, "stream": self.stream}
        return {"base": base, **asked, **more}


def exchanges(recordings: Sequence[Recorded], calls: Sequence[str]) -> list[Exchange]:
    """Those of `recordings` that are whole answers to one of `calls`.

    One whose request has another kind of answer in the same file is left out: a client may ask
    again after an error, and then it is not known which answer comes when.
    """
    found = {
        (at, call): _exchange(each, call) for at, each in enumerate(recordings) for call in calls
    }
    whole = {at for (at, _), exchange in found.items() if exchange}
    unsure = {(each.file, each.asked) for at, each in enumerate(recordings) if at not in whole}
    return [
        exchange
        for exchange in found.values()
        if exchange and (exchange.recorded.file, exchange.recorded.asked) not in unsure
    ]


def _exchange(recorded: Recorded, call: str) -> Exchange | None:
    path = _PATHS[call].fullmatch(unquote(recorded.target.partition("?")[0]))
    if not path or recorded.status != 200:
        return None
    try:
        body = json.loads(recorded.request_body)
        stream = "stream" in path[0] or bool(body.get("stream"))
        events = _events(recorded.body, stream=stream)
        whole = all(_FIELDS[call] & event.keys() for event in events)
    except (ValueError, AttributeError):  # made by hand: no JSON, or no objects
        return None
    if not events or not whole:
        return None
    model = path.groupdict().get("model")
    return Exchange(
        recorded=recorded, call=call, model=model, body=body, stream=stream, events=events
    )


def _events(body: bytes, *, stream: bool) -> list[Any]:
    if not stream:
        return [json.loads(body)]
    lines = re.findall(rb"^data: ?(.*?)\r?$", body, re.MULTILINE)
    return [json.loads(line) for line in lines if line != b"[DONE]"]


def scopes(running: Running) -> dict[str, str]:
    """For each file being served, the base URL that confines a client to its cassette."""
    cassettes = running.control("cassettes")["cassettes"]
    return {
        each["file"]: f"{running.origin}/cassette/{quote(each['name'])}/-" for each in cassettes
    }
