import json
from typing import Any

import pytest

from playhead.inquiry import Inquiry, answer, read
from playhead.library import Library, Recordings
from playhead.miss import Miss
from support.cassettes import interaction, library

BODY = b'{"model": "m"}'
GEMINI = "/v1beta/models/{}:generateContent"


def _read(raw: bytes, **beside: str | None) -> Inquiry:
    return read(raw, **{"method": None, "path": None, "scope": None, **beside})


def _whole(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def _name(served: Library, inquiry: Inquiry) -> str:
    found = answer(served, inquiry)
    if isinstance(found, Recordings):
        return found.interactions[0].name
    assert found.nearest is not None
    return f"near {found.nearest.interaction.name}"


@pytest.mark.parametrize("raw", [BODY, b"no json", b"", b"[" * 5_000, b'{"body": 1, "n": 2}'])
def test_a_file_is_a_body_as_a_client_sends_it(raw: bytes) -> None:
    assert _read(raw) == Inquiry(method="POST", path=None, body=raw)


@pytest.mark.parametrize(
    ("body", "expected"),
    [({"n": 1}, b'{"n": 1}'), ('{"n":1}', b'{"n":1}'), (None, b""), ("\ud800", b"\xed\xa0\x80")],
)
def test_a_file_may_be_a_whole_request(body: Any, expected: bytes) -> None:
    found = _read(_whole(method="put", url="https://a.example/v1/x?b=c", body=body, headers={}))
    assert found == Inquiry(method="PUT", path="/v1/x", query="b=c", body=expected)


def test_what_is_given_beside_the_file_wins() -> None:
    whole = _whole(method="PUT", path="/v1/x", body={})
    found = _read(whole, method="patch", path="/v1/y", scope="a")
    assert (found.method, found.path, found.scope) == ("PATCH", "/v1/y", "a")


def test_an_address_without_a_path_asks_for_the_root() -> None:
    assert _read(_whole(url="https://a.example", body={})).path == "/"


@pytest.mark.parametrize("fields", [{"method": 1}, {"url": []}, {"path": 7}])
def test_a_request_that_is_none_is_an_error(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="are texts"):
        _read(_whole(body={}, **fields))


def test_a_body_alone_is_tried_at_every_operation() -> None:
    served = library(
        interaction("a", url="/v1/embeddings", sent=b"{}"),
        interaction("b", url=GEMINI.format("pro"), sent=b"{}"),
        interaction("c", url=GEMINI.format("flash"), sent=BODY),
        interaction("d", method="PUT", sent=BODY),
    )
    assert _name(served, _read(BODY)) == "c#0"
    assert _name(served, _read(b'{"model": "m", "n": 1}')) == "near c#0"


def test_a_path_confines_a_body_to_its_operation() -> None:
    served = library(
        interaction("a", url="/v1/embeddings", sent=b"{}"), interaction("b", sent=BODY)
    )
    assert _name(served, _read(BODY, path="/v1/embeddings")) == "near a#0"


@pytest.mark.parametrize(
    "inquiry",
    [
        _read(BODY, scope="a", path="/v1/chat/completions"),
        _read(BODY, path="/cassette/a/-/v1/chat/completions"),
        _read(BODY, scope="a"),
    ],
)
def test_a_scope_confines_a_request(inquiry: Inquiry) -> None:
    served = library(interaction("a", sent=b"{}"), interaction("b", sent=BODY))
    found = answer(served, inquiry)
    assert isinstance(found, Miss)
    assert found.outside == ("b#0",)


def test_where_nothing_of_the_method_is_recorded_the_miss_says_so() -> None:
    found = answer(library(interaction()), _read(b"", method="DELETE"))
    assert isinstance(found, Miss)
    assert found.nearest is None
    assert "nothing is recorded for DELETE /" in found.summary()
