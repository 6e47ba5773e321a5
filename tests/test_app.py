import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from conftest import EXAMPLES
from playhead.account import Account
from playhead.app import App, create_app
from playhead.proof import Requirements, prove
from playhead.settings import Repeat, Settings
from playhead.state import Memory
from support.inside import inside
from support.recordings import CHAT, chat, interaction, write
from support.runs import Unreachable
from support.server import serve
from support.wire import Connection

Message = dict[str, Any]


def _run(app: App, scope: Message, received: list[Message]) -> list[Message]:
    """Drive `app` as a server does; return what it sent."""
    sent: list[Message] = []
    incoming = iter(received)

    async def receive() -> Message:
        return next(incoming)

    async def send(message: Message) -> None:
        sent.append(message)

    call: Callable[..., Awaitable[None]] = app

    async def called() -> None:
        await call(scope, receive, send)

    asyncio.run(called())
    return sent


def test_an_app_serves_the_folders_it_is_given() -> None:
    app = create_app(EXAMPLES / "azure", str(EXAMPLES / "openai"))
    names = [cassette.name for cassette in app.library.shelf.cassettes]
    assert names == [
        "gpt-4o-mini/chat-stream",
        "gpt-4o/chat-stream",
        "gpt-4o/responses-object-stream",
        "o4-mini/chat-stream",
    ]


def test_two_apps_in_one_process_share_nothing(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / name, "only", interaction(chat("hi"), f'"{name}"'))
    never = Settings(repeat=Repeat.NEVER)
    with (
        inside(create_app(tmp_path / "a", settings=never)) as first,
        inside(create_app(tmp_path / "b", settings=never)) as second,
        Connection(first.port) as to_first,
        Connection(second.port) as to_second,
    ):
        assert to_first.ask("POST", CHAT, chat("hi")).body == b'"a"'
        assert to_second.ask("POST", CHAT, chat("hi")).body == b'"b"'
        health = to_second.ask("GET", "/__playhead/health").body
    assert orjson.loads(health)["served"] == 1


def test_the_lifespan_is_answered() -> None:
    received = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = _run(create_app(EXAMPLES), {"type": "lifespan"}, received)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


def test_a_websocket_is_nothing_to_an_app() -> None:
    assert _run(create_app(EXAMPLES), {"type": "websocket", "path": "/"}, []) == []


def test_a_bug_of_ours_is_a_500_that_no_client_repeats(caplog: pytest.LogCaptureFixture) -> None:
    scope_without_headers = {"type": "http", "path": CHAT, "method": "POST"}
    received = [{"type": "http.request", "body": b"{}", "more_body": False}]
    app = create_app(EXAMPLES)
    start, content = _run(app, scope_without_headers, received)
    assert start["status"] == 500
    assert (b"x-should-retry", b"false") in start["headers"]
    assert orjson.loads(content["body"])["error"]["code"] == "internal"
    assert "a bug of ours" in caplog.text
    assert app.state.sessions.counts() == {("missed", "internal"): 1}


def test_a_request_that_met_a_bug_of_ours_is_missed_in_its_session() -> None:
    app = create_app(EXAMPLES)
    path = "/session/mine/-/v1/x"
    scope_without_method = {
        "type": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
    }  # fmt: skip
    _run(app, scope_without_method, [{"type": "http.request", "body": b"", "more_body": False}])
    (account,) = asyncio.run(app.state.accounts("mine"))
    proof = prove(app.library, account, Requirements(fail_on_miss=True))
    assert proof.reasons == (
        "1 request met a bug of playhead's (internal). Its log has the details; please report it.",
    )


def test_a_bug_of_the_control_api_is_no_missed_request() -> None:
    app = create_app(EXAMPLES)
    start, _ = _run(app, {"type": "http", "path": "/__playhead/health"}, [])
    assert start["status"] == 500
    assert not app.state.sessions.counts()


LIFE = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]


def _lived(state: Memory, caplog: pytest.LogCaptureFixture) -> list[Account]:
    """What an app that answered one request tells when it has ended."""
    app = create_app(EXAMPLES, state=state)
    (example, *_) = app.library.in_scope(None)
    state.sessions.default.journal.hit(("POST", b"/", None, None), example)
    with caplog.at_level("WARNING"):
        _run(app, {"type": "lifespan"}, LIFE)
    return app.accounts


def test_an_app_that_has_ended_knows_what_became_of_all_requests(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (account,) = _lived(Memory(), caplog)
    assert (account.served, len(account.requests)) == (1, 1)
    assert not caplog.messages


def test_where_the_shared_journal_is_gone_an_app_tells_of_its_own_requests(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (account,) = _lived(Unreachable(), caplog)
    assert (account.served, account.is_whole) == (1, False)
    assert "only this server's requests" in caplog.text


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [([], 0, "  lost: "), (["--fail-on-miss"], 1, "not proved: "),
     (["--require-served", "1"], 1, "not proved: ")],
)  # fmt: skip
def test_a_shared_state_that_fails_at_the_end_is_said_and_what_is_known_is_told(
    tmp_path: Path, flags: list[str], code: int, said: str
) -> None:
    write(tmp_path, "twice", interaction(chat("a"), "1"), interaction(chat("a"), "2"))
    state = tmp_path / "state.sqlite"
    with serve(tmp_path, "--state", f"sqlite:{state}", *flags) as running:
        assert running.post(CHAT, chat("a")).body == b"1"
        for file in (state, state.with_name(f"{state.name}-wal")):
            with file.open("r+b") as opened:
                opened.write(b"x" * file.stat().st_size)
        assert running.stop() == code
        assert f"{said}it is not known what became of all requests" in running.log()
        assert "only this server's requests are told of: the shared state in" in running.log()
        assert running.log().count("malformed") == 1
        assert "Traceback" not in running.log()
