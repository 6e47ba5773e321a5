from pathlib import Path

import orjson
import pytest

from playhead import folder
from playhead.asked import asked
from playhead.errors import Refusal
from playhead.library import Library
from support.recordings import CHAT, EVENT_STREAM, GEMINI, chat, events, interaction, write
from support.server import Running, playhead, serve
from support.wire import Reply

ANSWER = '{"recorded":  true}'
BUSY = """
overlays:
- before: chat#0
  answers:
  - {status: 429, headers: {Retry-After: "1"}}
"""


def _write(below: Path, overlays: str) -> Path:
    """A folder with one recorded answer to `hi`, two to `again`, and a file of overlays."""
    again = [interaction(chat("again"), f'"{turn}"') for turn in (1, 2)]
    write(below, "chat", interaction(chat("hi"), ANSWER), *again)
    (below / "playhead.yaml").write_text(overlays)
    return below


def _library(*paths: Path) -> Library:
    return Library(folder.load(paths))


def _sequence(library: Library, prompt: str = "hi", scope: bytes | None = None) -> list[str]:
    """The names of what answers, those of overlays with `!` and their number."""
    request = asked("POST", CHAT.encode(), b"", scope, chat(prompt))
    found = library.find(request).interactions
    return [each.name + (f"!{each.overlay}" if each.overlay else "") for each in found]


def _ask(running: Running, prompt: str = "hi") -> Reply:
    return running.post(CHAT, chat(prompt))


def _statuses(running: Running, times: int, prompt: str = "hi") -> list[int]:
    return [_ask(running, prompt).status for _ in range(times)]


# What comes before what


def test_the_answers_of_an_overlay_come_before_the_recorded_one(tmp_path: Path) -> None:
    library = _library(_write(tmp_path, BUSY))
    assert _sequence(library) == ["chat#0!1", "chat#0"]
    assert _sequence(library, "again") == ["chat#1", "chat#2"]
    assert len(library.overlaid) == 1


def test_several_overlays_of_one_interaction_follow_each_other(tmp_path: Path) -> None:
    more = "- before: chat\n  answers: [{status: 500}, {status: 529}]\n"
    library = _library(_write(tmp_path, BUSY + more))
    assert _sequence(library) == ["chat#0!1", "chat#0!2", "chat#0!3", "chat#0"]


def test_a_folders_own_overlays_come_after_those_of_the_folder_above(tmp_path: Path) -> None:
    _write(tmp_path / "a", "overlays: [{before: chat#0, answers: [{status: 503}]}]")
    (tmp_path / "playhead.yaml").write_text("overlays: [{before: a, answers: [{status: 502}]}]")
    library = _library(tmp_path)
    request = asked("POST", CHAT.encode(), b"", None, chat("hi"))
    statuses = [each.response.status for each in library.find(request).interactions]
    assert statuses == [502, 503, 200]


def test_each_recording_of_one_request_has_its_own_before_it(tmp_path: Path) -> None:
    library = _library(_write(tmp_path, BUSY.replace("chat#0", "chat")))
    assert _sequence(library, "again") == ["chat#1!1", "chat#1", "chat#2!1", "chat#2"]


def test_a_failure_can_stand_between_two_recordings_of_one_request(tmp_path: Path) -> None:
    library = _library(_write(tmp_path, BUSY.replace("chat#0", "chat#2")))
    assert _sequence(library, "again") == ["chat#1", "chat#2!1", "chat#2"]


def test_a_scope_leaves_out_the_overlays_of_what_it_leaves_out(tmp_path: Path) -> None:
    _write(tmp_path, BUSY)
    write(tmp_path, "other", interaction(chat("hi"), ANSWER))
    library = _library(tmp_path)
    assert _sequence(library) == ["chat#0!1", "chat#0", "other#0"]
    assert _sequence(library, scope=b"other") == ["other#0"]


def test_what_is_not_named_has_none(tmp_path: Path) -> None:
    library = _library(_write(tmp_path, BUSY.replace("chat#0", "chat#2")))
    assert _sequence(library) == ["chat#0"]


@pytest.mark.parametrize("text", ["", "ids: renamed\n"])
def test_without_overlays_nothing_is_laid_over(tmp_path: Path, text: str) -> None:
    library = _library(_write(tmp_path, text))
    assert (len(library.overlaid), library.overlaid.notes) == (0, [])
    assert _sequence(library, "again") == ["chat#1", "chat#2"]


def test_a_request_that_nothing_recorded_answers_has_no_overlay_either(tmp_path: Path) -> None:
    library = _library(_write(tmp_path, BUSY.replace("chat#0", "'*'")))
    with pytest.raises(Refusal):
        _sequence(library, "else")


def test_an_overlay_that_names_nothing_is_known(tmp_path: Path) -> None:
    library = _library(_write(tmp_path, BUSY.replace("chat#0", "gone#0")))
    assert ["'gone#0' names nothing" in note for note in library.overlaid.notes] == [True]


def test_an_overlay_over_no_cassette_at_all_is_known(tmp_path: Path) -> None:
    (tmp_path / "playhead.yaml").write_text(BUSY)
    notes = _library(tmp_path).overlaid.notes
    assert ["'chat#0' names nothing" in note for note in notes] == [True]


def test_an_overlay_that_names_something_by_one_of_two_ways_is_not_idle(tmp_path: Path) -> None:
    _write(tmp_path, BUSY)
    write(tmp_path, "other", interaction(chat("x"), ANSWER))
    library = _library(tmp_path / "other.yaml", tmp_path / "chat.yaml")
    assert library.overlaid.notes == []


def test_the_file_beside_a_single_cassette_is_heeded(tmp_path: Path) -> None:
    _write(tmp_path, BUSY)
    assert _sequence(_library(tmp_path / "chat.yaml")) == ["chat#0!1", "chat#0"]


# The error of the provider


def test_an_error_without_a_body_has_that_of_the_provider_it_is_asked_of(tmp_path: Path) -> None:
    write(tmp_path, "gemini", interaction(b"{}", ANSWER, url=f"https://x{GEMINI}"))
    (tmp_path / "playhead.yaml").write_text(BUSY.replace("chat#0", "gemini"))
    request = asked("POST", GEMINI.encode(), b"", None, b"{}")
    early, _ = _library(tmp_path).find(request).interactions
    error = orjson.loads(early.response.body)["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")


def test_a_header_that_an_overlay_gives_replaces_that_of_the_error(tmp_path: Path) -> None:
    text = BUSY.replace("Retry-After", "Content-Type").replace('"1"', "application/problem+json")
    request = asked("POST", CHAT.encode(), b"", None, chat("hi"))
    early, _ = _library(_write(tmp_path, text)).find(request).interactions
    assert early.response.headers == (("Content-Type", "application/problem+json"),)


# Through a real server


def test_a_failure_comes_once_and_then_the_recorded_bytes(tmp_path: Path) -> None:
    with serve(_write(tmp_path, BUSY)) as running:
        failed, first, second = (_ask(running) for _ in range(3))
    assert (failed.status, failed.header("retry-after")) == (429, "1")
    assert orjson.loads(failed.body)["error"]["type"] == "rate_limit_error"
    assert [(reply.status, reply.body) for reply in (first, second)] == [(200, ANSWER.encode())] * 2


def test_an_answer_of_an_overlay_says_so_and_names_what_it_comes_before(tmp_path: Path) -> None:
    with serve(_write(tmp_path, BUSY)) as running:
        failed, answered = _ask(running), _ask(running)
        entries = running.control("requests")["requests"]
    assert failed.header("x-playhead-overlay") == "1"
    assert answered.header("x-playhead-overlay") is None
    named = [reply.header("x-playhead-interaction") for reply in (failed, answered)]
    assert named == ["chat#0", "chat#0"]
    assert [(each["interaction"], each["status"], each.get("overlay")) for each in entries] == [
        ("chat#0", 429, 1),
        ("chat#0", 200, None),
    ]


def test_rewind_begins_again_with_the_failure(tmp_path: Path) -> None:
    with serve(_write(tmp_path, BUSY)) as running:
        assert _statuses(running, 3) == [429, 200, 200]
        running.rewind()
        assert _statuses(running, 3) == [429, 200, 200]


def test_a_cycle_holds_the_failure(tmp_path: Path) -> None:
    with serve(_write(tmp_path, BUSY), "--repeat", "cycle") as running:
        assert _statuses(running, 5) == [429, 200, 429, 200, 429]


def test_where_nothing_may_repeat_each_failure_comes_once(tmp_path: Path) -> None:
    with serve(_write(tmp_path, BUSY), "--repeat", "never") as running:
        assert _statuses(running, 3) == [429, 200, 404]
        (miss,) = running.control("misses")["misses"]
    assert miss["code"] == "exhausted"
    assert "the one recorded answer" in miss["message"]


def test_an_answer_found_by_a_rule_has_its_overlay(tmp_path: Path) -> None:
    _write(tmp_path, f"ignore: /temperature\n{BUSY}")
    with serve(tmp_path) as running:
        replies = [running.post(CHAT, chat("hi", temperature=heat)) for heat in (1, 2)]
        entries = running.control("requests")["requests"]
    assert [reply.status for reply in replies] == [429, 200]
    assert [reply.header("x-playhead-match") for reply in replies] == ["rules", "rules"]
    assert [each["let_go"] for each in entries] == [["temperature"], ["temperature"]]


def test_a_stream_written_by_hand_goes_out_as_a_recorded_one(tmp_path: Path) -> None:
    text = """
overlays:
- before: chat#0
  answers:
  - status: 200
    headers: {Content-Type: text/event-stream}
    body: "data: {\\"a\\":1}\\n\\ndata: [DONE]\\n\\n"
"""
    with serve(_write(tmp_path, text), "--event-gap", "1ms") as running:
        reply = _ask(running)
    assert [chunk.data for chunk in reply.chunks] == [b'data: {"a":1}\n\n', b"data: [DONE]\n\n"]


def test_a_recorded_stream_comes_whole_after_a_failure(tmp_path: Path) -> None:
    stream = events('{"a":1}', '{"a":2}', "[DONE]")
    asked_for = chat("hi", stream=True)
    write(tmp_path, "chat", interaction(asked_for, stream, headers=EVENT_STREAM, duration="1ms"))
    (tmp_path / "playhead.yaml").write_text(BUSY)
    with serve(tmp_path, "--timing", "recorded", "--event-gap", "1ms") as running:
        failed, streamed = (running.post(CHAT, asked_for) for _ in range(2))
    assert (failed.status, failed.header("content-type")) == (429, "application/json")
    assert (streamed.body, len(streamed.chunks)) == (stream.encode(), 3)


def test_the_banner_says_how_many_and_what_names_nothing(tmp_path: Path) -> None:
    idle = "- before: gone\n  answers: [{status: 500}]\n"
    with serve(_write(tmp_path, BUSY + idle)) as running:
        assert "  overlays come before 1 interaction\n" in running.banner
        assert (
            f"  note: {tmp_path}/playhead.yaml: overlays[1].before: 'gone' names nothing; "
            f"`playhead list {tmp_path}` has the names\n"
        ) in running.banner


def test_check_says_what_names_nothing(tmp_path: Path) -> None:
    _write(tmp_path, BUSY.replace("chat#0", "gone"))
    note = (
        f"{tmp_path}/playhead.yaml: overlays[0].before: 'gone' names nothing; "
        f"`playhead list {tmp_path}` has the names"
    )
    assert f"note: {note}\n" in playhead("check", tmp_path).stdout
    assert orjson.loads(playhead("check", "--json", tmp_path).stdout)["overlay_notes"] == [note]


def test_the_end_counts_both_answers_of_an_interaction_that_a_rule_found(tmp_path: Path) -> None:
    _write(tmp_path, f"ignore: /temperature\n{BUSY}")
    with serve(tmp_path) as running:
        for heat in (1, 2, 3):
            running.post(CHAT, chat("hi", temperature=heat))
        running.stop()
        assert "  3 by rules: chat#0\n" in running.log()


def test_a_file_with_a_mistake_in_it_is_broken_and_lays_nothing_over(tmp_path: Path) -> None:
    with serve(_write(tmp_path, BUSY.replace("status", "staus"))) as running:
        assert "playhead.yaml:5: overlays[0].answers[0].staus: is not known" in running.banner
        assert _statuses(running, 1) == [200]
