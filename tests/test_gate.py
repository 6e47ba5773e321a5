"""The gate of the control API, asked over a real socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.recordings import CHAT, chat, interaction, write
from support.refusals import error_in
from support.server import Running, serve

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("gate")
    write(folder, "a/one", interaction(chat("one")))
    with serve(folder, "--allowed-host", "Playhead.example.com") as running:
        yield running


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost:8080", "LOCALHOST", "127.0.0.1", "127.0.0.1:8080", "[::1]:8080",
        "10.0.0.7", "playhead", "playhead:8080", "app.localhost", "host.docker.internal",
        "playhead.default.svc.cluster.local", "playhead.example.com", "PLAYHEAD.example.com:80",
    ],
)  # fmt: skip
def test_names_that_only_this_network_knows_are_let_in(server: Running, host: str) -> None:
    assert server.get("/__playhead/health", {"host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "", "example.com", "evil.example.com:8080", "localhost.evil.com", "127.0.0.1.nip.io",
        "playhead.example.com.evil.com", "svc.cluster.local.evil.com", "a b", "[evil.com]",
        "user@evil.com", "localhost@evil.com", "evil.com#localhost", "[", "\xff",
    ],
)  # fmt: skip
def test_any_other_name_is_kept_out(server: Running, host: str) -> None:
    reply = server.get("/__playhead/health", {"host": host})
    assert reply.status == 403
    assert error_in(reply)["type"] == "bad_request"


def test_a_name_that_is_kept_out_is_told_the_flag(server: Running) -> None:
    error = error_in(server.get("/__playhead/health", {"host": "example.com"}))
    assert "--allowed-host" in error["message"]


def test_a_long_host_is_kept_out_with_a_short_message(server: Running) -> None:
    error_in(server.get("/__playhead/health", {"host": "a." * 5000}))


def test_a_request_without_a_host_is_kept_out(server: Running) -> None:
    with server.connect() as connection:
        connection.send(b"GET /__playhead/health HTTP/1.0\r\n\r\n")
        assert connection.reply().status == 403


@pytest.mark.parametrize(
    "origin",
    ["http://evil.com", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.com", "http://[", ""],
)
@pytest.mark.parametrize("path", ["health", "requests", "misses", "cassettes", "nothing"])
def test_a_page_of_another_origin_is_kept_out(server: Running, path: str, origin: str) -> None:
    with server.untroubled():
        reply = server.get(f"/__playhead/{path}", {"origin": origin})
    assert reply.status == 403


def test_a_page_of_ours_is_let_in(server: Running) -> None:
    host = f"127.0.0.1:{server.port}"
    headers = {"host": host, "origin": f"http://{host}", **JSON}
    assert server.post("/__playhead/rewind", headers=headers).status == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"]
)
def test_a_post_that_a_form_could_send_is_kept_out(server: Running, content_type: str) -> None:
    reply = server.post("/__playhead/rewind", headers={"content-type": content_type})
    assert reply.status == 403
    assert "content-type: application/json" in error_in(reply)["message"]


def test_a_charset_beside_the_content_type_is_let_in(server: Running) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert server.post("/__playhead/rewind", headers=headers).status == 200


@pytest.mark.parametrize("path", ["/__playhead", "/__playhead/nothing", "/__playheadx"])
def test_the_gate_stands_before_unknown_paths_too(server: Running, path: str) -> None:
    assert server.get(path, {"host": "evil.example.com"}).status == 403


@pytest.mark.parametrize("path", ["/%5f_playhead/health", "/__playhead/%68ealth"])
def test_an_encoded_path_does_not_get_round_the_gate(server: Running, path: str) -> None:
    assert server.get(path, {"host": "evil.example.com"}).status == 403


def test_an_absolute_request_target_does_not_get_round_the_gate(server: Running) -> None:
    target = "http://localhost/__playhead/health"
    assert server.get(target, {"host": "evil.example.com"}).status == 403


@pytest.mark.parametrize("path", ["//__playhead/health", "/cassette/a/-/__playhead/health"])
def test_the_control_api_has_no_other_paths(server: Running, path: str) -> None:
    assert error_in(server.get(path))["code"] == "unknown_operation"


def test_the_replay_paths_take_any_host(server: Running) -> None:
    assert server.post(CHAT, chat("one"), {"host": "api.openai.com"}).status == 200
