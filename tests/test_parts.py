from typing import Any

import pytest

from playhead.transcript.parts import content, part, texts

DATA_URL = "data:image/png;base64,AAAA"
PARTS: list[tuple[Any, str]] = [
    ({"type": "text", "text": "hi"}, "hi"),
    ({"type": "refusal", "refusal": "no"}, "no"),
    ("hi", '"hi"'),
    (3, "3"),
    ({"odd": 1}, "[part, 14 characters]"),
    ({"type": "image_url"}, "[image_url, 25 characters]"),
    ({"type": "image_url", "image_url": {"url": DATA_URL}}, "[image_url, image/png, 3 bytes]"),
    ({"type": "image_url", "image_url": "https://a.example/x"}, "[image_url, https://a.example/x]"),
    ({"type": "input_image", "image_url": DATA_URL}, "[input_image, image/png, 3 bytes]"),
    ({"type": "input_image", "file_id": "f1"}, "[input_image, f1]"),
    ({"type": "input_audio", "input_audio": {"data": "AAA=", "format": "wav"}},
     "[input_audio, wav, 2 bytes]"),
    ({"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}},
     "[file, application/pdf, 3 bytes]"),
    ({"type": "file", "file": {"filename": "a.pdf"}}, "[file, a.pdf]"),
    ({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
     "[image, image/png, 1 bytes]"),
    ({"type": "image", "source": {"type": "url", "url": "https://a.example/x"}},
     "[image, https://a.example/x]"),
    ({"type": "document", "title": "t", "source": {"type": "file", "file_id": "f1"}},
     "[document, t, f1]"),
    ({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "abc"}},
     "[document, text/plain, 3 characters]"),
    ({"type": "document", "source": 1}, "[document]"),
    ({"type": "document", "title": "t", "source": {"type": "content", "content": [
        {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}}, "[document, t]\na\nb"),
    ({"type": "search_result", "title": "t", "source": "https://a.example/x", "content": [
        {"type": "text", "text": "a"}]}, "[search_result, t, https://a.example/x]\na"),
    ({"stdout": "o", "stderr": "e", "outcome": {"type": "exit"}}, "o\ne"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), PARTS)
def test_a_part_is_its_text_or_a_note_of_what_it_is(value: Any, text: str) -> None:
    assert part(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("hi", "hi"),
        (["a", {"text": "b"}], '"a"\nb'),
        ({"odd": 1}, '{\n  "odd": 1\n}'),
        (
            {"type": "computer_screenshot", "image_url": DATA_URL},
            "[computer_screenshot, image/png, 3 bytes]",
        ),
        ({"type": "input_file", "filename": "a.pdf"}, "[input_file, a.pdf]"),
    ],
)
def test_content_is_its_text(value: Any, text: str) -> None:
    assert content(value) == text


@pytest.mark.parametrize("value", ["a\nb", ["a", "b"]])
def test_texts_are_a_line_each(value: Any) -> None:
    assert texts(value) == "a\nb"
