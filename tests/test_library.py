from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead import folder
from playhead.asked import Asked, asked
from playhead.cassette import Interaction
from playhead.errors import Code, Refusal
from playhead.folder import Shelf
from playhead.library import Library, Recordings
from support.cassettes import CHAT_BODY, interaction, library

AZURE = "https://mine.openai.azure.com/openai/deployments/{}/chat/completions"


def _asks(
    path: str = "/v1/chat/completions",
    *,
    method: str = "POST",
    query: bytes = b"",
    scope: bytes | None = None,
    body: bytes = CHAT_BODY,
) -> Asked:
    return asked(method, path.encode(), query, scope, body)


def _found(library: Library, request: Asked) -> list[str]:
    return [each.name for each in library.find(request).interactions]


def _refused(library: Library, request: Asked) -> Code:
    with pytest.raises(Refusal) as caught:
        library.find(request)
    return caught.value.code


def test_a_request_is_answered_by_its_recording() -> None:
    served = library(interaction("a"), interaction("a", 1, sent=b'{"model":"other"}'))
    assert _found(served, _asks(body=b'{ "model": "other" }')) == ["a#1"]


def test_recordings_of_one_request_come_in_recorded_order() -> None:
    served = library(interaction("b"), interaction("a", 0), interaction("a", 1))
    assert _found(served, _asks()) == ["a#0", "a#1", "b#0"]


def test_an_operation_answers_under_another_prefix() -> None:
    served = library(interaction(url="https://openrouter.ai/api/v1/chat/completions"))
    assert _found(served, _asks("/chat/completions")) == ["chat#0"]


def test_the_recorded_path_comes_before_another_prefix() -> None:
    served = library(
        interaction("a", url="https://openrouter.ai/api/v1/chat/completions"),
        interaction("b", url="https://api.openai.com/v1/chat/completions"),
    )
    assert _found(served, _asks("/v1/chat/completions")) == ["b#0"]
    assert _found(served, _asks("/other/chat/completions")) == ["a#0", "b#0"]


def test_a_query_only_breaks_a_tie() -> None:
    served = library(
        interaction("a", url="https://a.example/v1/messages"),
        interaction("b", url="https://a.example/v1/messages?beta=true"),
    )
    assert _found(served, _asks("/v1/messages", query=b"beta=true")) == ["b#0"]
    assert _found(served, _asks("/v1/messages")) == ["a#0"]
    assert _found(served, _asks("/v1/messages", query=b"x=y")) == ["a#0", "b#0"]


def test_a_query_is_part_of_a_resource_that_no_dialect_knows() -> None:
    served = library(
        interaction("a", method="GET", url="https://a.example/v1/files?limit=1&key=k", sent=b"")
    )

    def asks(query: bytes) -> Asked:
        return _asks("/v1/files", method="GET", query=query, body=b"")

    assert _found(served, asks(b"limit=1")) == ["a#0"]
    assert _found(served, asks(b"key=other&limit=1")) == ["a#0"]
    assert _found(served, asks(b"")) == ["a#0"]
    assert _refused(served, asks(b"limit=1&after=f1")) is Code.BODY_DIFFERS
    assert _refused(served, asks(b"limit=")) is Code.BODY_DIFFERS


def test_a_query_does_not_count_beside_a_body() -> None:
    served = library(interaction(url="https://a.example/v1/tools?x=1"))
    assert _found(served, _asks("/v1/tools", query=b"x=2")) == ["chat#0"]


def test_who_asks_gemini_for_events_gets_no_array() -> None:
    url = "https://g.example/v1beta/models/g:streamGenerateContent"
    array = library(interaction(url=url, answer=b"[{}]"))
    events = library(interaction(url=f"{url}?alt=sse", answer=b"data: {}\n\n", headers=()))
    path = "/v1beta/models/g:streamGenerateContent"
    assert _refused(array, _asks(path, query=b"alt=sse")) is Code.BODY_DIFFERS
    assert _found(array, _asks(path)) == ["chat#0"]
    assert _found(events, _asks(path, query=b"alt=sse")) == ["chat#0"]
    assert _found(events, _asks(path)) == ["chat#0"]


@pytest.mark.parametrize("operation", ["chat", "generate"])
def test_ollama_streams_unless_told_not_to(operation: str) -> None:
    served = library(interaction(url=f"http://o.example/api/{operation}", sent=b'{"model":"m"}'))
    path = f"/api/{operation}"
    assert _found(served, _asks(path, body=b'{"model":"m","stream":true}')) == ["chat#0"]
    refused = _refused(served, _asks(path, body=b'{"model":"m","stream":false}'))
    assert refused is Code.BODY_DIFFERS


def test_azures_deployment_has_to_be_the_recorded_one() -> None:
    served = library(interaction(url=AZURE.format("mine")))
    assert _found(served, _asks("/openai/deployments/mine/chat/completions")) == ["chat#0"]
    other = _asks("/openai/deployments/other/chat/completions")
    assert _refused(served, other) is Code.BODY_DIFFERS


def test_azures_deployment_does_not_count_where_one_side_has_none() -> None:
    azure, plain = library(interaction(url=AZURE.format("mine"))), library(interaction())
    assert _found(azure, _asks()) == ["chat#0"]
    assert _found(plain, _asks("/openai/deployments/any/chat/completions")) == ["chat#0"]


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (b"a", ["a/x#0", "a/y#0"]),
        (b"a/y", ["a/y#0"]),
        (b"ab", ["ab#0"]),
        (None, ["a/x#0", "a/y#0", "ab#0"]),
    ],
)
def test_a_scope_confines_to_a_cassette_or_a_folder(scope: bytes | None, found: list[str]) -> None:
    served = library(interaction("a/x"), interaction("a/y"), interaction("ab"))
    assert _found(served, _asks(scope=scope)) == found


def test_every_cassette_and_folder_is_a_scope() -> None:
    served = library(interaction("a/b/c"), interaction("d"))
    assert served.scopes == {"a", "a/b", "a/b/c", "d"}


@pytest.mark.parametrize("scope", [b"nobody", b"", b"a/", b"cha"])
def test_an_unknown_scope_is_refused(scope: bytes) -> None:
    assert _refused(library(interaction()), _asks(scope=scope)) is Code.UNKNOWN_CASSETTE


def test_another_body_is_refused_as_such() -> None:
    assert _refused(library(interaction()), _asks(body=b"{}")) is Code.BODY_DIFFERS


def test_an_operation_that_is_not_recorded_is_refused_as_such() -> None:
    served = library(interaction())
    assert _refused(served, _asks("/v1/responses")) is Code.UNKNOWN_OPERATION
    assert _refused(served, _asks(method="GET")) is Code.UNKNOWN_OPERATION


def test_an_operation_outside_the_scope_is_unknown_in_it() -> None:
    served = library(interaction("a"), interaction("b", url="/v1/responses"))
    assert _refused(served, _asks(scope=b"b")) is Code.UNKNOWN_OPERATION


def test_an_empty_library_says_that_it_is_empty() -> None:
    assert _refused(Library(Shelf()), _asks()) is Code.NO_CASSETTES


def test_the_recordings_of_an_operation_are_alike() -> None:
    served = library(interaction("a"), interaction("b", sent=b"{}"), interaction("c", url="/x"))
    assert [each.name for each in served.alike(_asks())] == ["a#0", "b#0"]


def test_what_is_in_a_scope_comes_in_the_order_of_its_names() -> None:
    served = library(interaction("b"), interaction("a/x", 1), interaction("a/x", 0))
    assert [each.name for each in served.in_scope("a")] == ["a/x#1", "a/x#0"]
    assert [each.cassette for each in served.in_scope(None)] == ["a/x", "a/x", "b"]


def test_the_methods_of_an_operation_are_known() -> None:
    served = library(interaction(method="PUT"), interaction(), interaction("b"))
    assert served.methods("chat.completions") == ["POST", "PUT"]
    assert served.methods("responses") == []


def test_a_request_that_several_cassettes_answer_is_a_tie() -> None:
    served = library(interaction("a"), interaction("b"), interaction("c", sent=b"{}"))
    assert [[each.name for each in tie] for tie in served.ties()] == [["a#0", "b#0"]]


def test_repeats_inside_one_cassette_are_no_tie() -> None:
    assert library(interaction("a", 0), interaction("a", 1)).ties() == []


def test_recordings_are_known_by_their_names() -> None:
    one, same, other = (
        Recordings(interactions=(interaction(name),)) for name in ("a", "a", "\udcff")
    )
    assert one.id == same.id != other.id


@given(order=st.permutations([interaction("a"), interaction("a", 1), interaction("b")]))
def test_the_order_of_the_cassettes_is_that_of_their_names(order: list[Interaction]) -> None:
    names = _found(library(*order), _asks())
    assert [name[0] for name in names] == ["a", "a", "b"]


def test_every_example_answers_its_own_request() -> None:
    served = Library(folder.load([Path(__file__).parent.parent / "cassettes"]))
    for each in served.in_scope(None):
        path = "/" + each.request.url.split("/", 3)[3].partition("?")[0]
        body = each.request.body + b"\n"
        assert each in served.find(_asks(path, body=body)).interactions


MISSED = {Code.UNKNOWN_OPERATION, Code.BODY_DIFFERS}
MODEL_IN_THE_PATH = [
    "/models/meta/{}/v1/chat/completions",
    "/models/{}/v1/embeddings",
    "/v1/projects/p/locations/l/endpoints/{}/chat/completions",
    "/v1/account/gateway/azure-openai/resource/{}/chat/completions",
    "/openai/deployments/{}/responses",
    "/v1beta/tunedModels/{}:generateContent",
    "/v1beta/models/{}:generateContent",
    "/v1beta/models/{}:streamGenerateContent",
    "/v1/projects/p/locations/l/publishers/anthropic/models/{}:rawPredict",
    "/model/{}/invoke",
    "/model/{}/invoke-with-response-stream",
    "/model/{}/converse",
    "/model/{}/converse-stream",
    "/client/v4/accounts/a/ai/run/@cf/{}",
]


@pytest.mark.parametrize("path", MODEL_IN_THE_PATH)
def test_recordings_that_differ_in_the_model_in_the_path_never_answer_for_each_other(
    path: str,
) -> None:
    urls = [f"https://x.example{path.format(model)}" for model in ("m-1", "m-2")]
    both = library(*(interaction(f"c{at}", url=url) for at, url in enumerate(urls)))
    assert _found(both, _asks(path.format("m-1"))) == ["c0#0"]
    assert _found(both, _asks(path.format("m-2"))) == ["c1#0"]
    alone = library(interaction(url=urls[0]))
    assert _refused(alone, _asks(path.format("m-2"))) in MISSED


# The same body everywhere, so that the operation alone tells one from another.
OPERATIONS = [
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/responses/resp_1",
    "/v1/responses/resp_1/cancel",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/moderations",
    "/v1/images/generations",
    "/v1/images/edits",
    "/v1/audio/speech",
    "/v1/audio/transcriptions",
    "/v1/rerank",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1/messages/batches",
    "/v1beta/models/m:generateContent",
    "/v1beta/models/m:streamGenerateContent",
    "/v1beta/models/m:countTokens",
    "/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict",
    "/v1/projects/p/locations/l/publishers/anthropic/models/m:streamRawPredict",
    "/model/m/invoke",
    "/model/m/invoke-with-response-stream",
    "/model/m/converse",
    "/model/m/converse-stream",
    "/v1/chat",
    "/v2/chat",
    "/api/chat",
    "/api/generate",
    "/client/v4/accounts/a/ai/run/m",
    "/v1/files",
    "/v1/batches",
]


@pytest.mark.parametrize("path", OPERATIONS)
def test_a_recording_of_one_operation_never_answers_another(path: str) -> None:
    alone = library(interaction(url=f"https://x.example{path}"))
    assert _found(alone, _asks(path)) == ["chat#0"]
    for other in OPERATIONS:
        if other != path:
            assert _refused(alone, _asks(other)) in MISSED, other


def test_vertex_answers_for_another_project_and_location() -> None:
    path = "/v1/projects/{}/locations/{}/publishers/google/models/g:generateContent"
    served = library(interaction(url=f"https://x.example{path.format('p', 'eu')}"))
    assert _found(served, _asks(path.format("q", "us"))) == ["chat#0"]
    assert _found(served, _asks("/v1beta/models/g:generateContent")) == ["chat#0"]


def test_a_stored_response_is_found_by_its_id() -> None:
    served = library(
        *(
            interaction("a", at, method="GET", sent=b"", url=f"/v1/responses/resp_{at}")
            for at in range(3)
        )
    )
    assert _found(served, _asks("/openai/v1/responses/resp_2", method="GET", body=b"")) == ["a#2"]
    missed = _asks("/v1/responses/resp_3", method="GET", body=b"")
    assert _refused(served, missed) in MISSED


def test_a_request_that_goes_on_from_a_response_is_found_by_that_responses_id() -> None:
    body = b'{"model":"m","input":"hi","previous_response_id":"resp_%d"}'
    served = library(interaction(url="https://x.example/v1/responses", sent=body % 1))
    assert _found(served, _asks("/v1/responses", body=body % 1)) == ["chat#0"]
    assert _refused(served, _asks("/v1/responses", body=body % 2)) is Code.BODY_DIFFERS
