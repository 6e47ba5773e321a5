import socket

from playhead.health import problem
from support.server import Running


def test_a_server_that_answers_is_well(examples: Running) -> None:
    assert problem("127.0.0.1", examples.port) == ""


def test_where_nothing_listens_the_reason_is_said() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert problem("127.0.0.1", bound.getsockname()[1])
