import json

from playhead import retold
from support.cassettes import interaction, library
from support.ruled import chat
from support.runs import refused

HELD = library(chat("chat", max_tokens=1))
SENT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "hi"}]}).encode()
CHANGED = json.dumps(
    {"model": "m", "messages": [{"role": "user", "content": "secret"}], "max_tokens": 2}
).encode()


def test_a_phrase_names_the_nearest_and_the_place_and_quotes_no_prompt() -> None:
    told = retold.phrase(refused(HELD, CHANGED))
    assert told == (
        "POST /v1/chat/completions, nearest chat#0, differs at messages[0].content, max_tokens"
    )


def test_a_phrase_names_the_scope_and_how_often() -> None:
    entry = refused(HELD, CHANGED, scope="a/b", times=3)
    assert retold.phrase(entry).startswith("POST /v1/chat/completions in a/b (3 times), nearest")


def test_a_phrase_without_a_nearest_is_only_the_request() -> None:
    assert retold.phrase(refused(library(), b"{}")) == "POST /v1/chat/completions"


def test_a_phrase_of_what_differs_nowhere_names_only_the_nearest() -> None:
    entry = refused(HELD, CHANGED)
    entry["nearest"] = {**entry["nearest"], "differences": [], "more_differences": 0}
    assert retold.phrase(entry) == "POST /v1/chat/completions, nearest chat#0"


def test_a_phrase_says_how_many_more_places_there_are_and_cuts_long_paths() -> None:
    entry = refused(HELD, CHANGED, path="/" + "p" * 500)
    places = [{"path": name} for name in ("", "b", "c" * 500, "d")]
    entry["nearest"] = {**entry["nearest"], "differences": places, "more_differences": 2}
    told = retold.phrase(entry)
    assert "the whole body, b, ccc" in told
    assert told.endswith("... and 3 more")
    assert len(told) < 300


def test_a_phrase_cannot_drive_a_terminal() -> None:
    assert "\x1b" not in retold.phrase(refused(HELD, CHANGED, path="/\x1b[2J"))


def test_the_lines_tell_both_values_and_a_rule() -> None:
    lines = list(retold.lines(refused(HELD, CHANGED, session="t1")))
    assert lines[0].startswith("playhead: no recording matches")
    assert lines[1] == "session: t1"
    at = lines.index("  messages[0].content  [conversation]")
    assert lines[at + 1 : at + 3] == ['    recorded  "hi"', '    sent      "secret"']
    at = lines.index(
        "record it again; or, if what is said there does not matter, this in playhead.yaml would "
        "make it match:"
    )
    assert lines[at + 1 :] == [
        "    ignore: [/messages/0/content, /max_tokens]",
        "  it lets go: conversation, default",
        "  whatever else is said there would then get the same answer",
        "  no other interaction could then answer as well",
    ]


def test_the_lines_do_not_name_a_page_of_a_server_that_is_gone() -> None:
    entry = refused(HELD, CHANGED, message="playhead: no. See http://h:1/__playhead/requests/2")
    assert next(retold.lines(entry)) == "playhead: no."


def test_the_lines_say_where_only_the_order_differs() -> None:
    entry = refused(HELD, CHANGED)
    (place, *_) = entry["nearest"]["differences"]
    moved = {**place, "change": "reordered"}
    entry["nearest"] = {**entry["nearest"], "differences": [moved]}
    lines = list(retold.lines(entry))
    at = lines.index("  messages[0].content  [conversation]")
    assert lines[at + 1] == "    the same elements in another order"


def test_the_lines_say_what_is_there_on_one_side_only() -> None:
    lines = list(retold.lines(refused(HELD, SENT)))
    at = lines.index("  max_tokens  [default]")
    assert lines[at + 1 : at + 3] == ["    recorded  1", "    sent      nothing"]


def test_the_lines_name_what_would_match_out_of_scope() -> None:
    entry = refused(HELD, CHANGED, outside_scope=["x#0"], nearest=None, rule=None)
    assert list(retold.lines(entry))[1:] == ["out of scope, this would match exactly: x#0"]


def test_the_lines_are_bounded() -> None:
    entry = refused(HELD, CHANGED)
    (place, *_) = entry["nearest"]["differences"]
    long = {**place, "sent": "x" * 5000}
    entry["nearest"] = {**entry["nearest"], "differences": [long] * 30, "more_differences": 1}
    lines = list(retold.lines(entry))
    assert "  and 11 more differences" in lines
    assert max(map(len, lines)) < 500


def test_one_more_difference_has_no_s() -> None:
    entry = refused(HELD, CHANGED)
    entry["nearest"] = {**entry["nearest"], "more_differences": 1, "conversation": None}
    assert "  and 1 more difference" in list(retold.lines(entry))


def test_a_request_that_was_refused_several_times_is_told_once_with_its_last_count() -> None:
    first, other = refused(HELD, CHANGED, 1), refused(HELD, SENT, 2)
    again = refused(HELD, CHANGED, 3, first=1, times=2)
    assert retold.distinct([first, other, again]) == [again, other]


def test_the_same_number_in_another_session_is_another_request() -> None:
    one, two = refused(HELD, CHANGED, 1, session="a"), refused(HELD, CHANGED, 1, session="b")
    assert retold.distinct([one, two]) == [one, two]


def test_what_a_recording_of_no_json_lacks_can_be_told() -> None:
    plain = library(interaction("plain", sent=b"\xff\xfe"))
    assert retold.phrase(refused(plain, b"text")).startswith("POST /v1/chat/completions, nearest")
