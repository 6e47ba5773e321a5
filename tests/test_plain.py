import pytest

from playhead.transcript.plain import as_text, form_fields

FORM = (("Content-Type", "multipart/form-data; boundary=b"),)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"a":1}', '{\n  "a": 1\n}'),
        (b"<html>", "<html>"),
        (b"\xff\xfe\xfd", "[3 bytes that are not text]"),
        (b"", ""),
        (b'data: {"a":"' + b"AAAA" * 100 + b'"}', 'data: {"a":"[300 bytes]"}'),
    ],
)
def test_a_body_is_its_text(body: bytes, text: str) -> None:
    assert as_text(body) == text


def test_a_form_is_its_fields_and_files_are_notes() -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n\xff\xfe\xfd\r\n--b--\r\n"
    )
    assert form_fields(FORM, body) == [
        ("model", "whisper-1"), ("file", "[file, a.wav, audio/wav, 3 bytes]"),
    ]  # fmt: skip


@pytest.mark.parametrize("headers", [(), (("content-type", "application/json"),)])
def test_what_is_no_form_has_no_fields(headers: tuple[tuple[str, str], ...]) -> None:
    assert form_fields(headers, b"{}") is None


@pytest.mark.parametrize("body", [b"", b"\xff", b"--b\r\n\r\n--b--", b"--b"])
def test_a_broken_form_does_not_break_the_telling(body: bytes) -> None:
    fields = form_fields(FORM, body)
    assert fields is not None
    assert all(isinstance(text, str) for field in fields for text in field)


def test_a_form_within_a_form_has_its_fields_told() -> None:
    inner = b'Content-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n\r\nx\r\n--c--'
    assert form_fields(FORM, b"--b\r\n" + inner + b"\r\n--b--") == [("None", "x")]
