"""What the control API does not know or cannot reach, asked over a real socket."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from conftest import EXAMPLES
from playhead.app import create_app
from support.inside import inside
from support.recordings import CHAT, chat, interaction, write
from support.refusals import error_in
from support.runs import Unreachable
from support.server import Running, serve
from support.wire import Connection

JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("control")
    write(folder, "a/one", interaction(chat("one")))
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Running]:
    with serve(folder) as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Running]:
    with serve(EXAMPLES) as running:
        yield running


def listed(server: Running) -> list[dict[str, str]]:
    reply = server.get("/__playhead")
    assert reply.status == 200
    found: list[dict[str, str]] = orjson.loads(reply.body)
    return found


def test_the_control_api_lists_its_endpoints_at_its_root_with_and_without_a_slash(
    server: Running,
) -> None:
    assert server.control("") == listed(server)
    first, second, *_ = listed(server)
    assert first == {"method": "GET", "path": "/__playhead/", "purpose": "this list"}
    assert second == {
        "method": "GET", "path": "/__playhead/health",
        "purpose": "200 once it serves, with counts",
    }  # fmt: skip


def test_every_endpoint_listed_is_there_and_refuses_a_parameter_that_it_does_not_know(
    fresh: Running,
) -> None:
    for each in listed(fresh):
        path = f"{each['path'].replace('{id}', '1')}?nothing=1"
        reply = fresh.ask(each["method"], path, headers=JSON)
        assert reply.status == 400, each
        assert "there is no parameter 'nothing'; there are " in error_in(reply)["message"]


def test_a_rewind_of_a_session_in_the_query_rewinds_nobody_and_says_where_it_goes(
    tmp_path: Path,
) -> None:
    write(tmp_path, "a", *(interaction(chat("a"), str(at)) for at in range(3)))
    with serve(tmp_path) as running:
        assert running.post(CHAT, chat("a")).body == b"0"
        reply = running.post("/__playhead/rewind?session=a", b"{}", JSON)
        assert reply.status == 400
        assert error_in(reply)["message"] == (
            "playhead: there is no parameter 'session'; there are none here; "
            'a session goes into the body: {"session": "NAME"}'
        )
        assert running.post(CHAT, chat("a")).body == b"1"


@pytest.mark.parametrize("path", ["//", "/nothing", "/health/", "/%ff", "x", f"/{'x' * 500}"])
def test_an_unknown_control_path_is_404_and_is_told_the_endpoints(
    server: Running, path: str
) -> None:
    reply = server.get(f"/__playhead{path}")
    assert reply.status == 404
    message = error_in(reply)["message"]
    assert message.startswith("playhead: there is nothing at '/__playhead")
    assert message.endswith(
        "; /__playhead/ has health, cassettes, requests, misses, verify, unused, sessions, events, "
        "metrics, reload, rewind"
    )


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "health"), ("DELETE", "requests"), ("GET", "rewind")]
)
def test_a_wrong_method_is_405_in_our_form(server: Running, method: str, path: str) -> None:
    reply = server.ask(method, f"/__playhead/{path}", headers=JSON)
    assert reply.status == 405
    assert reply.header("allow")
    error_in(reply)


def test_a_head_request_is_answered_as_its_get(server: Running) -> None:
    assert server.ask("HEAD", "/__playhead/health").status == 200


def test_a_journal_that_cannot_be_reached_is_said_in_our_form(folder: Path) -> None:
    app = create_app(folder, state=Unreachable())
    with inside(app) as running, Connection(running.port) as connection:
        reply = connection.ask("GET", "/__playhead/misses")
    assert reply.status == 500
    assert error_in(reply)["code"] == "state_unreachable"
    assert "the store is gone" in error_in(reply)["message"]
