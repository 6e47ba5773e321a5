import contextlib
import os
import shlex
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import EXAMPLES
from playhead import __version__, player
from playhead.app import create_app
from playhead.serve import MAX_HEADER_BYTES, bind
from support.flawed import BROKEN
from support.inside import Inside, inside
from support.oracle import recorded
from support.recordings import CHAT, EVENT_STREAM, chat, events, interaction, write
from support.refusals import error_in
from support.server import Running, command, playhead, serve
from support.wire import DEADLINE_SECONDS, HEAD_END, Connection, eventually, request

SEEDS = recorded(EXAMPLES)
LONG = events(*map(str, range(500)))
MEGABYTE = 1024 * 1024
STREAMS = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    write(folder, "long", interaction(chat("long"), LONG, headers=EVENT_STREAM))
    write(folder, "short", interaction(chat("short"), '"here"'))
    big = events(*["x" * 65536] * 200)
    write(folder, "big", interaction(chat("big"), big, headers=EVENT_STREAM))
    return folder


@pytest.fixture(scope="module")
def attacked(folder: Path) -> Iterator[Running]:
    with serve(folder) as running:
        yield running


@pytest.fixture
def target(attacked: Running) -> Iterator[Running]:
    """A server that must answer the next request, whatever a test sends, and log no traceback."""
    with _unharmed(attacked):
        yield attacked


@contextlib.contextmanager
def _unharmed(server: Running) -> Iterator[None]:
    with server.untroubled():
        yield
        assert server.post(CHAT, chat("short")).body == b'"here"'


# Start


def test_the_examples_are_served(examples: Running) -> None:
    assert "5 cassettes" in examples.banner
    assert examples.health()["cassettes"] == 5


def test_port_0_takes_a_free_port_and_prints_it(examples: Running) -> None:
    assert examples.port > 0
    assert examples.banner.splitlines()[0].endswith(f"http://127.0.0.1:{examples.port}")


def test_web_concurrency_in_the_environment_does_not_count(folder: Path) -> None:
    with serve(folder, env={"WEB_CONCURRENCY": "4"}) as running:
        assert running.post(CHAT, chat("short")).status == 200


def test_a_port_in_use_is_exit_code_3() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = playhead("serve", EXAMPLES, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_socket_that_cannot_be_bound_is_closed() -> None:
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            bind("127.0.0.1", taken.getsockname()[1])


# Stop


@pytest.mark.parametrize("number", [SIGTERM, SIGINT])
def test_a_signal_ends_an_idle_server_with_exit_code_0(number: Signals) -> None:
    with serve(EXAMPLES) as running:
        assert running.stop(number) == 0
        assert running.log() == ""


def test_a_kept_alive_connection_does_not_hold_up_the_end(folder: Path) -> None:
    with serve(folder) as running, running.connect() as connection:
        connection.ask("POST", CHAT, chat("short"))
        assert running.stop() == 0


@pytest.mark.parametrize("sent", [b"", b"POST /v1/chat/comp"])
def test_a_request_that_has_not_come_does_not_hold_up_the_end(folder: Path, sent: bytes) -> None:
    with serve(folder) as running, running.connect() as connection:
        connection.send(sent)
        running.health()
        assert running.stop() == 0
        assert "Traceback" not in running.log()


def test_clients_that_stall_hold_up_the_end_no_longer_than_the_grace(folder: Path) -> None:
    with serve(folder, "--drain", "0", "--event-gap", "1ms") as running:
        with Connection(running.port, receive_buffer=4096) as reader, running.connect() as sender:
            reader.send(request("POST", CHAT, chat("big")))
            reader.head()
            sender.send(request("POST", CHAT, chat("short"))[:-5])
            running.health()
            assert running.stop() == 0
        assert "Traceback" not in running.log()


def _open_streams(
    stack: contextlib.ExitStack, server: Running, body: bytes, count: int
) -> list[Connection]:
    """Streams that have all begun."""
    connections = [stack.enter_context(server.connect()) for _ in range(count)]
    for connection in connections:
        connection.send(request("POST", CHAT, body))
    for connection in connections:
        connection.until(HEAD_END)
    return connections


def _rest_of_body(connection: Connection) -> bytes:
    return b"".join(chunk.data for chunk in iter(connection.chunk, None))


def test_streams_end_at_their_pace_within_the_drain(folder: Path) -> None:
    with serve(folder, "--event-gap", "1ms") as running, contextlib.ExitStack() as stack:
        start = monotonic()
        connections = _open_streams(stack, running, chat("long"), STREAMS)
        running.signal()
        bodies = {_rest_of_body(connection) for connection in connections}
        assert monotonic() - start >= 0.001 * (LONG.count("data:") - 1)
        assert running.wait() == 0
        assert running.log().startswith("playhead: stopping; ")
    assert bodies == {LONG.encode()}


def test_what_is_left_after_the_drain_is_sent_at_once(folder: Path) -> None:
    with serve(folder, "--event-gap", "60m", "--drain", "100ms") as running:
        with contextlib.ExitStack() as stack:
            connections = _open_streams(stack, running, chat("long"), STREAMS)
            running.signal()
            bodies = {_rest_of_body(connection) for connection in connections}
        assert running.wait() == 0
        assert running.log().startswith("playhead: stopping; ")
    assert bodies == {LONG.encode()}


def _accepts(server: Running) -> bool:
    try:
        server.connect().socket.close()
    except ConnectionError:
        return False
    return True


def test_a_second_signal_ends_the_drain(folder: Path) -> None:
    with serve(folder, "--event-gap", "60m", "--drain", "60m") as running:
        with contextlib.ExitStack() as stack:
            connections = _open_streams(stack, running, chat("long"), 3)
            running.signal(SIGINT)
            assert eventually(lambda: not _accepts(running))
            running.signal(SIGINT)
            bodies = {_rest_of_body(connection) for connection in connections}
        assert running.wait() == 0
    assert bodies == {LONG.encode()}


def test_a_server_in_a_thread_stops_without_signals(folder: Path) -> None:
    with inside(create_app(folder)) as server, Connection(server.port) as connection:
        assert connection.ask("POST", CHAT, chat("short")).status == 200


# Clients that say too little


@pytest.fixture(scope="module")
def impatient(folder: Path) -> Iterator[Inside]:
    """A server that gives idle clients one second."""
    with inside(create_app(folder), keep_alive=1) as server:
        yield server


@pytest.mark.parametrize(
    "sent",
    [b"", b"P", b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n", b"\r\n"],
    ids=["nothing", "one byte", "half a head", "an empty line"],
)
def test_a_connection_without_a_whole_head_is_closed(impatient: Inside, sent: bytes) -> None:
    with Connection(impatient.port) as connection:
        connection.socket.settimeout(10)
        connection.send(sent)
        assert connection.rest() == b""


def test_a_connection_that_is_idle_after_an_answer_is_closed(impatient: Inside) -> None:
    with Connection(impatient.port) as connection:
        connection.ask("POST", CHAT, chat("short"))
        assert connection.rest() == b""


def test_a_body_that_does_not_come_in_time_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "BODY_SECONDS", 0.2)
    with inside(create_app(folder)) as server, Connection(server.port) as connection:
        connection.send(request("POST", CHAT, chat("short"))[:-5])
        reply = connection.reply()
    assert reply.status == 408
    assert error_in(reply)["code"] == "bad_request"


def test_a_body_may_take_longer_than_the_patience_with_idle_clients(impatient: Inside) -> None:
    body = request("POST", CHAT, chat("short"))
    with Connection(impatient.port) as slow, Connection(impatient.port) as clock:
        slow.send(body[:-5])
        assert clock.rest() == b""
        slow.send(body[-5:])
        assert slow.reply().status == 200


# Too much


def test_a_body_over_the_limit_is_413(target: Running) -> None:
    size = 65 * MEGABYTE
    with target.connect() as connection:
        connection.send(
            f"POST {CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: {size}\r\n\r\n".encode()
        )
        for _ in range(65):
            connection.send(b"x" * MEGABYTE)
        reply = connection.reply()
        assert connection.ask("POST", CHAT, chat("short")).status == 200
    assert reply.status == 413
    assert error_in(reply)["code"] == "body_too_large"


def test_a_large_body_below_the_limit_is_an_ordinary_miss(target: Running) -> None:
    reply = target.post(CHAT, chat("x" * 20 * MEGABYTE))
    assert error_in(reply)["code"] == "body_differs"


def test_a_head_over_the_limit_is_refused_before_its_end(target: Running) -> None:
    with target.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\nhost: x\r\nx: ")
        connection.send(b"a" * (MAX_HEADER_BYTES + 1))
        reply = connection.reply()
        assert connection.rest() == b""
    assert reply.status == 400
    assert error_in(reply)["code"] == "bad_request"


def test_a_path_of_70_kb_is_refused(target: Running) -> None:
    reply = target.get("/" + "a" * 70 * 1024)
    assert reply.status == 400


def test_a_head_just_below_the_limit_is_read(target: Running) -> None:
    reply = target.post(CHAT, chat("short"), {"x": "a" * 60 * 1024})
    assert reply.status == 200


def test_a_head_of_20_mb_ends_the_connection(target: Running) -> None:
    with target.connect() as connection:
        connection.send(b"GET / HTTP/1.1\r\nx: ")
        with contextlib.suppress(ConnectionError):
            connection.send(b"a" * 20 * MEGABYTE)
        assert connection.rest().partition(b"\r\n")[0] in (b"", b"HTTP/1.1 400 Bad Request")


def test_two_thousand_headers_are_read(target: Running) -> None:
    reply = target.post(CHAT, chat("short"), {f"x-{at}": "a" for at in range(2000)})
    assert reply.status == 200


def test_a_large_body_does_not_count_as_head_of_the_next_request(target: Running) -> None:
    first, second = request("POST", CHAT, chat("x" * 100_000)), request("POST", CHAT, chat("short"))
    with target.connect() as connection:
        connection.send(first + second[:30])
        assert connection.reply().status == 404
        connection.send(second[30:])
        assert connection.reply().status == 200


# What is no request


def _tls_hello() -> bytes:
    context = ssl.create_default_context()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


MALFORMED = {
    "garbage": b"\x00\xff\xfe garbage\r\n\r\n",
    "a TLS hello": _tls_hello(),
    "another version": b"GET / HTTP/9.9\r\nhost: x\r\n\r\n",
    "another protocol": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "an unknown method": b"BREW / HTTP/1.1\r\nhost: x\r\n\r\n",
    "path bytes beyond ASCII": b"GET /\xc3\xa1 HTTP/1.1\r\nhost: x\r\n\r\n",
    "length and chunks": b"POST / HTTP/1.1\r\ncontent-length: 3\r\n"
    b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
    "a negative length": b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    "a length of words": b"POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n",
    "a length beyond 64 bits": b"POST / HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n\r\n",
    "a NUL in a header": b"GET / HTTP/1.1\r\nx: a\0b\r\n\r\n",
    "a space in a header's name": b"GET / HTTP/1.1\r\nx y: a\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nhost\r\n\r\n",
    "CONNECT": b"CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    "no path": b"GET http://x HTTP/1.1\r\nhost: x\r\n\r\n",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_request_is_refused_in_our_form_and_closed(target: Running, sent: bytes) -> None:
    with target.connect() as connection:
        connection.send(sent)
        reply = connection.reply()
        assert connection.rest() == b""
    assert reply.status == 400
    assert error_in(reply)["type"] == "bad_request"


def test_a_bad_chunk_in_a_body_ends_the_connection(target: Running) -> None:
    head = f"POST {CHAT} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n".encode()
    with target.connect() as connection:
        connection.send(head + b"not a size\r\n")
        assert connection.rest().startswith(b"HTTP/1.1 400 ")


def test_garbage_during_a_stream_ends_it_without_a_foreign_byte(folder: Path) -> None:
    with serve(folder, "--event-gap", "60m", "--drain", "0") as running:
        with running.connect() as connection:
            connection.send(request("POST", CHAT, chat("long")))
            connection.head()
            connection.chunk()
            connection.send(b"\0 garbage\r\n\r\n")
            assert connection.rest() == b""
        assert eventually(lambda: running.health()["streams"] == 0)
        assert "Traceback" not in running.log()


def test_half_a_body_and_then_nothing_leaves_no_trace(target: Running) -> None:
    with target.connect() as connection:
        connection.send(request("POST", CHAT, chat("short"))[:-5])
    assert target.post(CHAT, chat("short")).status == 200


# Unusual but right


def test_pipelined_requests_are_answered_in_order(target: Running) -> None:
    pipelined = request("POST", CHAT, chat("short")), request("POST", CHAT, chat("other"))
    with target.connect() as connection:
        connection.send(b"".join(pipelined * 5))
        statuses = [connection.reply().status for _ in range(10)]
    assert statuses == [200, 404] * 5


def test_a_request_may_come_byte_by_byte(target: Running) -> None:
    with target.connect() as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in request("POST", CHAT, chat("short")):
            connection.send(bytes([byte]))
        assert connection.reply().status == 200


def test_empty_lines_before_a_request_do_not_count(target: Running) -> None:
    with target.connect() as connection:
        connection.send(b"\r\n\r\n" + request("POST", CHAT, chat("short")))
        assert connection.reply().status == 200


def test_an_absolute_request_target_is_served_by_its_path(target: Running) -> None:
    reply = target.post(f"http://api.openai.com{CHAT}", chat("short"))
    assert reply.status == 200


def test_http_1_0_is_answered_and_closed(target: Running) -> None:
    body = chat("short")
    head = f"POST {CHAT} HTTP/1.0\r\ncontent-length: {len(body)}\r\n\r\n"
    with target.connect() as connection:
        connection.send(head.encode() + body)
        reply = connection.reply()
        assert connection.rest() == b""
    assert (reply.status, reply.body) == (200, b'"here"')


OFFER = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAEAA"}


def test_an_offer_of_http_2_does_not_lose_the_body(target: Running) -> None:
    """Java's HttpClient makes it with the first request of each connection."""
    assert target.post(CHAT, chat("short"), headers=OFFER).body == b'"here"'


def test_an_offer_of_http_2_before_the_body_does_not_lose_it(target: Running) -> None:
    whole = request("POST", CHAT, chat("short"), OFFER)
    head, end, body = whole.partition(HEAD_END)
    with target.connect() as connection:
        connection.send(head + end)
        connection.send(body)
        assert connection.reply().body == b'"here"'


def test_an_upgrade_is_not_made(target: Running) -> None:
    reply = target.get("/", {"connection": "upgrade", "upgrade": "websocket"})
    assert error_in(reply)["code"] == "unknown_operation"


def test_a_head_request_for_what_is_not_recorded_has_no_body(target: Running) -> None:
    with target.connect() as connection:
        assert connection.ask("HEAD", CHAT).status == 404
        assert connection.ask("POST", CHAT, chat("short")).status == 200


# Anything at all

_LINES = st.sampled_from([
    b"POST /v1/chat/completions HTTP/1.1\r\n", b"GET /__playhead/requests HTTP/1.1\r\n",
    b"OPTIONS * HTTP/1.1\r\n", b"host: localhost\r\n", b"content-length: 5\r\n",
    b"content-length: 0\r\n", b"transfer-encoding: chunked\r\n", b"expect: 100-continue\r\n",
    b"connection: close\r\n", b"connection: upgrade\r\n", b"x-playhead-cassette: %ff\r\n",
    b"origin: http://localhost\r\n", b"\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"{}", b"\0",
])  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=st.binary(max_size=300) | st.lists(_LINES, max_size=9).map(b"".join))
def test_no_bytes_at_all_upset_the_server(attacked: Running, sent: bytes) -> None:
    with _unharmed(attacked), attacked.connect() as connection:
        connection.send(sent)
        connection.socket.shutdown(socket.SHUT_WR)
        connection.rest()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(sent=st.lists(_LINES, max_size=6).map(b"".join))
def test_no_bytes_one_at_a_time_upset_the_server(attacked: Running, sent: bytes) -> None:
    with (
        _unharmed(attacked),
        attacked.connect() as connection,
        contextlib.suppress(ConnectionError),
    ):
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in sent:
            connection.send(bytes([byte]))


def test_the_process_is_the_only_one(attacked: Running) -> None:
    children = Path(f"/proc/{attacked.process.pid}/task/{attacked.process.pid}/children")
    assert children.read_text() == ""
    assert os.getpid() != attacked.process.pid


# The command: banner, flags, exit codes


def test_the_banner_says_where_and_how_much_and_what_to_copy(examples: Running) -> None:
    lines = examples.banner.splitlines()
    assert lines[0] == f"playhead {__version__} serves {examples.origin}"
    assert "5 cassettes with 5 interactions" in lines[1]
    assert f"export OPENAI_BASE_URL={examples.origin}/v1 OPENAI_API_KEY=" in examples.banner
    assert f"export ANTHROPIC_BASE_URL={examples.origin} ANTHROPIC_API_KEY=" in examples.banner


def test_the_banner_names_broken_and_skipped_files(flawed: Path) -> None:
    with serve(flawed) as running:
        banner = running.banner
    assert f"broken: {flawed / 'broken.yaml'}:3: " in banner
    assert f"skipped: {flawed / 'config.yaml'}: " in banner


def test_the_banner_counts_files_that_are_no_cassettes_when_they_are_many(tmp_path: Path) -> None:
    for at in range(22):
        (tmp_path / f"{at:02}.yaml").write_text("name: value\n")
    with serve(tmp_path) as running:
        banner = running.banner
    assert banner.count(" skipped: ") == 21
    assert "2 more" in banner


def test_an_empty_folder_is_served_with_a_loud_line(tmp_path: Path) -> None:
    with serve(tmp_path) as running:
        assert f"NO CASSETTES in {tmp_path}" in running.banner
        assert running.health()["status"] == "ok"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.yaml": BROKEN}, "1 file is broken, and no other is a cassette."),
        ({"a.yaml": BROKEN, "b.yaml": BROKEN}, "2 files are broken, and no other is a cassette."),
        ({"a.yaml": "name: value"}, "1 file skipped, and no other is there."),
        ({}, "Is the folder empty, or its volume not mounted?"),
    ],
)
def test_the_banner_says_why_there_are_no_cassettes(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with serve(tmp_path) as running:
        assert f"  {said}\n" in running.banner


def test_a_missing_default_folder_is_a_usage_error_with_a_hint(tmp_path: Path) -> None:
    done = playhead("serve", "--port", "0", folder=tmp_path)
    assert done.returncode == 2
    assert "'cassettes' or 'tests/cassettes'; name your cassettes" in done.stderr


def test_strict_does_not_start_with_a_broken_cassette(flawed: Path) -> None:
    done = playhead("serve", flawed, "--port", "0", "--strict")
    assert done.returncode == 3
    assert "broken.yaml:3" in done.stderr
    assert done.stdout == ""


def test_strict_starts_without_one() -> None:
    with serve(EXAMPLES, "--strict") as running:
        assert running.health()["cassettes"] == 5


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with ExitStack() as stack, pytest.raises(AssertionError, match="no file or folder"):
        stack.enter_context(serve(tmp_path / "nowhere"))


def test_several_folders_are_served_together() -> None:
    with serve(EXAMPLES / "azure", EXAMPLES / "vercel") as running:
        names = [each["name"] for each in running.control("cassettes")["cassettes"]]
    assert names == ["gpt-5/chat-stream", "o4-mini/chat-stream"]


def test_a_single_file_is_served() -> None:
    with serve(EXAMPLES / "azure/o4-mini/chat-stream.yaml") as running:
        names = [each["name"] for each in running.control("cassettes")["cassettes"]]
    assert names == ["chat-stream"]


def test_the_port_has_a_variable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = playhead("serve", EXAMPLES, env={"PLAYHEAD_PORT": port})
    assert done.returncode == 3
    assert port in done.stderr


def test_a_port_is_taken_before_anybody_listens() -> None:
    with bind("127.0.0.1", 0) as bound:
        done = playhead("serve", EXAMPLES, "--port", str(bound.getsockname()[1]))
    assert done.returncode == 3
    assert "Address already in use" in done.stderr


def test_what_is_left_of_connections_does_not_keep_the_next_server_from_the_port() -> None:
    with serve(EXAMPLES) as running:
        assert running.get("/__playhead/health", {"connection": "close"}).status == 200
        assert running.stop() == 0
    with serve(EXAMPLES, "--port", str(running.port)) as again:
        assert again.port == running.port


@pytest.mark.parametrize("to", [">&-", ">/dev/full", ">&- 2>&-", ">/dev/full 2>/dev/full", ""])
def test_a_server_that_nobody_reads_serves(to: str, tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi")))
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
    script = f"exec {shlex.join(command('serve', tmp_path, '--port', str(port)))} {to}"
    reading, gone = os.pipe()
    os.close(reading)
    words = ["/bin/sh", "-c", script]
    with subprocess.Popen(words, stdout=gone, stderr=subprocess.PIPE, text=True) as process:
        os.close(gone)
        try:
            with _connected(port) as connection:
                assert connection.ask("GET", "/nothing").status == 404
                assert connection.ask("POST", CHAT, chat("hi")).status == 200
        finally:
            process.terminate()
        _, said = process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert ("cannot write to standard output" in said) == (to in (">&-", ">/dev/full"))


def _connected(port: int) -> Connection:
    """A connection to a server that begins to listen within the deadline."""
    until = monotonic() + DEADLINE_SECONDS
    while True:
        try:
            return Connection(port)
        except ConnectionRefusedError:
            assert monotonic() < until


def test_what_a_client_sends_cannot_drive_the_terminal_of_the_log(examples: Running) -> None:
    with examples.connect() as connection:
        connection.send(request("GET", "/%1b[2J%0aforged"))
        connection.reply()
    assert "\x1b" not in examples.log()
    assert "\nforged" not in examples.log()
