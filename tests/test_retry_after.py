from pathlib import Path

import pytest

from playhead.retry_after import RetryAfter, told
from support.recordings import JSON, chat, interaction, write
from support.server import Running, serve

WAITS = {"Retry-After": ["3"], "Retry-After-Ms": ["2875"]}
OTHERS = {
    "X-RateLimit-Reset-Requests": ["1s"],
    "Anthropic-RateLimit-Requests-Reset": ["2026-11-21T10:00:00Z"],
    "X-Retry-After": ["5"],
    "X-Should-Retry": ["true"],
}
BUSY = b'{"error": {"details": [{"retryDelay": "3s"}]}}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    headers = {**JSON, **WAITS, **OTHERS}
    write(tmp_path, "busy", interaction(chat("hi"), BUSY.decode(), code=429, headers=headers))
    write(tmp_path, "free", interaction(chat("free"), "{}"))
    return tmp_path


def _told(running: Running, names: dict[str, list[str]]) -> dict[str, list[str]]:
    reply = running.post("/v1/chat/completions", chat("hi"))
    assert (reply.status, reply.body) == (429, BUSY)
    return {
        name: [value for each, value in reply.headers if each == name.lower()] for name in names
    }


@pytest.mark.parametrize("name", ["retry-after", "retry-after-ms"])
@pytest.mark.parametrize("recorded", ["3", "0.5", "Sat, 21 Nov 2026 10:00:00 GMT", ""])
def test_zero_is_said_in_place_of_any_wait(name: str, recorded: str) -> None:
    assert told(name, recorded, RetryAfter.ZERO) == "0"
    assert told(name, recorded, RetryAfter.AS_RECORDED) == recorded


@pytest.mark.parametrize("name", [*map(str.lower, OTHERS), "retry", "retry-after-x", "date"])
def test_no_other_header_is_rewritten(name: str) -> None:
    assert told(name, "3", RetryAfter.ZERO) == "3"


def test_clients_are_told_the_recorded_wait_by_default(folder: Path) -> None:
    with serve(folder) as running:
        assert _told(running, {**WAITS, **OTHERS}) == {**WAITS, **OTHERS}


def test_a_flag_lets_clients_try_again_at_once(folder: Path) -> None:
    with serve(folder, "--retry-after", "zero") as running:
        assert _told(running, WAITS) == {name: ["0"] for name in WAITS}
        assert _told(running, OTHERS) == OTHERS


def test_a_variable_does_what_the_flag_does(folder: Path) -> None:
    with serve(folder, env={"PLAYHEAD_RETRY_AFTER": "zero"}) as running:
        assert _told(running, WAITS) == {name: ["0"] for name in WAITS}


def test_no_wait_is_made_where_none_was_recorded(folder: Path) -> None:
    with serve(folder, "--retry-after", "zero") as running:
        reply = running.post("/v1/chat/completions", chat("free"))
        assert reply.header("retry-after") is None


@pytest.mark.parametrize(("mode", "told"), [("zero", "0"), ("as-recorded", "3")])
def test_a_folder_has_it_from_the_one_above_or_says_it_itself(
    folder: Path, mode: str, told: str
) -> None:
    write(folder, "own/busy", interaction(chat("own"), "{}", code=429, headers=WAITS))
    write(folder, "deep/er/busy", interaction(chat("deep"), "{}", code=429, headers=WAITS))
    (folder / "playhead.yaml").write_text("retry_after: zero\n")
    (folder / "own" / "playhead.yaml").write_text(f"retry_after: {mode}\n")
    with serve(folder) as running:
        prompts = ("own", "deep")
        replies = [running.post("/v1/chat/completions", chat(prompt)) for prompt in prompts]
    assert [reply.header("retry-after") for reply in replies] == [told, "0"]


def test_the_flag_is_for_all_folders_whatever_they_say(folder: Path) -> None:
    (folder / "playhead.yaml").write_text("retry_after: as-recorded\n")
    with serve(folder, "--retry-after", "zero") as running:
        assert _told(running, WAITS) == {name: ["0"] for name in WAITS}


def test_a_paced_answer_is_told_of_it_as_well(folder: Path) -> None:
    with serve(folder, "--retry-after", "zero", "--timing", "recorded") as running:
        assert _told(running, WAITS) == {name: ["0"] for name in WAITS}
