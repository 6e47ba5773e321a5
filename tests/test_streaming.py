import pytest

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
        ("**REDACTED**", CHAT_URL, b"data: a\n\n", EVENTS),
        ("", GEMINI, b"[{}]", JSON_ARRAY),
        ("", CHAT_URL, b"data: x\n\n", EVENTS),
        ("", CHAT_URL, b'{"a":1}\n{"a":2}\n', NDJSON),
        ("", BEDROCK, b"damaged", AWS),
        ("", CHAT_URL, b"damaged", None),
    ],
)
def test_an_answer_streams_by_its_type_or_its_body(
    content_type: str, url: str, body: bytes, form: Form | None
) -> None:
    headers = (("Content-Type", content_type),) if content_type else ()
    assert form_of(interaction(url=url, headers=headers, answer=body)) is form
