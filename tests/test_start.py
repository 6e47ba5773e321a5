import socket

import pytest

from conftest import EXAMPLES
from playhead import start
from support.server import playhead


def test_the_socket_is_bound_where_it_was_asked_for() -> None:
    with start.listen("127.0.0.1", 0) as bound:
        assert bound.getsockname()[1] > 0


@pytest.mark.parametrize("command", [["serve"], ["run", "--", "true"]], ids=str)
def test_a_port_in_use_is_exit_code_3(command: list[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = playhead(command[0], EXAMPLES, "--port", port, *command[1:])
    assert done.returncode == 3
    assert (
        f"cannot listen on 127.0.0.1:{port}: Address already in use; --port 0 takes" in done.stderr
    )
