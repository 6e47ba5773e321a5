import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from conftest import EXAMPLES
from playhead import search
from playhead.app import create_app
from support.inside import inside
from support.oracle import Recorded, recorded
from support.recordings import CHAT, GEMINI, RESPONSES, chat, interaction, write
from support.refusals import error_in
from support.server import Running, serve
from support.wire import Connection, eventually

SEEDS = recorded(EXAMPLES)
SECRET_PROMPT = "the rate limit of the maximum context length"
NAMES_IN_NO_LIBRARY = [
    "..", "../../etc/passwd", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..", "%00",
    "a%00b", "a%0d%0ab", "%ff%fe", "%ed%a0%80", "/etc/passwd", "//", "C:", "a" * 5000,
    "deep/" * 1000, "%1b[31m", "chat.yaml", "chat%20", "CHAT", "%E2%80%AE",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("unrecorded")
    write(folder, "chat", interaction(chat("a recorded prompt"), "{}"))
    write(folder, "other/tools", interaction(chat("use tools", tools=[]), "{}"))
    url = f"https://generativelanguage.googleapis.com{GEMINI}"
    write(folder, "gemini", interaction(b'{"contents": ["hi"]}', "{}", url=url))
    write(folder, "form", interaction(b"--x\nnot json", "{}", url="http://x/v1/audio/speech"))
    write(folder, "search", interaction(url="http://x/search", method="GET"))
    with serve(folder) as running:
        yield running


# The form


def test_a_refusal_has_the_form_that_all_clients_read(server: Running) -> None:
    reply = server.post(CHAT, chat("something else"))
    assert reply.status == 404
    error = error_in(reply)
    assert error["type"] == "no_recording_matched"
    assert error["code"] == "body_differs"
    assert error["status"] == "NOT_FOUND"


def test_the_id_of_a_refusal_is_its_number_in_the_journal(server: Running) -> None:
    reply = server.post(CHAT, chat("something else"))
    entry = server.control(f"requests/{reply.header('x-request-id')}")
    assert entry["message"] == error_in(reply)["message"]
    assert entry["code"] == "body_differs"
    assert entry["outcome"] == "refused"


def test_the_message_says_where_to_read_more(server: Running) -> None:
    reply = server.post(CHAT, chat("something else"), {"host": "playhead.test:1234"})
    number = reply.header("request-id")
    expected = f"See http://playhead.test:1234/__playhead/requests/{number}"
    assert error_in(reply)["message"].endswith(expected)


def test_a_host_that_is_no_name_is_not_repeated(server: Running) -> None:
    reply = server.post(CHAT, chat("something else"), {"host": "<script>"})
    assert "script" not in error_in(reply)["message"]


def test_the_message_names_the_nearest_interaction_and_the_path_that_differs(
    server: Running,
) -> None:
    message = error_in(server.post(CHAT, chat("a recorded prompT!")))["message"]
    expected = "Nearest: chat#0 (9"
    assert expected in message
    assert "messages[0].content (recorded 17 chars, sent 18 chars, the first 16 alike)" in message


def test_the_message_quotes_no_prompt(server: Running) -> None:
    message = error_in(server.post(CHAT, chat(SECRET_PROMPT)))["message"]
    assert "rate limit" not in message
    assert "recorded prompt" not in message


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.file.parent.name)
def test_a_changed_seed_names_the_seed_as_nearest(examples: Running, seed: Recorded) -> None:
    body = seed.request_body.replace(b"You are", b"You were").replace(b"Alice", b"Alicia")
    message = error_in(examples.post(seed.target, body))["message"]
    name = seed.file.relative_to(EXAMPLES).with_suffix("")
    assert f"Nearest: {name}#0" in message
    assert re.search(r"differs at (messages|input)\[0\]\.content", message)


def test_one_more_field_is_named(server: Running) -> None:
    body = chat("a recorded prompt", temperature=0.5)
    message = error_in(server.post(CHAT, body))["message"]
    assert "differs at temperature (recorded nothing, sent a number)." in message


def test_many_differences_are_counted(server: Running) -> None:
    body = chat("a recorded prompt", **{f"field_{at}": at for at in range(9)})
    message = error_in(server.post(CHAT, body))["message"]
    assert "and 6 more." in message


def test_the_message_stays_short_whatever_is_sent(server: Running) -> None:
    body = chat("x", **{f"{at}{'long' * 100}": at for at in range(9)})
    path = "/" + "long/" * 200 + "v1/chat/completions"
    error_in(server.post(path, body, {"host": "h" * 80}))


# The codes


def test_an_unknown_path_is_an_unknown_operation(server: Running) -> None:
    error = error_in(server.post("/v1/embeddings", b"{}"))
    assert error["code"] == "unknown_operation"
    assert "nothing is recorded for POST /v1/embeddings." in error["message"]


def test_a_wrong_method_is_told_the_recorded_one(server: Running) -> None:
    reply = server.get(CHAT)
    assert reply.status == 404
    error = error_in(reply)
    assert error["code"] == "unknown_operation"
    assert "it is recorded with POST" in error["message"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_any_other_method_is_refused_in_the_same_form(server: Running, method: str) -> None:
    assert error_in(server.ask(method, CHAT))["code"] == "unknown_operation"


def test_what_only_other_cassettes_hold_is_said(server: Running) -> None:
    error = error_in(server.post(f"/cassette/search/-{CHAT}", chat("a recorded prompt")))
    assert error["code"] == "unknown_operation"
    assert "out of scope, chat#0 would match exactly" in error["message"]
    error = error_in(server.post(f"/cassette/search/-{CHAT}", chat("not recorded at all")))
    assert "it is recorded in other cassettes" in error["message"]


def test_a_scope_without_its_end_is_told_how_one_is_written(server: Running) -> None:
    error = error_in(server.post(f"/cassette/chat{CHAT}x", chat("a recorded prompt")))
    assert "scope ends with /-/" in error["message"]


def test_an_empty_folder_asks_whether_the_volume_is_mounted(tmp_path: Path) -> None:
    with serve(tmp_path) as running:
        reply = running.post(CHAT, chat("hello"))
    assert reply.status == 404
    error = error_in(reply)
    assert error["code"] == "no_cassettes"
    assert "volume not mounted" in error["message"]


def test_used_up_answers_are_exhausted(tmp_path: Path) -> None:
    write(tmp_path, "once", interaction(chat("once")))
    with serve(tmp_path, "--repeat", "never") as running:
        assert running.post(CHAT, chat("once")).status == 200
        error = error_in(running.post(CHAT, chat("once")))
    assert error["code"] == "exhausted"
    assert "the one recorded answer to this request has been used" in error["message"]


@pytest.mark.parametrize("name", NAMES_IN_NO_LIBRARY)
def test_a_scope_in_the_path_that_names_nothing_is_unknown(server: Running, name: str) -> None:
    with server.untroubled():
        reply = server.post(f"/cassette/{name}/-{CHAT}", chat("a recorded prompt"))
    assert reply.status == 404
    assert error_in(reply)["code"] == "unknown_cassette"


@pytest.mark.parametrize("name", NAMES_IN_NO_LIBRARY)
def test_a_scope_in_the_header_that_names_nothing_is_unknown(server: Running, name: str) -> None:
    with server.untroubled():
        reply = server.post(CHAT, chat("a recorded prompt"), {"x-playhead-cassette": name})
    assert error_in(reply)["code"] == "unknown_cassette"


def test_a_header_of_raw_bytes_is_unknown(server: Running) -> None:
    headers = {"x-playhead-cassette": "\xff\x80"}
    assert error_in(server.post(CHAT, b"{}", headers))["code"] == "unknown_cassette"


# Providers


def test_a_code_on_googles_paths_is_a_number(server: Running) -> None:
    reply = server.post(GEMINI, b'{"contents": ["ho"]}')
    assert reply.status == 404
    error = error_in(reply)
    assert error["code"] == 404
    assert error["status"] == "NOT_FOUND"


def test_another_model_in_the_path_is_named_as_the_difference(server: Running) -> None:
    path = GEMINI.replace("2.5-flash", "3-pro")
    error = error_in(server.post(path, b'{"contents": ["hi"]}'))
    assert "differs at the URL's path" in error["message"]


# Hostile bodies


@pytest.mark.parametrize(
    "body",
    [b"{", b"[1, 2", b'{"a": NaN}', b"\xff\xfe", b"\0", b'"\\ud800"', b"null", b"1e999", b" ",
     b"9" * 5000, b'{"model": {}}', b'{"messages": 7}'],
)  # fmt: skip
def test_a_body_that_is_no_proper_json_is_an_ordinary_miss(server: Running, body: bytes) -> None:
    with server.untroubled():
        reply = server.post(CHAT, body)
    assert reply.status == 404
    assert error_in(reply)["code"] == "body_differs"


@pytest.mark.parametrize("depth", [100, 255, 400, 480, 500, 990, 100_000])
def test_a_body_nested_deeply_is_an_ordinary_miss(server: Running, depth: int) -> None:
    with server.untroubled():
        for body in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
            assert error_in(server.post(CHAT, body))["code"] == "body_differs"


def test_two_deep_bodies_can_be_compared(tmp_path: Path) -> None:
    for at, depth in enumerate((250, 300, 400, 450, 480)):
        write(tmp_path, str(at), interaction(b"[" * depth + b"1" + b"]" * depth))
    with serve(tmp_path) as running, running.untroubled():
        for depth in (250, 300, 400, 450, 480):
            body = b"[" * depth + b"2" + b"]" * depth
            assert error_in(running.post(CHAT, body))["code"] == "body_differs"


def test_a_body_that_is_no_json_where_none_was_recorded_is_compared_whole(
    server: Running,
) -> None:
    error = error_in(server.post("/v1/audio/speech", b"other bytes"))
    assert "differs at the body" in error["message"]


@pytest.mark.parametrize("count", ["2", "many", "9" * 5000, "-1"])
def test_the_count_of_retries_in_a_header_may_be_anything(server: Running, count: str) -> None:
    reply = server.post(CHAT, chat("x"), {"x-stainless-retry-count": count})
    assert error_in(reply)["code"] == "body_differs"


def test_a_clients_retries_are_noted(server: Running) -> None:
    server.post(CHAT, chat("x"), {"x-stainless-retry-count": "2"})
    assert server.control("misses")["misses"][-1]["client_retry"] == 2


@pytest.mark.parametrize("path", ["/%ff", "/%00", "/%0d%0aset-cookie:a", "/%1b[2J", "/%ed%a0%80"])
def test_a_path_of_strange_bytes_does_not_spoil_the_journal(server: Running, path: str) -> None:
    assert error_in(server.get(path))["code"] == "unknown_operation"
    assert server.control("requests")["requests"]
    assert server.control("misses")["misses"]


def test_a_refusal_without_a_nearest_is_one_line_in_the_log(server: Running) -> None:
    before = len(server.log().splitlines())
    message = error_in(server.post(f"/cassette/a%0ab/-{CHAT}", b"{}"))["message"]
    assert eventually(lambda: len(server.log().splitlines()) > before)
    assert server.log().splitlines()[before:] == [message]


# Time


def test_a_search_that_takes_too_long_is_left_out_of_the_refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SECONDS", 0.0)
    write(tmp_path, "a", interaction(chat("a")))
    with inside(create_app(tmp_path)) as server, Connection(server.port) as connection:
        error = error_in(connection.ask("POST", CHAT, chat("b")))
    assert error["code"] == "body_differs"
    assert "The nearest recording was not found in time." in error["message"]


def test_a_body_too_large_to_be_compared_is_refused_all_the_same(tmp_path: Path) -> None:
    write(tmp_path, "huge", interaction(chat("x" * 6_000_000)))
    with serve(tmp_path) as running:
        error = error_in(running.post(CHAT, chat("x" * 6_000_000 + "y")))
    assert error["code"] == "body_differs"
    assert "The body is too large to be compared." in error["message"]


# Models


def test_a_list_of_models_is_in_the_journal(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("a")))
    with serve(tmp_path) as running:
        pages = {running.get("/v1/models").body for _ in range(2)}
        entry = running.control("requests")["requests"][0]
    assert len(pages) == 1
    assert (entry["outcome"], entry["status"]) == ("answered", 200)


def test_the_recorded_models_are_listed(examples: Running) -> None:
    reply = examples.get("/v1/models")
    assert reply.status == 200
    assert reply.header("content-type") == "application/json"
    page = orjson.loads(reply.body)
    assert page["object"] == "list"
    names = [model["id"] for model in page["data"]]
    assert names == ["gpt-4o", "gpt-4o-mini", "o4-mini", "openai/gpt-5"]


@pytest.mark.parametrize(
    "path", ["/models", "/openai/v1/models", "/v1beta/models", "/v1/v1/models"]
)
def test_the_models_are_listed_under_any_prefix(examples: Running, path: str) -> None:
    assert examples.get(path).status == 200


def test_the_models_of_a_scope_are_those_of_its_cassettes(examples: Running) -> None:
    reply = examples.get("/cassette/azure/-/v1/models")
    assert [model["id"] for model in orjson.loads(reply.body)["data"]] == ["o4-mini"]


def test_a_model_in_the_path_counts_as_recorded(server: Running) -> None:
    names = [model["id"] for model in orjson.loads(server.get("/v1/models").body)["data"]]
    assert "gemini-2.5-flash" in names


def test_a_scope_without_models_has_an_empty_list(server: Running) -> None:
    page = orjson.loads(server.get("/cassette/search/-/v1/models").body)
    assert (page["data"], page["first_id"], page["last_id"]) == ([], None, None)


def test_a_recorded_list_of_models_comes_before_ours(tmp_path: Path) -> None:
    write(tmp_path, "models", interaction(url="http://x/v1/models", method="GET", answer='"own"'))
    with serve(tmp_path) as running:
        assert running.get("/v1/models").body == b'"own"'


def test_a_single_model_is_not_made_up(examples: Running) -> None:
    assert error_in(examples.get("/v1/models/gpt-4o"))["code"] == "unknown_operation"


# Pages in a browser

ORIGIN = "http://localhost:3000"


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("cors")
    headers = {"Content-Type": ["application/json"], "Access-Control-Allow-Origin": ["*"]}
    write(folder, "cors", interaction(chat("hi"), headers=headers))
    with serve(folder, "--cors-origin", ORIGIN) as running:
        yield running


def test_a_preflight_is_answered_for_the_origin_that_is_let_in(crossing: Running) -> None:
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type",
    }
    reply = crossing.ask("OPTIONS", CHAT, headers=asked)
    assert reply.status == 204
    assert reply.header("access-control-allow-origin") == ORIGIN
    assert reply.header("access-control-allow-headers") == "authorization,content-type"
    assert "POST" in str(reply.header("access-control-allow-methods"))


def test_a_preflight_without_headers_gets_none(crossing: Running) -> None:
    reply = crossing.ask("OPTIONS", CHAT, headers={"origin": ORIGIN})
    assert reply.header("access-control-allow-headers") is None


@pytest.mark.parametrize("body", [chat("hi"), chat("ho")], ids=["an answer", "a refusal"])
def test_a_page_may_read_an_answer_and_a_refusal(crossing: Running, body: bytes) -> None:
    reply = crossing.post(CHAT, body, {"origin": ORIGIN})
    assert reply.header("access-control-allow-origin") == ORIGIN
    assert reply.header("access-control-expose-headers") == "*"
    assert reply.header("vary") == "Origin"


def test_a_page_may_read_the_models(crossing: Running) -> None:
    assert crossing.get("/v1/models").header("access-control-allow-origin") == ORIGIN


def test_no_page_may_read_the_control_api(crossing: Running) -> None:
    reply = crossing.get("/__playhead/health", {"origin": ORIGIN})
    assert reply.status == 403
    assert not [name for name, _ in reply.headers if name.startswith("access-control-")]


def test_the_control_api_answers_no_preflight(crossing: Running) -> None:
    asked = {"origin": ORIGIN, "access-control-request-method": "POST"}
    reply = crossing.ask("OPTIONS", "/__playhead/rewind", headers=asked)
    assert reply.status == 403
    assert not [name for name, _ in reply.headers if name.startswith("access-control-")]


def test_without_the_flag_a_preflight_is_refused(server: Running) -> None:
    reply = server.ask("OPTIONS", CHAT, headers={"origin": ORIGIN})
    assert reply.status == 404
    assert reply.header("access-control-allow-origin") is None


def test_the_responses_path_is_not_the_chat_path(server: Running) -> None:
    error = error_in(server.post(RESPONSES, chat("a recorded prompt")))
    assert error["code"] == "unknown_operation"
    assert "POST /v1/responses" in error["message"]
