import socket
import threading
from collections.abc import Iterator

import pytest

from support.server import Running, playhead


def test_a_healthy_server_is_exit_code_0(examples: Running) -> None:
    done = playhead("healthcheck", "--port", str(examples.port))
    assert (done.returncode, done.stdout) == (0, "healthy\n")


def test_a_server_on_all_addresses_is_called_by_one_of_them(examples: Running) -> None:
    env = {"PLAYHEAD_HOST": "0.0.0.0", "PLAYHEAD_PORT": str(examples.port)}
    assert playhead("healthcheck", env=env).returncode == 0


def test_no_server_is_exit_code_1() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        done = playhead("healthcheck", "--port", str(bound.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.startswith("playhead: unhealthy: ")
    assert "Traceback" not in done.stderr


@pytest.fixture
def stranger() -> Iterator[tuple[int, list[bytes]]]:
    """A port at which something answers one request with given bytes."""
    answers: list[bytes] = []
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answers[0])

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1], answers
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n", b"220 mail ready\r\n", b""],
    ids=["unwell", "no HTTP", "nothing"],
)
def test_a_server_that_is_not_well_is_exit_code_1(
    stranger: tuple[int, list[bytes]], answer: bytes
) -> None:
    port, answers = stranger
    answers.append(answer)
    done = playhead("healthcheck", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith("playhead: unhealthy: ")


def test_a_probe_leaves_nothing_in_the_journal(examples: Running) -> None:
    before = examples.control("requests")["requests"]
    playhead("healthcheck", "--port", str(examples.port))
    assert examples.control("requests")["requests"] == before
