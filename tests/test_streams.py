import asyncio
import gc
import types
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import pytest

from conftest import EXAMPLES
from playhead.app import create_app
from playhead.settings import Settings
from playhead.streams import Streams
from support.inside import Inside, inside
from support.oracle import Recorded, recorded
from support.recordings import CHAT, EVENT_STREAM, JSON, chat, events, interaction, write
from support.server import Running, serve
from support.wire import Connection, Reply, eventually, request

SEEDS = recorded(EXAMPLES)
GAP = 0.02
STREAM = ["one", "two", "three", "Olá", "[DONE]"]
ABORTED = 1000
AT_ONCE = 50

seeds = pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.file.parent.name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streams")
    write(
        folder,
        "timed",
        interaction(
            chat("offsets"),
            events(*STREAM),
            headers=EVENT_STREAM,
            duration="150ms",
            x_playhead={"event_offsets_ms": [0, 40, 40, 90, 200], "complete": True},
        ),
        interaction(chat("no offsets"), events(*STREAM), headers=EVENT_STREAM, duration="150ms"),
        interaction(
            chat("other offsets"),
            events(*STREAM),
            headers=EVENT_STREAM,
            duration="10ms",
            x_playhead={"event_offsets_ms": [0, 40]},
        ),
        interaction(chat("json"), '{"a": 1}', headers=JSON, duration="150ms"),
    )
    odd = ": comment\n\n\n\ndata: 1\r\n\r\ndata: 2\n\ndata: unfinished"
    write(folder, "odd", interaction(chat("odd"), odd, headers=EVENT_STREAM))
    write(folder, "empty", interaction(chat("empty"), "", headers=EVENT_STREAM))
    endless = events(*map(str, range(1000)))
    late = interaction(chat("late"), endless, headers=EVENT_STREAM, duration="1h")
    write(folder, "endless", interaction(chat("endless"), endless, headers=EVENT_STREAM), late)
    big = events(*["x" * 65536] * 200)
    write(folder, "big", interaction(chat("big"), big, headers=EVENT_STREAM))
    return folder


@pytest.fixture(scope="module")
def timed(folder: Path) -> Iterator[Running]:
    with serve(folder, "--timing", "recorded") as running:
        yield running


@pytest.fixture(scope="module")
def gapped() -> Iterator[Running]:
    with serve(EXAMPLES, "--event-gap", f"{GAP}s") as running:
        yield running


@pytest.fixture(scope="module")
def slow(folder: Path) -> Iterator[Running]:
    """A server whose streams take longer than any test."""
    with serve(folder, "--timing", "recorded", "--event-gap", "10s", "--drain", "0") as running:
        yield running


# Pace


def _arrivals(server: Running, body: bytes) -> tuple[float, Reply, Reply]:
    """When the request left, the head, and the whole answer."""
    with server.connect() as connection:
        start = monotonic()
        connection.send(request("POST", CHAT, body))
        head = connection.head()
        chunks = list(iter(connection.chunk, None))
    data = b"".join(chunk.data for chunk in chunks)
    return start, head, Reply(status=head.status, headers=head.headers, body=data, chunks=chunks)


def test_the_headers_are_not_earlier_than_recorded(timed: Running) -> None:
    start, head, _ = _arrivals(timed, chat("offsets"))
    assert head.at - start >= 0.150


def test_no_event_is_earlier_than_its_recorded_offset(timed: Running) -> None:
    start, _, reply = _arrivals(timed, chat("offsets"))
    due = [0.150, 0.190, 0.240, 0.350]
    assert all(chunk.at - start >= at for chunk, at in zip(reply.chunks, due, strict=True))


def test_events_of_one_offset_leave_together(timed: Running) -> None:
    _, _, reply = _arrivals(timed, chat("offsets"))
    one, two, three, four, five = (events(payload).encode() for payload in STREAM)
    assert [chunk.data for chunk in reply.chunks] == [one, two + three, four, five]


@pytest.mark.parametrize("prompt", ["no offsets", "other offsets"])
def test_without_a_recorded_offset_for_each_the_events_leave_at_once(
    timed: Running, prompt: str
) -> None:
    _, _, reply = _arrivals(timed, chat(prompt))
    assert [chunk.data for chunk in reply.chunks] == [events(*STREAM).encode()]


def test_a_body_that_is_no_stream_waits_for_the_recorded_headers(timed: Running) -> None:
    start = monotonic()
    reply = timed.post(CHAT, chat("json"))
    assert reply.body == b'{"a": 1}'
    assert monotonic() - start >= 0.150


def test_the_speed_divides_every_wait(folder: Path) -> None:
    with serve(folder, "--timing", "recorded", "--speed", "0.5") as running:
        start, head, reply = _arrivals(running, chat("offsets"))
    assert head.at - start >= 0.300
    due = [0.300, 0.380, 0.480, 0.700]
    assert all(chunk.at - start >= at for chunk, at in zip(reply.chunks, due, strict=True))


@seeds
def test_with_a_gap_no_event_is_early(gapped: Running, seed: Recorded) -> None:
    with gapped.connect() as connection:
        start = monotonic()
        chunks = connection.ask("POST", seed.target, seed.request_body).chunks
    early = [chunk for at, chunk in enumerate(chunks) if chunk.at - start < at * GAP]
    assert early == []


@seeds
def test_with_a_gap_each_chunk_is_one_event(gapped: Running, seed: Recorded) -> None:
    chunks = gapped.post(seed.target, seed.request_body).chunks
    ends = seed.body.count(b"\n\n")
    assert [chunk.data.count(b"\n\n") for chunk in chunks] == [1] * ends


@seeds
def test_a_paced_stream_is_the_recorded_bytes_in_order(gapped: Running, seed: Recorded) -> None:
    reply = gapped.post(seed.target, seed.request_body)
    assert (reply.status, reply.header("content-type"), reply.body) == seed.answer


def test_the_bytes_between_events_keep_their_place(folder: Path) -> None:
    with serve(folder, "--event-gap", "1ms") as running:
        chunks = running.post(CHAT, chat("odd")).chunks
    assert [chunk.data for chunk in chunks] == [
        b": comment\n\n\n\n",
        b"data: 1\r\n\r\n",
        b"data: 2\n\n",
        b"data: unfinished",
    ]


def test_an_empty_stream_is_an_empty_body(timed: Running) -> None:
    assert timed.post(CHAT, chat("empty")).body == b""


def test_streams_that_run_together_are_all_whole(gapped: Running) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(gapped.connect()) for _ in range(AT_ONCE)]
        asked = [SEEDS[at % len(SEEDS)] for at in range(AT_ONCE)]
        for connection, seed in zip(connections, asked, strict=True):
            connection.send(request("POST", seed.target, seed.request_body))
        bodies = [connection.reply().body for connection in connections]
    assert bodies == [seed.body for seed in asked]


def test_a_paced_stream_counts_as_open_while_it_runs(slow: Running) -> None:
    with slow.connect() as connection:
        connection.send(request("POST", CHAT, chat("endless")))
        connection.head()
        assert slow.health()["streams"] == 1
    assert eventually(lambda: slow.health()["streams"] == 0)


def test_a_second_request_on_the_connection_follows_a_paced_stream(gapped: Running) -> None:
    seed = SEEDS[0]
    with gapped.connect() as connection:
        first = connection.ask("POST", seed.target, seed.request_body)
        second = connection.ask("POST", seed.target, seed.request_body)
    assert first.body == second.body == seed.body


# Clients that leave


def _leave_in_mid_stream(connection: Connection) -> None:
    connection.send(request("POST", CHAT, chat("endless")))
    connection.head()
    connection.chunk()
    connection.socket.close()


def _reset_in_mid_stream(connection: Connection) -> None:
    connection.send(request("POST", CHAT, chat("endless")))
    connection.head()
    connection.reset()


def _leave_before_the_first_byte(connection: Connection) -> None:
    connection.send(request("POST", CHAT, chat("late")))
    connection.socket.close()


def _reset_before_the_first_byte(connection: Connection) -> None:
    connection.send(request("POST", CHAT, chat("late")))
    connection.reset()


def _leave_in_mid_request(connection: Connection) -> None:
    connection.send(request("POST", CHAT, chat("endless"))[:-5])
    connection.socket.close()


LEAVING = [
    _leave_in_mid_stream,
    _reset_in_mid_stream,
    _leave_before_the_first_byte,
    _reset_before_the_first_byte,
    _leave_in_mid_request,
]


@pytest.mark.parametrize("leave", LEAVING, ids=lambda leave: leave.__name__.strip("_"))
def test_a_client_that_leaves_ends_its_stream(slow: Running, leave: types.FunctionType) -> None:
    with slow.untroubled():
        leave(slow.connect())
        assert eventually(lambda: slow.health()["streams"] == 0)


def test_aborted_streams_leave_no_descriptor_open(slow: Running) -> None:
    slow.health()
    before = slow.descriptors()
    with slow.untroubled():
        for at in range(ABORTED):
            LEAVING[at % len(LEAVING)](slow.connect())
        assert eventually(lambda: slow.health()["streams"] == 0)
        assert eventually(lambda: slow.descriptors() <= before)


@pytest.fixture
def held(folder: Path) -> Iterator[Inside]:
    """A server in this process whose streams take longer than any test."""
    settings = Settings(event_gap=10.0, drain=0.0)
    with inside(create_app(folder, settings=settings)) as server:
        yield server


def _generators() -> int:
    gc.collect()
    kinds = (types.GeneratorType, types.AsyncGeneratorType, types.CoroutineType)
    return sum(isinstance(each, kinds) for each in gc.get_objects())


def test_aborted_streams_leave_no_task_and_no_generator_behind(held: Inside) -> None:
    with Connection(held.port) as connection:
        connection.ask("GET", "/__playhead/health")
    tasks, generators = held.tasks(), _generators()
    for at in range(ABORTED):
        LEAVING[at % len(LEAVING)](Connection(held.port))
    assert eventually(lambda: held.tasks() <= tasks)
    assert eventually(lambda: held.look(_generators) <= generators + 3)


def test_a_client_that_leaves_a_second_request_behind_ends_its_stream(folder: Path) -> None:
    with serve(folder, "--event-gap", "2s", "--drain", "0") as running, running.untroubled():
        with running.connect() as connection:
            connection.send(request("POST", CHAT, chat("endless")) * 2)
            connection.head()
            connection.chunk()
        assert eventually(lambda: running.health()["streams"] == 0)


def test_only_a_disconnect_says_that_a_client_has_left() -> None:
    messages = iter([{"type": "http.request"}, {"type": "http.disconnect"}])

    async def receive() -> dict[str, str]:
        return next(messages)

    async def watched() -> bool:
        stream = Streams().open()
        await stream.watch(receive)
        return await stream.until(monotonic() + 3600)

    assert asyncio.run(watched()) is False
    assert list(messages) == []


# Slow readers


def test_a_slow_reader_gets_the_whole_body(folder: Path) -> None:
    with (
        serve(folder, "--event-gap", "1ms") as running,
        Connection(running.port, receive_buffer=4096) as connection,
    ):
        connection.send(request("POST", CHAT, chat("big")))
        running.health()
        body = connection.reply().body
    assert body == events(*["x" * 65536] * 200).encode()


def test_a_client_that_never_reads_does_not_hold_the_others_up(folder: Path) -> None:
    with serve(folder, "--event-gap", "1ms", "--drain", "0") as running:
        with Connection(running.port, receive_buffer=4096) as idle:
            idle.send(request("POST", CHAT, chat("big")))
            assert running.post(CHAT, chat("odd")).status == 200
        assert eventually(lambda: running.health()["streams"] == 0)
