import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.dialects import DIALECTS, ErrorForm, Route, recorded_route, route
from support.cassettes import interaction

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
    "/models/meta/llama/v1/chat/completions",
    "/v1/projects/p/locations/l/endpoints/openapi/chat/completions",
    "/v1/account/gateway/azure-openai/resource/gpt-4o/chat/completions",
    "/v1/account/gateway/openai/chat/completions",
]


@pytest.mark.parametrize("path", CHAT)
def test_a_chat_completion_is_known_under_any_prefix(path: str) -> None:
    assert route(path).operation == "chat.completions"


VERTEX = "/v1beta1/projects/p/locations/l/publishers"
GEMINI = "gemini-2.5-flash"
CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0"
CLOUDFLARE = "/client/v4/accounts/a/ai/run/@cf/meta/llama-3-8b"

# Paths as clients send them and as recordings hold them: provider, operation, parameters.
PATHS = {
    "/v1/responses": ("responses", ()),
    "/responses": ("responses", ()),
    "/openai/responses": ("responses", ()),
    "/openai/deployments/d/responses": ("responses", ()),
    "/v1/account/gateway/openai/responses": ("responses", ()),
    "/v1/responses/resp_1": ("responses.item", ("resp_1", "")),
    "/v1/responses/resp_1/cancel": ("responses.item", ("resp_1", "/cancel")),
    "/v1/responses/resp_1/input_items": ("responses.item", ("resp_1", "/input_items")),
    "/v1/embeddings": ("embeddings", ()),
    "/openai/deployments/d/embeddings": ("embeddings", ()),
    "/hf-inference/models/BAAI/bge/v1/embeddings": ("embeddings", ()),
    "/v1/completions": ("completions", ()),
    "/completions": ("completions", ()),
    "/beta/completions": ("completions", ()),
    "/openai/deployments/d/completions": ("completions", ()),
    "/v1/images/generations": ("images", ("generations",)),
    "/v1/images/edits": ("images", ("edits",)),
    "/openai/deployments/d/images/generations": ("images", ("generations",)),
    "/v1/audio/speech": ("audio", ("speech",)),
    "/openai/v1/audio/transcriptions": ("audio", ("transcriptions",)),
    "/openai/deployments/d/audio/translations": ("audio", ("translations",)),
    "/v1/moderations": ("moderations", ()),
    "/v1/rerank": ("rerank", ()),
    "/v2/rerank": ("rerank", ()),
    "/v1/messages": ("messages", ()),
    "/v1/v1/messages": ("messages", ()),
    "/messages": ("messages", ()),
    "/v1/messages/count_tokens": ("messages.count_tokens", ()),
    "/v1/messages/batches": ("messages.batches", ("",)),
    "/v1/messages/batches/b_1/results": ("messages.batches", ("/b_1/results",)),
    f"/v1beta/models/{GEMINI}:generateContent": ("generateContent", (GEMINI,)),
    f"/v1beta/v1/models/{GEMINI}:generateContent": ("generateContent", (GEMINI,)),
    f"/v1/models/{GEMINI}:streamGenerateContent": ("streamGenerateContent", (GEMINI,)),
    f"/models/{GEMINI}:streamGenerateContent": ("streamGenerateContent", (GEMINI,)),
    f"{VERTEX}/google/models/{GEMINI}:generateContent": ("generateContent", (GEMINI,)),
    f"{VERTEX}/google/models/{GEMINI}:streamGenerateContent": ("streamGenerateContent", (GEMINI,)),
    f"/v1beta/models/{GEMINI}:countTokens": ("countTokens", (GEMINI,)),
    "/v1beta/models/e:embedContent": ("embedContent", ("e",)),
    "/v1beta/models/e:batchEmbedContents": ("batchEmbedContents", ("e",)),
    f"/v1beta/models/{GEMINI}:batchGenerateContent": ("batchGenerateContent", (GEMINI,)),
    f"{VERTEX}/google/models/imagen:predict": ("predict", ("imagen",)),
    "/v1/projects/p/locations/l/endpoints/1:predict": ("predict", ("endpoints/1",)),
    "/v1beta/tunedModels/mine:generateContent": ("generateContent", ("tunedModels/mine",)),
    "/v1beta/models/veo:predictLongRunning": ("predictLongRunning", ("veo",)),
    f"{VERTEX}/anthropic/models/claude@1:rawPredict": ("rawPredict", ("claude@1",)),
    f"{VERTEX}/anthropic/models/claude@1:streamRawPredict": ("streamRawPredict", ("claude@1",)),
    f"/model/{CLAUDE}/invoke": ("invoke", (CLAUDE,)),
    f"/model/{CLAUDE.replace(':', '%3A')}/invoke-with-response-stream": (
        "invoke-with-response-stream",
        (CLAUDE,),
    ),
    "/model/us.anthropic.claude-sonnet-5/converse": (
        "converse",
        ("us.anthropic.claude-sonnet-5",),
    ),
    f"/model/{PROFILE}/converse-stream": ("converse-stream", (PROFILE,)),
    f"/model/{PROFILE.replace('/', '%2F')}/converse-stream": ("converse-stream", (PROFILE,)),
    f"/model/{CLAUDE}/count-tokens": ("count-tokens", (CLAUDE,)),
    "/v2/chat": ("cohere.chat", ("v2",)),
    "/v1/chat": ("cohere.chat", ("v1",)),
    "/api/chat": ("ollama.chat", ()),
    "/api/generate": ("ollama.generate", ()),
    CLOUDFLARE: ("ai.run", ("@cf/meta/llama-3-8b",)),
}


@pytest.mark.parametrize("path", PATHS)
def test_each_operation_is_known_by_its_path(path: str) -> None:
    found = route(path)
    assert (found.operation, found.parameters) == PATHS[path]


def test_every_row_has_a_path_that_is_seen() -> None:
    seen = {"chat.completions", *(operation for operation, _ in PATHS.values())}
    assert [dialect.operation for dialect in DIALECTS if dialect.operation not in seen] == []


def test_every_operation_stands_in_one_row() -> None:
    names = [dialect.operation for dialect in DIALECTS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "path",
    [
        "/v1/threads/t/messages",
        "/v1/forms/a/responses",
        "/v1/forms/a/responses/1",
        "/v1/collections/a/embeddings",
        "/v1/chat/completions/chatcmpl-1",
        "/v1/batches/batch_1",
        "/v1/files",
        "/model/a:0/other",
        "/v1beta/models/g:other",
        "/v1beta/models/g",
        "/v3/chat",
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


@pytest.mark.parametrize(
    ("path", "deployment"),
    [
        ("/models/meta/llama/v1/chat/completions", "meta/llama"),
        ("/models/meta/llama/v1/embeddings", "meta/llama"),
        ("/v1/projects/p/locations/l/endpoints/1/chat/completions", "1"),
        ("/v1/account/gateway/azure-openai/resource/gpt-4o/chat/completions", "gpt-4o"),
    ],
)
def test_others_name_the_model_where_azure_names_a_deployment(path: str, deployment: str) -> None:
    assert (route(path).parameters, route(path).deployment) == ((), deployment)


def test_a_path_without_a_deployment_has_none() -> None:
    assert route("/v1/chat/completions").deployment is None


@pytest.mark.parametrize(
    ("path", "model"),
    [
        (f"{VERTEX}/google/models/{GEMINI}:generateContent", GEMINI),
        (f"/model/{CLAUDE}/invoke", CLAUDE),
        (CLOUDFLARE, "@cf/meta/llama-3-8b"),
        ("/v1/responses/resp_1", ""),
        ("/openai/deployments/gpt/chat/completions", ""),
        ("/v1/anything", ""),
    ],
)
def test_a_path_may_name_the_model(path: str, model: str) -> None:
    assert route(path).model == model


@pytest.mark.parametrize("path", PATHS)
def test_a_refusal_has_the_form_of_the_provider(path: str) -> None:
    form = ErrorForm.STANDARD
    if re.search(r":[a-zA-Z]+$", path):
        form = ErrorForm.GOOGLE
    elif path.startswith("/model/"):
        form = ErrorForm.AWS
    assert route(path).errors is form


def test_vertexs_project_and_location_do_not_count() -> None:
    here = route(f"{VERTEX}/google/models/{GEMINI}:generateContent")
    there = route(f"/v1/projects/q/locations/m/publishers/google/models/{GEMINI}:generateContent")
    assert (here.operation, here.parameters) == (there.operation, there.parameters)


def test_a_recorded_url_means_what_its_path_means() -> None:
    recorded = interaction(url=f"https://x.example/v1beta/models/{GEMINI}:generateContent?alt=sse")
    assert recorded_route(recorded) == route(f"/v1beta/models/{GEMINI}:generateContent")


def test_a_very_long_path_is_not_kept_and_means_the_same() -> None:
    assert route(f"/{'a' * 2_000}/chat/completions").operation == "chat.completions"


def test_a_path_is_compared_decoded() -> None:
    assert route("/model/a%3A0/invoke") == route("/model/a:0/invoke")


def test_a_path_may_hold_a_line_end() -> None:
    assert route("/a%0Ab/v1/chat/completions").operation == "chat.completions"


@given(path=st.text() | st.binary().map(lambda raw: "/" + raw.decode("latin-1")))
def test_every_path_means_something(path: str) -> None:
    assert route(path).operation or not path
