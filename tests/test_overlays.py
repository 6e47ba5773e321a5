import pytest

from playhead.configuration import Configuration
from playhead.errors import CassetteError
from playhead.formats import playhead_yaml
from playhead.overlay import Early, Overlay
from playhead.retry_after import RetryAfter

BUSY = "- before: a\n  answers: [{status: 429}]\n"


def _read(text: str, *, folder: str = "") -> Configuration:
    return playhead_yaml.read(text.encode(), file="x/playhead.yaml", folder=folder)


def _answers(answers: str) -> tuple[Early, ...]:
    (overlay,) = _read(f"overlays:\n- before: a\n  answers: {answers}\n").overlays
    return overlay.answers


def _error(text: str) -> CassetteError:
    with pytest.raises(CassetteError) as caught:
        _read(text)
    return caught.value


def test_an_overlay_is_what_it_comes_before_and_its_answers_in_their_order() -> None:
    text = """
overlays:
- before: weather#0
  answers:
  - {status: 429, headers: {retry-after: "1"}}
  - {status: 503, body: busy}
"""
    early = (
        Early(status=429, headers=(("retry-after", "1"),)),
        Early(status=503, body=b"busy"),
    )
    assert _read(text, folder="a/b").overlays == (
        Overlay(
            file="x/playhead.yaml", path="overlays[0].before", folder="a/b",
            before="weather#0", answers=early,
        ),
    )  # fmt: skip


def test_overlays_are_added_to_those_of_the_folder_above() -> None:
    above = _read(f"overlays:\n{BUSY}")
    below = playhead_yaml.read(
        f"overlays:\n{BUSY.replace('a', 'b', 1)}".encode(), file="y", above=above, folder="y"
    )
    assert [overlay.folder for overlay in below.overlays] == ["", "y"]


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ("null", None),
        ('""', b""),
        ("plain text", b"plain text"),
        ('"data: a\\n\\n"', b"data: a\n\n"),
        ("!!binary /wA=", b"\xff\x00"),
        ("{error: {code: 429, busy: true, at: null}}",
         b'{"error": {"code": 429, "busy": true, "at": null}}'),
        ("[1, a]", b'[1, "a"]'),
    ],
)  # fmt: skip
def test_a_body_is_text_bytes_or_a_value_that_becomes_json(body: str, sent: bytes | None) -> None:
    (early,) = _answers(f"[{{status: 500, body: {body}}}]")
    assert early.body == sent


def test_a_body_of_several_lines_is_the_lines() -> None:
    (early,) = _answers("\n  - status: 200\n    body: |\n      data: a\n\n      data: b\n\n")
    assert early.body == b"data: a\n\ndata: b\n"


def test_a_header_may_have_several_values() -> None:
    (early,) = _answers("[{status: 429, headers: {a: [b, c], d: 7}}]")
    assert early.headers == (("a", "b"), ("a", "c"), ("d", "7"))


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("overlays: 7", 1, "overlays: is not a list"),
        ("overlays:\n- 7", 2, "overlays[0]: is not a mapping"),
        ("overlays:\n- answers: []", 2, "overlays[0].before: is missing"),
        ("overlays:\n- before: [a]\n  answers: []", 2, "overlays[0].before: ['a'] is not the name"),
        ("overlays:\n- before: a", 2, "overlays[0].answers: is not a list"),
        ("overlays:\n- before: a\n  answers: []", 3, "overlays[0].answers: is empty"),
        ("overlays:\n- before: a\n  after: b\n  answers: []", 3,
         "overlays[0].after: is not known; known are before, answers"),
        (f"overlays:\n{BUSY}- before: b\n  answers:\n  - staus: 4\n", 6,
         "overlays[1].answers[0].staus: is not known; known are status, headers, body"),
        ("overlays:\n- before: a\n  answers:\n  - headers: {}", 4,
         "overlays[0].answers[0].status: is missing"),
        ("overlays:\n- before: a\n  answers:\n  - status: 100", 4,
         "overlays[0].answers[0].status: '100' is not a status from 200 to 599"),
        ("overlays:\n- before: a\n  answers:\n  - status: 200", 4,
         "overlays[0].answers[0].body: is missing: only an error"),
        ("overlays:\n- before: a\n  answers:\n  - status: 429\n    headers: [a]", 5,
         "overlays[0].answers[0].headers: is not a mapping"),
        ("overlays:\n- before: a\n  answers:\n  - status: 429\n    headers: {a b: c}", 5,
         "overlays[0].answers[0].headers: holds a name or a value that HTTP"),
        ("overlays:\n- before: a\n  answers:\n  - status: 429\n    body: [!!binary aGk=]", 5,
         "overlays[0].answers[0].body: is no JSON value"),
        ("retry_after: 0", 1, "retry_after: '0' is neither as-recorded nor zero"),
        ("retry_after: [zero]", 1, "retry_after: ['zero'] is neither as-recorded nor zero"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_an_error_with_its_line(text: str, line: int, reason: str) -> None:
    error = _error(text)
    assert error.reason.startswith(reason)
    assert error.line == line


@pytest.mark.parametrize("mode", RetryAfter)
def test_the_wait_is_said_by_its_name(mode: RetryAfter) -> None:
    assert _read(f"retry_after: {mode.value}").retry_after is mode


def test_the_wait_is_had_from_above_where_nothing_is_said() -> None:
    above = _read("retry_after: zero")
    below = playhead_yaml.read(f"overlays:\n{BUSY}".encode(), file="y", above=above)
    assert below.retry_after is RetryAfter.ZERO
