from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from conftest import EXAMPLES
from playhead import player
from support.aws import frame
from support.oracle import Recorded, recorded
from support.recordings import (
    CHAT,
    EVENT_STREAM,
    JSON,
    RESPONSES,
    chat,
    events,
    interaction,
    write,
)
from support.server import Running, serve

SEEDS = recorded(EXAMPLES)
PREFIXES = ["/openai/v1", "/api/v1", "/openai/deployments/x", "", "/v1/v1", "//v1"]

seeds = pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.file.parent.name)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of cassettes made for this file; `--repeat last` and pace off."""
    folder = tmp_path_factory.mktemp("made")
    _write_headers(folder)
    _write_ties(folder)
    _write_paths(folder)
    turns = [interaction(chat("again"), f'{{"turn": {turn}}}') for turn in (1, 2, 3)]
    write(folder, "repeated", *turns)
    for name in ("scopes/a", "scopes/b", "scopes/ü b", "scopes/deep/c"):
        write(folder, name, interaction(chat("scope"), f'"{name}"'))
    with serve(folder) as running:
        yield running


def _write_headers(folder: Path) -> None:
    hop_by_hop = {name: ["x"] for name in ("Connection", "Keep-Alive", "TE", "Trailer", "Upgrade")}
    of_the_connection: dict[str, list[str]] = {
        **hop_by_hop,
        "Transfer-Encoding": ["chunked"],
        "Content-Length": ["7"],
        "Content-Encoding": ["gzip"],
        "Date": ["Thu, 01 Jan 1970 00:00:00 GMT"],
        "Server": ["cloudflare"],
        "Alt-Svc": ["h3"],
        "Set-Cookie": ["session=1"],
        "X-Playhead-Interaction": ["forged"],
        "X-Request-Id": ["req_1"],
    }
    repeated = {"Warning": ["first", "second"], "Vary": ["Origin"], **JSON}
    write(
        folder,
        "headers",
        interaction(chat("drop"), "{}", headers={**JSON, **of_the_connection}),
        interaction(chat("repeat"), "{}", headers=repeated),
        interaction(chat("8 bit"), "{}", headers={"X-Name": ["Olá 世"], **JSON}),
        interaction(chat("overload"), "{}", code=529, headers={**JSON, "Retry-After": ["3"]}),
        interaction(chat("nothing"), "left over", code=204, headers={}),
    )
    for at, (answer, _) in enumerate(SNIFFED):
        write(folder, f"sniffed/{at}", interaction(chat(f"sniff {at}"), answer, headers={}))


def _write_ties(folder: Path) -> None:
    for name in ("ties/b", "ties/a", "ties/c"):
        write(folder, name, interaction(chat("tie"), f'"{name}"'))
    for version in ("2024-10-21", "2025-01-01"):
        url = f"https://x.openai.azure.com{CHAT}?api-version={version}"
        write(folder, f"query/{version}", interaction(chat("query"), f'"{version}"', url=url))


def _write_paths(folder: Path) -> None:
    for name, path in (("paths/a", "/api/v1"), ("paths/b", "/openai/v1")):
        url = f"https://example.com{path}/chat/completions"
        write(folder, name, interaction(chat("path"), f'"{name}"', url=url))
    url = "https://x.openai.azure.com/openai/deployments/mine/chat/completions"
    write(folder, "paths/azure", interaction(chat("deployment"), '"azure"', url=url))
    url = "https://bedrock.example.com/model/claude%3A0/invoke"
    write(folder, "paths/encoded", interaction(b"{}", '"encoded"', url=url))
    asked = [interaction(url="http://x/agent.json?a=1", method=method) for method in ("GET", "PUT")]
    write(folder, "paths/methods", *asked)


SNIFFED: list[tuple[str | bytes, str | None]] = [
    (events("1"), "text/event-stream"),
    ("event: ping\ndata: 1\n\n", "text/event-stream"),
    (": comment\n\ndata: 1\n\n", "text/event-stream"),
    ('\n{"a": 1}', "application/json"),
    ("[1]", "application/json"),
    (frame(b"{}"), "application/vnd.amazon.eventstream"),
    (bytes([0, 0, 0, 16, 0, 0, 0, 0]) + b"prelcrc-", None),
    ("plain words", None),
]


def _own_path(seed: Recorded) -> str:
    return RESPONSES if seed.target.endswith("/responses") else CHAT


# Recorded bytes


@seeds
def test_a_seed_answers_at_its_recorded_path(examples: Running, seed: Recorded) -> None:
    reply = examples.post(seed.target, seed.request_body)
    assert (reply.status, reply.header("content-type"), reply.body) == seed.answer


@seeds
def test_a_seed_answers_at_the_plain_path_of_its_operation(
    examples: Running, seed: Recorded
) -> None:
    reply = examples.post(_own_path(seed), seed.request_body)
    assert (reply.status, reply.header("content-type"), reply.body) == seed.answer


@seeds
@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_seed_answers_under_any_prefix(examples: Running, seed: Recorded, prefix: str) -> None:
    reply = examples.post(prefix + _own_path(seed).removeprefix("/v1"), seed.request_body)
    assert reply.body == seed.body


@seeds
def test_another_order_of_keys_and_other_spacing_is_the_same_request(
    examples: Running, seed: Recorded
) -> None:
    assert seed.respelled() != seed.request_body
    assert examples.post(seed.target, seed.respelled()).body == seed.body


@seeds
def test_a_repeated_request_gets_the_same_bytes(examples: Running, seed: Recorded) -> None:
    with examples.connect() as connection:
        bodies = {connection.ask("POST", seed.target, seed.request_body).body for _ in range(3)}
    assert bodies == {seed.body}


@seeds
def test_a_stream_goes_out_chunked_and_without_a_length(examples: Running, seed: Recorded) -> None:
    reply = examples.post(seed.target, seed.request_body)
    assert reply.header("transfer-encoding") == "chunked"
    assert reply.header("content-length") is None


@seeds
def test_without_a_pace_the_whole_body_is_one_chunk(examples: Running, seed: Recorded) -> None:
    reply = examples.post(seed.target, seed.request_body)
    assert [chunk.data for chunk in reply.chunks] == [seed.body]


def test_an_answer_says_which_interaction_it_is(examples: Running) -> None:
    seed = next(seed for seed in SEEDS if seed.file.parent.name == "o4-mini")
    reply = examples.post(seed.target, seed.request_body)
    assert reply.header("x-playhead-interaction") == "azure/o4-mini/chat-stream#0"


def test_json_goes_out_with_its_length(made: Running) -> None:
    reply = made.post(CHAT, chat("repeat"))
    assert reply.header("content-length") == "2"
    assert reply.header("transfer-encoding") is None


def test_an_event_stream_ends_with_the_connection_for_a_client_of_http_1_0(
    examples: Running,
) -> None:
    seed = SEEDS[0]
    head = f"POST {seed.target} HTTP/1.0\r\ncontent-length: {len(seed.request_body)}\r\n\r\n"
    with examples.connect() as connection:
        connection.send(head.encode() + seed.request_body)
        answer = connection.rest()
    assert answer.partition(b"\r\n\r\n")[2] == seed.body


# Headers


@pytest.mark.parametrize(
    "name",
    [
        "connection", "keep-alive", "te", "trailer", "upgrade", "transfer-encoding",
        "content-encoding", "date", "server", "alt-svc", "set-cookie",
    ],
)  # fmt: skip
def test_what_described_the_recorded_connection_is_not_sent(made: Running, name: str) -> None:
    assert made.post(CHAT, chat("drop")).header(name) is None


def test_the_length_is_that_of_the_body_and_not_the_recorded_one(made: Running) -> None:
    assert made.post(CHAT, chat("drop")).header("content-length") == "2"


def test_a_recorded_header_cannot_forge_the_provenance(made: Running) -> None:
    assert made.post(CHAT, chat("drop")).header("x-playhead-interaction") == "headers#0"


def test_other_headers_are_sent_as_recorded(made: Running) -> None:
    assert made.post(CHAT, chat("drop")).header("x-request-id") == "req_1"


def test_a_repeated_header_stays_repeated_and_in_order(made: Running) -> None:
    headers = made.post(CHAT, chat("repeat")).headers
    assert [value for name, value in headers if name == "warning"] == ["first", "second"]


def test_a_header_in_unicode_goes_out_as_utf_8(made: Running) -> None:
    value = made.post(CHAT, chat("8 bit")).header("x-name")
    assert value is not None
    assert value.encode("latin-1").decode() == "Olá 世"


@pytest.mark.parametrize("at", range(len(SNIFFED)))
def test_a_missing_content_type_is_read_off_the_body(made: Running, at: int) -> None:
    assert made.post(CHAT, chat(f"sniff {at}")).header("content-type") == SNIFFED[at][1]


def test_a_recorded_error_is_replayed_as_it_was(made: Running) -> None:
    reply = made.post(CHAT, chat("overload"))
    assert reply.status == 529
    assert reply.header("retry-after") == "3"
    assert reply.header("x-should-retry") is None


def test_a_status_without_a_body_gets_none(made: Running) -> None:
    with made.connect() as connection:
        assert connection.ask("POST", CHAT, chat("nothing")).status == 204
        assert connection.ask("POST", CHAT, chat("repeat")).status == 200


# Repeats


def _turns(server: Running, count: int) -> list[str]:
    replies = [server.post(CHAT, chat("again")) for _ in range(count)]
    return [f"{reply.status} {reply.body.decode()}"[:15] for reply in replies]


def test_repeats_are_answered_in_recorded_order_and_the_last_one_sticks(made: Running) -> None:
    made.rewind()
    expected = ['200 {"turn": 1}', '200 {"turn": 2}', '200 {"turn": 3}', '200 {"turn": 3}']
    assert _turns(made, 4) == expected


def test_a_rewind_begins_again_with_the_first_answer(made: Running) -> None:
    _turns(made, 2)
    made.rewind()
    assert _turns(made, 1) == ['200 {"turn": 1}']


def test_a_respelled_repeat_moves_the_same_cursor(made: Running) -> None:
    made.rewind()
    made.post(CHAT, chat("again"))
    reply = made.post(CHAT, chat("again").replace(b" ", b""))
    assert reply.body == b'{"turn": 2}'


def test_requests_that_differ_do_not_move_each_other_on(made: Running) -> None:
    made.rewind()
    made.post(CHAT, chat("repeat"))
    assert _turns(made, 1) == ['200 {"turn": 1}']


def test_repeat_cycle_begins_again_after_the_last(tmp_path: Path) -> None:
    write(tmp_path, "a", *[interaction(chat("again"), f'{{"turn": {turn}}}') for turn in (1, 2)])
    with serve(tmp_path, "--repeat", "cycle") as running:
        turns = _turns(running, 4)
    assert turns == ['200 {"turn": 1}', '200 {"turn": 2}'] * 2


@pytest.fixture(scope="module")
def never(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("never")
    limited = interaction(chat("again"), '{"turn": 1}', code=429)
    write(folder, "retry", limited, interaction(chat("again"), '{"turn": 2}'))
    with serve(folder, "--repeat", "never") as running:
        yield running


def test_a_recorded_429_is_followed_by_the_recorded_200(never: Running) -> None:
    never.rewind()
    assert _turns(never, 2) == ['429 {"turn": 1}', '200 {"turn": 2}']


def test_repeat_never_refuses_what_comes_more_often_than_recorded(never: Running) -> None:
    never.rewind()
    _turns(never, 2)
    reply = never.post(CHAT, chat("again"))
    assert reply.status == 404
    assert b'"code":"exhausted"' in reply.body


# Scopes


@pytest.mark.parametrize("name", ["scopes/a", "scopes/b", "scopes/ü b", "scopes/deep/c"])
def test_a_prefix_of_the_path_confines_to_a_cassette(made: Running, name: str) -> None:
    reply = made.post(f"/cassette/{quote(name)}/-{CHAT}", chat("scope"))
    assert reply.body.decode() == f'"{name}"'


def test_a_scope_may_be_percent_encoded_whole(made: Running) -> None:
    reply = made.post(f"/cassette/{quote('scopes/b', safe='')}/-{CHAT}", chat("scope"))
    assert reply.body == b'"scopes/b"'


@pytest.mark.parametrize("name", ["scopes/b", "scopes/ü b"])
def test_a_header_confines_to_a_cassette(made: Running, name: str) -> None:
    reply = made.post(CHAT, chat("scope"), {"x-playhead-cassette": quote(name)})
    assert reply.body.decode() == f'"{name}"'


def test_the_path_wins_over_the_header(made: Running) -> None:
    path = f"/cassette/scopes/b/-{CHAT}"
    reply = made.post(path, chat("scope"), {"x-playhead-cassette": "scopes/a"})
    assert reply.body == b'"scopes/b"'


def test_a_folder_is_a_scope(made: Running) -> None:
    reply = made.post(f"/cassette/scopes/deep/-{CHAT}", chat("scope"))
    assert reply.body == b'"scopes/deep/c"'


@pytest.mark.parametrize("name", ["nobody", "scopes/", "scope", "scopes/a.yaml"])
def test_only_whole_names_are_scopes(made: Running, name: str) -> None:
    reply = made.post(f"/cassette/{name}x/-{CHAT}", chat("scope"))
    assert b'"code":"unknown_cassette"' in reply.body


def test_a_scope_does_not_reach_into_other_cassettes(made: Running) -> None:
    reply = made.post(f"/cassette/scopes/a/-{CHAT}", chat("repeat"))
    assert b'"code":"body_differs"' in reply.body


def test_scopes_have_cursors_of_their_own(tmp_path: Path) -> None:
    for name in "ab":
        turns = [interaction(chat("again"), f'"{name}{turn}"') for turn in (1, 2)]
        write(tmp_path, name, *turns)
    with serve(tmp_path) as running:
        order = [running.post(f"/cassette/{name}/-{CHAT}", chat("again")).body for name in "aabb"]
    assert order == [b'"a1"', b'"a2"', b'"b1"', b'"b2"']


# Ties and paths


def test_a_tie_is_broken_by_the_order_of_names(made: Running) -> None:
    made.rewind()
    answers = [made.post(CHAT, chat("tie")).body for _ in range(3)]
    assert answers == [b'"ties/a"', b'"ties/b"', b'"ties/c"']


@pytest.mark.parametrize("version", ["2024-10-21", "2025-01-01"])
def test_the_query_breaks_a_tie(made: Running, version: str) -> None:
    made.rewind()
    reply = made.post(f"{CHAT}?api-version={version}", chat("query"))
    assert reply.body.decode() == f'"{version}"'


def test_a_query_that_was_not_recorded_does_not_count(made: Running) -> None:
    made.rewind()
    assert made.post(f"{CHAT}?api-version=x", chat("query")).body == b'"2024-10-21"'


@pytest.mark.parametrize(("prefix", "name"), [("/openai/v1", "paths/b"), ("/api/v1", "paths/a")])
def test_the_exact_recorded_path_comes_first(made: Running, prefix: str, name: str) -> None:
    made.rewind()
    reply = made.post(f"{prefix}/chat/completions", chat("path"))
    assert reply.body.decode() == f'"{name}"'


def test_another_prefix_gets_what_was_recorded_under_any(made: Running) -> None:
    made.rewind()
    assert made.post(CHAT, chat("path")).body == b'"paths/a"'


@pytest.mark.parametrize("path", [CHAT, "/openai/deployments/mine/chat/completions"])
def test_an_azure_deployment_answers_with_and_without_its_name(made: Running, path: str) -> None:
    assert made.post(path, chat("deployment")).body == b'"azure"'


def test_another_azure_deployment_is_another_request(made: Running) -> None:
    reply = made.post("/openai/deployments/yours/chat/completions", chat("deployment"))
    assert reply.status == 404


@pytest.mark.parametrize("path", ["/model/claude%3A0/invoke", "/model/claude:0/invoke"])
def test_paths_are_compared_decoded(made: Running, path: str) -> None:
    assert made.post(path, b"{}").body == b'"encoded"'


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_other_methods_and_paths_replay_as_they_were_recorded(made: Running, method: str) -> None:
    reply = made.ask(method, "/agent.json?a=1")
    assert reply.status == 200


# The shape of requests on the wire


def test_a_request_body_may_come_in_chunks(made: Running) -> None:
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".encode()
    pieces = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in _cut(chat("repeat"), 7)]
    with made.connect() as connection:
        connection.send(head)
        for piece in pieces:
            connection.send(piece)
        connection.send(b"0\r\n\r\n")
        assert connection.reply().status == 200


def test_a_client_that_asks_first_is_told_to_go_on(made: Running) -> None:
    body = chat("repeat")
    head = f"POST {CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n"
    with made.connect() as connection:
        connection.send(f"{head}expect: 100-continue\r\n\r\n".encode())
        assert connection.head().status == 100
        connection.send(body)
        assert connection.reply().status == 200


@pytest.mark.parametrize("mine", ["/session/mine/-", "/session/mine/cassette/headers/-"])
def test_a_session_has_cursors_of_its_own(mine: str, tmp_path: Path) -> None:
    turns = [interaction(chat("hi"), f'"{turn}"') for turn in range(3)]
    write(tmp_path, "headers", *turns)
    with serve(tmp_path) as running:
        asked = [CHAT, mine + CHAT, CHAT, mine + CHAT, mine + CHAT, CHAT]
        assert [running.post(path, chat("hi")).body for path in asked] == [
            b'"0"', b'"0"', b'"1"', b'"1"', b'"2"', b'"2"',
        ]  # fmt: skip


def test_one_session_is_rewound_and_the_others_go_on(tmp_path: Path) -> None:
    write(tmp_path, "a", *[interaction(chat("hi"), f'"{turn}"') for turn in range(3)])
    key = {"authorization": "Bearer playhead-session-mine"}
    with serve(tmp_path) as running:
        for headers in ({}, key):
            running.post(CHAT, chat("hi"), headers)
        rewind = b'{"session": "mine"}'
        running.post("/__playhead/rewind", rewind, {"content-type": "application/json"})
        assert running.post(CHAT, chat("hi"), key).body == b'"0"'
        assert running.post(CHAT, chat("hi")).body == b'"1"'


def test_a_session_without_its_end_is_a_miss_that_says_so(made: Running) -> None:
    reply = made.post(f"/session/mine{CHAT}", chat("repeat"))
    assert reply.status == 404
    assert b"a session in the path ends with /-/" in reply.body


def test_a_hit_is_noted_in_the_journal(made: Running) -> None:
    made.post(f"{CHAT}?a=1", chat("repeat"), {"x-playhead-cassette": "headers"})
    entry: dict[str, Any] = made.control("requests")["requests"][-1]
    assert entry.pop("time") > 1_600_000_000
    assert entry == {
        "id": entry["id"],
        "session": None,
        "method": "POST",
        "path": CHAT,
        "scope": "headers",
        "outcome": "served",
        "status": 200,
        "interaction": "headers#1",
        "match": "exact",
    }


def test_the_name_of_an_interaction_is_percent_encoded_in_the_header(made: Running) -> None:
    reply = made.post(f"/cassette/{quote('scopes/ü b')}/-{CHAT}", chat("scope"))
    assert reply.header("x-playhead-interaction") == "scopes/%C3%BC%20b#0"


def test_a_stream_of_sniffed_events_is_chunked(made: Running) -> None:
    assert made.post(CHAT, chat("sniff 0")).header("transfer-encoding") == "chunked"


def test_a_head_request_gets_the_headers_only(tmp_path: Path) -> None:
    recording = interaction(url="http://x/models", method="HEAD", headers=EVENT_STREAM)
    write(tmp_path, "a", recording)
    with serve(tmp_path) as running, running.connect() as connection:
        assert connection.ask("HEAD", "/models").status == 200
        assert connection.ask("HEAD", "/models").status == 200


def test_a_digest_of_a_long_body_does_not_stand_for_it(tmp_path: Path) -> None:
    long = chat("x" * player.SHORT_BODY)
    write(tmp_path, "long", interaction(long, '"here"'))
    with serve(tmp_path) as running:
        assert running.post(CHAT, long).status == 200
        assert running.post(CHAT, sha256(long).digest()).status == 404
        assert running.post(CHAT, sha256(long).hexdigest().encode()).status == 404


def test_a_recorded_url_without_a_path_answers_at_the_root(tmp_path: Path) -> None:
    write(tmp_path, "root", interaction(method="GET", url="https://api.example", answer='"here"'))
    with serve(tmp_path) as running:
        assert running.get("/").body == b'"here"'


def test_a_query_too_long_to_be_remembered_is_answered_all_the_same(made: Running) -> None:
    path = f"{CHAT}?{'a' * 5000}"
    first = made.post(path, chat("scope"))
    assert made.post(path, chat("scope")).status == first.status


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]
