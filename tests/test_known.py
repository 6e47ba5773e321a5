from functools import partial
from pathlib import Path

import pytest

from playhead import folder, known
from playhead.app import create_app
from playhead.library import Library
from support.inside import inside
from support.recordings import CHAT, chat, interaction, write
from support.server import serve
from support.wire import Connection


def test_what_is_forgotten_of_the_requests_seen_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "KNOWN_BYTES", 1000)
    write(tmp_path, "a", *[interaction(chat("hi"), f'"{turn}"') for turn in range(6)])
    with inside(create_app(tmp_path)) as server, Connection(server.port) as connection:
        spellings = [chat("hi") + b" " * at for at in (0, 1, 2, 0, 1, 2)]
        answers = [connection.ask("POST", CHAT, body).body for body in spellings]
    assert answers == [b'"%d"' % turn for turn in range(6)]


def test_a_large_request_is_answered(tmp_path: Path) -> None:
    large = chat("x" * known.LARGE_BODY)
    write(tmp_path, "large", interaction(large, '"here"'))
    with serve(tmp_path) as running:
        assert running.post(CHAT, large).body == b'"here"'
        assert running.post(CHAT, large).body == b'"here"'


def _written(tmp_path: Path, mark: str, *prompts: str) -> Library:
    write(tmp_path, "a", *[interaction(chat(prompt), f'"{mark}"') for prompt in prompts])
    return Library(folder.load([tmp_path]))


def test_a_library_that_is_replaced_takes_all_that_was_known_of_it_along(tmp_path: Path) -> None:
    _written(tmp_path, "old", "hi", "gone")
    app = create_app(tmp_path)
    with inside(app) as server, Connection(server.port) as connection:
        for prompt in ("hi", "hi", "gone", "new"):
            connection.ask("POST", CHAT, chat(prompt))
        library = _written(tmp_path, "new", "hi", "new")
        server.look(lambda: app.replace(library))
        assert app.library is library
        answers = [connection.ask("POST", CHAT, chat(each)) for each in ("hi", "new", "gone")]
    assert [answer.status for answer in answers] == [200, 200, 404]
    assert [answer.body for answer in answers[:2]] == [b'"new"', b'"new"']


def test_cursors_go_on_where_the_library_is_replaced(tmp_path: Path) -> None:
    _written(tmp_path, "old", "hi", "hi")
    app = create_app(tmp_path)
    with inside(app) as server, Connection(server.port) as connection:
        names = []
        for _ in range(2):
            answer = connection.ask("POST", CHAT, chat("hi"))
            names.append(answer.header("x-playhead-interaction"))
            library = _written(tmp_path, "new", "hi", "hi")
            server.look(partial(app.replace, library))
    assert names == ["a#0", "a#1"]
