import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.asked import LONGEST_SESSION, Address, Asked, addressed, asked
from playhead.dialects import route
from playhead.errors import Refusal


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


def _addressed(path: str, *headers: tuple[bytes, bytes], query: bytes = b"") -> Address:
    return addressed(path.encode(), query, [(b"host", b"playhead-session-host"), *headers])


@pytest.mark.parametrize(
    ("path", "session", "rest"),
    [
        ("/session/a/-/v1/responses", "a", b"/v1/responses"),
        ("//session/a/-//v1/responses", "a", b"//v1/responses"),
        ("/session/a%2Fb%20c/-/v1", "a/b c", b"/v1"),
        ("/session/a/cassette/x/y/-/v1/responses", "a", b"/cassette/x/y/-/v1/responses"),
        ("/session/-/-/v1", "-", b"/v1"),
        ("/session/a/-/session/b/-/v1", "a", b"/session/b/-/v1"),
        ("/v1/session/a/-/v1", "", b"/v1/session/a/-/v1"),
        ("/v1/responses", "", b"/v1/responses"),
    ],
)
def test_a_session_in_the_path_is_taken_out_of_it(path: str, session: str, rest: bytes) -> None:
    assert _addressed(path) == (session, rest, None)


@pytest.mark.parametrize("path", ["/session/a/v1/responses", "/session//-/v1", "/session/a/-"])
def test_a_session_without_its_end_is_refused(path: str) -> None:
    with pytest.raises(Refusal, match="ends with /-/") as caught:
        _addressed(path)
    assert caught.value.status == 404


@pytest.mark.parametrize(
    "header",
    [
        (b"x-playhead-session", b"a b"),
        (b"x-playhead-session", b"a%20b"),
        (b"authorization", b"Bearer playhead-session-a%20b"),
        (b"x-api-key", b"playhead-session-a%20b"),
        (b"api-key", b"playhead-session-a%20b"),
        (b"x-goog-api-key", b"playhead-session-a%20b"),
        (
            b"authorization",
            b"AWS4-HMAC-SHA256 Credential=playhead-session-a%20b/20260101/us-east-1/bedrock, "
            b"SignedHeaders=host",
        ),
    ],
)
def test_a_session_may_stand_in_a_header(header: tuple[bytes, bytes]) -> None:
    assert _addressed("/v1/responses", header) == ("a b", b"/v1/responses", None)


def test_a_session_may_stand_in_the_key_of_a_query() -> None:
    assert _addressed("/v1beta/x", query=b"alt=sse&key=playhead-session-a&b=1")[0] == "a"


def test_of_several_places_for_a_session_the_path_wins_then_the_header() -> None:
    key = (b"authorization", b"Bearer playhead-session-key")
    header = (b"x-playhead-session", b"header")
    assert _addressed("/session/path/-/v1", key, header)[0] == "path"
    assert _addressed("/v1", key, header)[0] == "header"
    assert _addressed("/v1", key, query=b"key=playhead-session-query")[0] == "key"


def test_the_scope_in_a_header_is_found_beside_a_session() -> None:
    scope = (b"x-playhead-cassette", b"chat")
    assert _addressed("/session/a/-/v1", scope) == ("a", b"/v1", b"chat")


def test_a_dummy_key_is_no_session() -> None:
    assert _addressed("/v1", (b"authorization", b"Bearer playhead")) == ("", b"/v1", None)
    assert _addressed("/v1", (b"authorization", b"Bearer playhead-1")) == ("", b"/v1", None)


def test_a_name_of_a_session_is_bounded() -> None:
    assert _addressed(f"/session/{'a' * LONGEST_SESSION}/-/v1")[0] == "a" * LONGEST_SESSION
    with pytest.raises(Refusal, match="longer than"):
        _addressed(f"/session/{'a' * (LONGEST_SESSION + 1)}/-/v1")


@given(path=st.binary(), query=st.binary(), header=st.none() | st.binary())
def test_any_bytes_are_a_request(path: bytes, query: bytes, header: bytes | None) -> None:
    assert asked("GET", path, query, header, b"").query.encode("latin-1") == query
