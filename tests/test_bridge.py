import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from playhead.asked import Asked, asked
from playhead.cassette import Interaction
from playhead.configuration import Configuration
from playhead.dialects import recorded_route
from playhead.errors import Code, Refusal
from playhead.folder import load
from playhead.library import Library
from playhead.pointer import pointer
from playhead.rules import NO_RULES, Rules, Tier
from playhead.wish import opposite_url, wish_of
from support.answers import URLS
from support.cassettes import interaction, recorded, shelf, write
from support.server import Running, playhead, serve
from support.streams import EVENT_STREAM, sse
from support.wire import Reply

CHAT = {"object": "chat.completion", "choices": [
    {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "a b"}},
]}  # fmt: skip
PIECE = {"index": 0, "delta": {"role": "assistant", "content": "a b"}, "finish_reason": "stop"}
STREAM = sse({"choices": [PIECE]})
CUT = sse({"choices": [{**PIECE, "finish_reason": None}]})
ASKED = {"model": "m", "messages": []}


def _sent(**fields: Any) -> bytes:
    return json.dumps({**ASKED, **fields}).encode()


def _plain(cassette: str = "plain", **fields: Any) -> Interaction:
    return interaction(cassette, **{"sent": _sent(), "answer": json.dumps(CHAT).encode(), **fields})


def _stream(cassette: str = "stream", **fields: Any) -> Interaction:
    sent = _sent(stream=True)
    return interaction(
        cassette, **{"sent": sent, "answer": STREAM, "headers": EVENT_STREAM, **fields}
    )


def _library(*interactions: Interaction, rules: Rules = NO_RULES) -> Library:
    """A library of bridged cassettes."""
    loaded, configuration = shelf(*interactions), Configuration(rules=rules, bridge=True)
    names = {cassette.name: configuration for cassette in loaded.cassettes}
    return Library(replace(loaded, configurations=names))


def _asked(body: bytes, path: str = "/v1/chat/completions") -> Asked:
    target, _, query = path.partition("?")
    return asked("POST", target.encode(), query.encode(), None, body)


def _answers(library: Library, body: bytes) -> list[str]:
    found = library.find(_asked(body))
    assert found.tier is Tier.BRIDGED
    return [each.name for each in found.interactions]


def test_a_stream_answers_a_plain_request() -> None:
    assert _answers(_library(_stream()), _sent()) == ["stream#0"]


@pytest.mark.parametrize("options", [{}, {"stream_options": {"include_usage": True}}])
def test_a_plain_answer_answers_a_request_for_a_stream(options: Any) -> None:
    assert _answers(_library(_plain()), _sent(stream=True, **options)) == ["plain#0"]


def test_a_stream_answers_whatever_options_it_had() -> None:
    recorded = _stream(sent=_sent(stream=True, stream_options={"include_usage": True}))
    assert _answers(_library(recorded), _sent()) == ["stream#0"]


@pytest.mark.parametrize(("body", "name"), [(_sent(), "plain#0"), (_sent(stream=True), "stream#0")])
def test_what_was_recorded_so_comes_first(body: bytes, name: str) -> None:
    found = _library(_plain(), _stream()).find(_asked(body))
    assert (found.tier, found.interactions[0].name) == (Tier.EXACT, name)


def test_a_rule_comes_before_a_bridge() -> None:
    near = _plain("near", sent=_sent(seed=1))
    library = _library(near, _stream(), rules=Rules(ignore=(pointer("/seed"),)))
    assert library.find(_asked(_sent())).tier is Tier.RULES


def test_a_bridge_is_found_to_the_letter_before_it_is_by_a_rule() -> None:
    near, same = _stream("near", sent=_sent(stream=True, seed=1)), _stream("same")
    library = _library(near, same, rules=Rules(ignore=(pointer("/seed"),)))
    assert _answers(library, _sent()) == ["same#0"]
    assert library.find(_asked(_sent(seed=2))).bridged is Tier.RULES


def test_what_was_let_go_is_told() -> None:
    found = _library(_stream()).find(_asked(_sent()))
    assert found.let_go == {found.interactions[0]: ("stream",)}


def test_a_wish_for_the_same_is_no_reason_to_bridge() -> None:
    library = _library(_stream(sent=_sent(stream=True, stream_options={"include_usage": True})))
    with pytest.raises(Refusal) as caught:
        library.find(_asked(_sent(stream=True)))
    assert caught.value.code is Code.BODY_DIFFERS


def test_an_answer_is_told_once() -> None:
    library = _library(_stream())
    once, again = (library.find(_asked(_sent())).interactions for _ in range(2))
    assert once[0] is again[0]


def test_the_usage_is_told_to_who_wishes_for_it() -> None:
    library = _library(_plain(answer=json.dumps({**CHAT, "usage": {"n": 1}}).encode()))
    options = {"stream_options": {"include_usage": True}}
    with_usage = library.find(_asked(_sent(stream=True, **options))).interactions[0]
    without = library.find(_asked(_sent(stream=True))).interactions[0]
    assert b'"usage":{"n":1}' in with_usage.response.body
    assert b"usage" not in without.response.body


def test_repeats_are_bridged_in_their_order() -> None:
    limited = _stream(id=0, status=429, answer=b'{"error": {}}', headers=())
    found = _library(limited, _stream(id=1)).find(_asked(_sent()))
    assert [each.response.status for each in found.interactions] == [429, 200]


def test_of_repeats_those_that_cannot_be_told_are_left_out() -> None:
    library = _library(_stream(id=0, answer=CUT), _stream(id=1))
    assert _answers(library, _sent()) == ["stream#1"]


def test_a_stream_that_was_cut_is_a_miss_that_says_so() -> None:
    with pytest.raises(Refusal, match="stream#0 holds a stream that was cut short") as caught:
        _library(_stream(answer=CUT)).find(_asked(_sent()))
    assert caught.value.code is Code.NOT_BRIDGED


def test_a_cassette_that_is_not_bridged_does_not_answer() -> None:
    library = Library(shelf(_stream()))
    assert not library.is_slow
    with pytest.raises(Refusal):
        library.find(_asked(_sent()))


@pytest.mark.parametrize(("bridge", "loaded"), [(False, "False"), (True, "True")])
def test_only_who_bridges_loads_the_code_for_it(
    tmp_path: Path, *, bridge: bool, loaded: str
) -> None:
    program = (
        "import sys; from playhead.app import create_app; from playhead.settings import Settings; "
        f"create_app({str(_written(tmp_path))!r}, settings=Settings(bridge={bridge})); "
        "print(any(each in sys.modules for each in ('playhead.fold', 'playhead.unfold')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == loaded


def test_a_scope_confines_a_bridge() -> None:
    library = _library(_stream("a"), _stream("b"), _plain("c", sent=_sent(seed=1)))
    found = library.find(replace(_asked(_sent()), scope="b"))
    assert [each.name for each in found.interactions] == ["b#0"]
    with pytest.raises(Refusal):
        library.find(replace(_asked(_sent()), scope="c"))


def test_what_has_no_opposite_is_no_part_of_a_bridge() -> None:
    library = _library(_stream(), interaction("e", url="https://a.example/v1/embeddings"))
    with pytest.raises(Refusal):
        library.find(_asked(_sent(), "/v1/embeddings"))
    with pytest.raises(Refusal):
        library.find(_asked(_sent(model="other")))


def test_the_other_operation_answers_for_gemini_the_same_path_first() -> None:
    answer = json.dumps({"candidates": [{"finishReason": "STOP"}]}).encode()
    url = URLS["generateContent"]
    other = interaction("a", url=url.replace("v1beta", "v1"), answer=answer)
    same = interaction("b", url=url, answer=answer)
    path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    found = _library(other, same).find(_asked(other.request.body, path))
    assert [each.name for each in found.interactions] == ["b#0"]
    assert list(found.let_go.values()) == [()]
    assert found.interactions[0].response.body.startswith(b"data: ")


def test_every_recording_answers_the_opposite_wish_or_says_why(corpus: Path) -> None:
    library = Library(load([corpus], Configuration(bridge=True)))
    wrong = [
        interaction.name
        for interaction in library.in_scope(None)
        for opposite in _opposite(interaction)
        if not _is_answered(library, opposite)
    ]
    assert wrong == []


def _opposite(interaction: Interaction) -> list[Asked]:
    request, operation = interaction.request, recorded_route(interaction).operation
    path = urlsplit(opposite_url(request.url, operation)).path.encode()
    same = asked(request.method, path, b"alt=sse", None, request.body)
    wish = wish_of(same)
    if wish is None:
        return []
    sent = {**json.loads(wish.plain.body), "stream": not wish.streams}
    return [replace(same, body=json.dumps(sent).encode())]


def _is_answered(library: Library, opposite: Asked) -> bool:
    try:
        return library.find(opposite).tier in (Tier.BRIDGED, Tier.EXACT)
    except Refusal as refusal:
        return refusal.code is Code.NOT_BRIDGED


# A server


def _written(folder: Path) -> Path:
    write(folder / "plain.yaml", recorded(sent=_sent(), answer=json.dumps(CHAT).encode()))
    sent = _sent(stream=True, seed=1)
    write(folder / "stream.yaml", recorded(sent=sent, answer=STREAM, headers=EVENT_STREAM))
    cut = _sent(stream=True, seed=2)
    write(folder / "cut.yaml", recorded(sent=cut, answer=CUT, headers=EVENT_STREAM))
    return folder


def _post(server: Running, **fields: Any) -> Reply:
    return server.post("/v1/chat/completions", _sent(**fields))


def test_a_server_says_that_it_bridged(tmp_path: Path) -> None:
    with serve(_written(tmp_path), "--bridge") as server:
        plain, stream = _post(server, seed=1), _post(server, stream=True)
        told = [
            {name: entry[name] for name in ("interaction", "match", "tier", "let_go")}
            for entry in server.control("requests")["requests"]
        ]
    assert json.loads(plain.body) == CHAT
    assert stream.body.endswith(b"data: [DONE]\n\n")
    for reply, media_type in ((plain, "application/json"), (stream, "text/event-stream")):
        assert reply.header("x-playhead-match") == "bridged"
        assert reply.header("content-type") == media_type
    bridged = {"match": "bridged", "tier": "exact", "let_go": ["stream"]}
    assert told == [
        {"interaction": "stream#0", **bridged}, {"interaction": "plain#0", **bridged},
    ]  # fmt: skip


def test_a_miss_says_what_could_not_be_bridged(tmp_path: Path) -> None:
    with serve(_written(tmp_path), env={"PLAYHEAD_BRIDGE": "1"}) as server:
        reply = _post(server, seed=2)
    error = json.loads(reply.body)["error"]
    assert (reply.status, error["code"]) == (404, "not_bridged")
    assert "cut#0 holds a stream that was cut short, and cannot be bridged" in error["message"]


def test_a_server_that_was_not_told_to_does_not_bridge(tmp_path: Path) -> None:
    with serve(_written(tmp_path)) as server:
        assert _post(server, seed=1).status == 404


def test_an_unfolded_stream_keeps_an_event_gap(tmp_path: Path) -> None:
    with serve(_written(tmp_path), "--bridge", "--event-gap", "1ms") as server:
        assert len(_post(server, stream=True).chunks) == 5


def test_a_folder_says_whether_it_is_bridged(tmp_path: Path) -> None:
    (_written(tmp_path) / "playhead.yaml").write_text("bridge: true\n")
    below = tmp_path / "below"
    sent = _sent(stream=True, seed=3)
    write(below / "stream.yaml", recorded(sent=sent, answer=STREAM, headers=EVENT_STREAM))
    (below / "playhead.yaml").write_text("bridge: false\n")
    with serve(tmp_path) as server:
        assert _post(server, seed=1).status == 200
        assert _post(server, seed=3).status == 404


def test_a_folder_can_only_be_bridged_or_not(tmp_path: Path) -> None:
    (_written(tmp_path) / "playhead.yaml").write_text("bridge: sometimes\n")
    checked = playhead("check", tmp_path)
    assert "playhead.yaml:1: bridge: 'sometimes' is neither true nor false" in checked.stdout
