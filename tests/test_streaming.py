import pytest

from playhead.cassette import Headers
from playhead.pieces import AWS, EVENTS, JSON_ARRAY, NDJSON, Form
from playhead.streaming import form_of
from support.cassettes import CHAT_URL, interaction

GEMINI = "https://g.example/v1beta/models/m:streamGenerateContent"
BEDROCK = "https://b.example/model/m/converse-stream"


@pytest.mark.parametrize(
    ("content_type", "url", "body", "form"),
    [
        ("text/event-stream", CHAT_URL, b"{}", EVENTS),
        ("application/x-ndjson", CHAT_URL, b"{}", NDJSON),
        ("application/json", CHAT_URL, b"data: x\n\n", None),
        ("application/json", CHAT_URL, b"[{}]", None),
        ("application/json", GEMINI, b" [{}]", JSON_ARRAY),
        ("application/json", GEMINI, b'{"error": {}}', None),
        ("application/json", "/models/g:batchEmbedContents", b"[{}]", None),
    ],
)
def test_a_recorded_type_says_whether_an_answer_streams(
    content_type: str, url: str, body: bytes, form: Form | None
) -> None:
    headers = (("Content-Type", content_type),)
    assert form_of(interaction(url=url, headers=headers, answer=body)) is form


@pytest.mark.parametrize(
    "headers", [(), (("Content-Type", "**REDACTED**"),)], ids=["no type", "a redacted type"]
)
@pytest.mark.parametrize(
    ("url", "body", "form"),
    [
        (CHAT_URL, b"data: x\n\n", EVENTS),
        (CHAT_URL, b'{"a":1}\n{"a":2}\n', NDJSON),
        (CHAT_URL, b"damaged", None),
        (GEMINI, b"[{}]", JSON_ARRAY),
        (BEDROCK, b"damaged", AWS),
    ],
)
def test_without_a_type_the_body_says_so_or_else_the_call(
    headers: Headers, url: str, body: bytes, form: Form | None
) -> None:
    assert form_of(interaction(url=url, headers=headers, answer=body)) is form
