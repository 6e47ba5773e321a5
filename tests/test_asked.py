import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.asked import Asked, asked
from playhead.dialects import route


def _asked(path: str, *, header: bytes | None = None) -> Asked:
    return asked("POST", path.encode(), b"", header, b"")


def test_a_request_keeps_its_parts() -> None:
    request = asked("PUT", b"/v1/responses", b"a=1&b=%20", None, b"{}")
    assert request == Asked(
        method="PUT", route=route("/v1/responses"), query="a=1&b=%20", body=b"{}", scope=None
    )


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/cassette/chat/-/v1/responses", "chat"),
        ("/cassette/openai/gpt-4o/chat/-/v1/responses", "openai/gpt-4o/chat"),
        ("//cassette/chat/-/v1/responses", "chat"),
        ("/cassette/chat//-/v1/responses", "chat"),
        ("/cassette//chat/-/v1/responses", "chat"),
        ("/cassette/a%2Fb%20c/-/v1/responses", "a/b c"),
        ("/cassette/a-/-b/-/v1/responses", "a-/-b"),
        ("/cassette/%C3%A9/-/v1/responses", "é"),
        ("/cassette//-/v1/responses", ""),
    ],
)
def test_a_scope_in_the_path_is_taken_out_of_it(path: str, scope: str) -> None:
    request = _asked(path)
    assert (request.scope, request.route.path) == (scope, "/v1/responses")


@pytest.mark.parametrize("name", ["chat/v1/responses", "chat/-"])
def test_a_scope_without_its_end_names_all_that_follows(name: str) -> None:
    assert _asked(f"/cassette/{name}").scope == name


def test_a_scope_stands_at_the_beginning_of_a_path() -> None:
    assert _asked("/v1/cassette/chat/-/v1/responses").scope is None


@pytest.mark.parametrize(
    ("header", "scope"),
    [(b"chat", "chat"), (b"/a/b/", "a/b"), (b"a%20b", "a b"), (b"%C3%A9", "é"), (b"", "")],
)
def test_a_scope_may_stand_in_the_header(header: bytes, scope: str) -> None:
    assert _asked("/v1/responses", header=header).scope == scope


def test_the_path_wins_over_the_header() -> None:
    assert _asked("/cassette/a/-/v1/responses", header=b"b").scope == "a"


def test_a_file_name_that_is_not_utf8_can_be_a_scope() -> None:
    assert _asked("/cassette/%ff/-/v1/responses").scope == "\udcff"


@given(path=st.binary(), query=st.binary(), header=st.none() | st.binary())
def test_any_bytes_are_a_request(path: bytes, query: bytes, header: bytes | None) -> None:
    assert asked("GET", path, query, header, b"").query.encode("latin-1") == query
