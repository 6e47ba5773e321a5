"""Bodies as text: as they are where they are text, else what they are."""

from email import message_from_bytes
from email.message import Message

from playhead.cassette import Headers
from playhead.lenient import parse
from playhead.transcript.written import note, without_data, written


def as_text(body: bytes) -> str:
    """Return JSON indented, other text as it is; of what is no text, how long it is."""
    value = parse(body)
    if value is not None:
        return written(value)
    try:
        return without_data(body.decode())
    except UnicodeDecodeError:
        return f"[{len(body)} bytes that are not text]"


def form_fields(headers: Headers, body: bytes) -> list[tuple[str, str]] | None:
    """Return names and values of a multipart form, files as notes; None where it is none."""
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    if not kind.lower().startswith("multipart/form-data"):
        return None
    form = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    return [_field(part) for part in form.walk() if not part.is_multipart()]


def _field(part: Message) -> tuple[str, str]:
    name = part.get_param("name", header="content-disposition")
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    file = part.get_filename()
    if file:
        return str(name), note("file", file, part.get_content_type(), f"{len(content)} bytes")
    return str(name), as_text(content)
