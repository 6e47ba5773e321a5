import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.dialects import Route, route

CHAT = [
    "/v1/chat/completions",
    "/chat/completions",
    "/openai/v1/chat/completions",
    "/api/v1/chat/completions",
    "/v1/v1/chat/completions",
    "//v1//chat/completions",
    "/v1/chat%2Fcompletions",
    "/api/coding/paas/v4/chat/completions",
    "/compatible-mode/v1/chat/completions",
    "/openai/deployments/gpt/chat/completions",
]


@pytest.mark.parametrize("path", CHAT)
def test_a_chat_completion_is_known_under_any_prefix(path: str) -> None:
    assert route(path).operation == "chat.completions"


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/v1/responses", "responses"),
        ("/responses", "responses"),
        ("/v1/embeddings", "embeddings"),
        ("/v1/messages", "messages"),
        ("/messages", "messages"),
        ("/v1/completions", "completions"),
        ("/completions", "completions"),
        ("/openai/deployments/d/completions", "completions"),
        ("/v1beta/models/g:generateContent", "generateContent"),
        ("/models/g:streamGenerateContent", "streamGenerateContent"),
    ],
)
def test_each_operation_is_known_by_its_path(path: str, operation: str) -> None:
    assert route(path).operation == operation


@pytest.mark.parametrize(
    "path",
    [
        "/v1/threads/t/messages",
        "/v1/messages/count_tokens",
        "/v1/responses/resp_1",
        "/model/a:0/invoke",
        "/v1/models",
        "/",
    ],
)
def test_any_other_path_is_its_own_operation(path: str) -> None:
    assert route(path) == Route(path=path, operation=path)


@pytest.mark.parametrize("path", ["/v1/chat/completions", ""])
def test_a_slash_at_the_end_does_not_count(path: str) -> None:
    assert route(f"{path}/") == route(path)


def test_a_model_in_the_path_is_a_parameter() -> None:
    assert route("/v1beta/models/gemini-2.0:generateContent").parameters == ("gemini-2.0",)


def test_azures_deployment_is_no_parameter() -> None:
    found = route("/openai/deployments/mine/chat/completions")
    assert (found.deployment, found.parameters) == ("mine", ())


def test_a_path_without_a_deployment_has_none() -> None:
    assert route("/v1/chat/completions").deployment is None


def test_only_googles_errors_have_a_number_for_a_code() -> None:
    assert route("/v1beta/models/g:streamGenerateContent").numeric_error_code
    assert not route("/v1/chat/completions").numeric_error_code


def test_a_path_is_compared_decoded() -> None:
    assert route("/model/a%3A0/invoke") == route("/model/a:0/invoke")


def test_a_path_may_hold_a_line_end() -> None:
    assert route("/a%0Ab/v1/chat/completions").operation == "chat.completions"


@given(path=st.text() | st.binary().map(lambda raw: "/" + raw.decode("latin-1")))
def test_every_path_means_something(path: str) -> None:
    assert route(path).operation or not path
