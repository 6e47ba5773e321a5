"""What a run proves, asked of a real server and told at its end."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest

from playhead.sessions import MOST
from support.flawed import BROKEN
from support.recordings import CHAT, chat, interaction, write
from support.refusals import error_in
from support.server import Running, playhead, serve

_LAST_WORDS = re.compile(
    r"playhead: (?:proved: |proves nothing: |NOT PROVED: )?\d+ requests? answered, "
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proof")
    write(folder, "a/one", interaction(chat("one")), interaction(chat("one"), '{"again":1}'))
    write(folder, "b/two", interaction(chat("two")))
    write(folder, "b/tie", interaction(chat("tie")))
    write(folder, "c/tie", interaction(chat("tie")))
    return folder


@pytest.fixture
def server(folder: Path) -> Iterator[Running]:
    with serve(folder) as running:
        yield running


def ask(server: Running, *prompts: str, session: str = "") -> None:
    headers = {"x-playhead-session": session} if session else {}
    for prompt in prompts:
        server.post(CHAT, chat(prompt), headers)


def verify(server: Running, query: str = "") -> tuple[int, Any]:
    headers = {"host": server.origin.removeprefix("http://")}
    reply = server.get(f"/__playhead/verify{query}", headers)
    return reply.status, orjson.loads(reply.body)


def end(
    folder: Path,
    *flags: str | Path,
    asked: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
) -> tuple[int, list[str]]:
    """The exit code of a server that was asked these prompts, and the lines of its last words."""
    with serve(folder, *flags, env=env) as running:
        ask(running, *asked)
        code = running.stop()
        lines = running.log().splitlines()
        began = (at for at, line in enumerate(lines) if _LAST_WORDS.match(line))
        return code, lines[next(began, len(lines)) :]


# Asked while it runs


def test_a_run_in_which_every_request_was_answered_is_proved(server: Running) -> None:
    ask(server, "one", "two")
    status, told = verify(server)
    assert status == 200
    assert (told["proved"], told["reasons"], told["served"], told["missed"]) == (True, [], 2, 0)
    assert told["answers"] == {"a/one#0": 1, "b/two#0": 1}


def test_a_miss_that_the_app_swallowed_is_409_with_its_report(server: Running) -> None:
    ask(server, "one", "three")
    status, told = verify(server)
    assert status == 409
    (reason,) = told["reasons"]
    assert reason.startswith("1 request matched no recording (body_differs): POST ")
    (miss,) = told["misses"]
    assert miss["nearest"]["differences"][0]["sent"] == "three"
    assert (told["missed"], told["missed_by"]) == (1, {"body_differs": 1})


def test_nothing_may_be_unused_where_that_is_asked_for(server: Running) -> None:
    ask(server, "two")
    assert verify(server)[0] == 200
    status, told = verify(server, "?all_used=true&scope=b")
    assert status == 409
    assert told["unused"] == ["b/tie#0"]
    ask(server, "tie")
    assert verify(server, "?all_used=true&scope=b")[0] == 200


def test_a_run_that_served_nothing_is_told_where_the_app_should_have_called(
    server: Running,
) -> None:
    assert verify(server)[0] == 200
    status, told = verify(server, "?require_served=1&scope=a/one")
    assert status == 409
    assert told["reasons"] == [
        "0 requests answered, and at least 1 required: the app never called. Its base URL should "
        f"be {server.origin}/cassette/a/one/-/v1; "
        "`playhead env` prints the variables of every SDK."
    ]


def test_a_host_that_is_no_address_is_not_repeated(folder: Path) -> None:
    with serve(folder, "--allowed-host", "a/b") as running:
        reply = running.get("/__playhead/verify?require_served=1", {"host": "a/b"})
    assert reply.status == 409
    assert "Point its base URL at playhead" in reply.body.decode()


def test_each_session_has_a_proof_of_its_own(server: Running) -> None:
    ask(server, "one", session="good")
    ask(server, "three", session="bad")
    assert verify(server, "?session=good")[0] == 200
    assert verify(server, "?session=")[0] == 200
    status, told = verify(server, "?session=bad")
    assert (status, told["session"], told["served"], told["missed"]) == (409, "bad", 0, 1)
    status, told = verify(server)
    assert (status, told["session"], told["served"], told["missed"]) == (409, None, 1, 1)


def test_a_session_of_which_no_request_is_known_is_not_proved(server: Running) -> None:
    ask(server, "one", session="t1")
    status, told = verify(server, "?session=T1")
    assert (status, told["proved"]) == (409, False)
    assert told["reasons"] == [
        "no request in the session 'T1' is known: the app never called in it, or it was dropped as "
        "one of too many. /__playhead/sessions lists those that are known: check the name. Its "
        f"base URL should be {server.origin}/session/T1/-/v1; "
        "`playhead env` prints the variables of every SDK."
    ]
    assert verify(server, "?session=t1")[0] == 200
    assert server.control("misses?session=T1") == {"misses": []}
    assert server.control("unused?session=T1")["interactions"] == 5


def test_a_session_that_asked_for_no_recording_is_known(server: Running) -> None:
    server.get("/session/t1/-/v1/models")
    assert verify(server, "?session=t1")[0] == 200


def test_a_session_that_was_dropped_with_its_misses_is_not_proved(server: Running) -> None:
    ask(server, "three", session="bad")
    with server.connect() as connection:
        for number in range(MOST):
            connection.ask("POST", f"/session/{number}/-{CHAT}", chat("one"))
    status, told = verify(server, "?session=bad")
    assert (status, told["missed"]) == (409, 0)
    assert "it was dropped as one of too many" in told["reasons"][0]
    ask(server, "one", session="bad")
    status, told = verify(server, "?session=bad")
    assert (status, told["served"], told["missed"]) == (409, 1, 0)
    assert told["reasons"] == [
        "the session 'bad' was dropped, idle for an hour or as one of too many, and made anew: "
        "what became of its first requests is told for all dropped sessions together. "
        "Use fewer sessions."
    ]
    status, told = verify(server)
    assert (status, told["missed"], len(told["reasons"])) == (409, 1, 1)
    assert [miss["session"] for miss in told["misses"]] == ["bad"]


def test_a_session_that_never_called_is_told_its_base_url(server: Running) -> None:
    ask(server, "one")
    status, told = verify(server, "?session=t1&require_served=1")
    assert status == 409
    assert f"should be {server.origin}/session/t1/-/v1;" in told["reasons"][0]


def test_what_came_more_often_than_recorded_is_exhausted(folder: Path) -> None:
    with serve(folder, "--repeat", "never") as running:
        ask(running, "one", "one", "one")
        status, told = verify(running)
    assert status == 409
    assert (told["served"], told["missed"], told["exhausted"]) == (2, 1, 1)
    assert "came more often than recorded (exhausted)" in told["reasons"][0]


def test_what_was_answered_loosely_is_told_by_tier(folder: Path) -> None:
    with serve(folder, "--fallback", "defaults") as running:
        running.post(CHAT, chat("two", max_tokens=5))
        ask(running, "two")
        status, told = verify(running)
    assert status == 200
    assert told["loosely"] == {"defaults": {"b/two#0": 1}}
    assert told["answers"] == {"b/two#0": 2}


def test_what_another_cassette_in_scope_holds_too_is_ambiguous(server: Running) -> None:
    ask(server, "tie", "two")
    server.post(f"/cassette/b/-{CHAT}", chat("tie"))
    assert verify(server)[1]["ambiguous"] == {"b/tie#0": 1}


def test_what_the_server_itself_requires_always_applies(folder: Path) -> None:
    with serve(folder, "--require-served", "2", "--all-used") as running:
        ask(running, "one")
        status, told = verify(running, "?require_served=1&all_used=false")
    assert status == 409
    assert told["required"] == {"fail_on_miss": True, "all_used": True, "served": 2}
    assert len(told["reasons"]) == 2


def test_what_answered_nothing_is_listed(server: Running) -> None:
    ask(server, "one", session="t1")
    ask(server, "two")
    everything = ["a/one#1", "b/tie#0", "c/tie#0"]
    assert server.control("unused") == {"interactions": 5, "unused": everything}
    assert server.control("unused?scope=a") == {"interactions": 2, "unused": ["a/one#1"]}
    assert server.control("unused?scope=a&session=")["unused"] == ["a/one#0", "a/one#1"]
    assert server.control("unused?session=t1&scope=b/two")["unused"] == ["b/two#0"]


def test_misses_and_requests_are_narrowed_by_the_session(server: Running) -> None:
    ask(server, "one", "three", session="t1")
    ask(server, "two", "four")
    for query, prompts in (("", 4), ("?session=t1", 2), ("?session=", 2), ("?session=t2", 0)):
        assert len(server.control(f"requests{query}")["requests"]) == prompts
        assert len(server.control(f"misses{query}")["misses"]) == prompts // 2


@pytest.mark.parametrize(
    "path",
    [
        "verify?sesion=a", "verify?all_used=1", "verify?require_served=x", "verify?scope=nowhere",
        "verify?session=a&session=b", "unused?all_used=true", "unused?scope=nowhere",
        "misses?scope=a", "requests?limit=1",
    ],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_400_in_our_form(server: Running, path: str) -> None:
    reply = server.get(f"/__playhead/{path}")
    assert reply.status == 400
    assert error_in(reply)["code"] == "bad_request"


def test_while_old_cassettes_are_served_no_run_is_proved(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("one")))
    with serve(tmp_path) as running:
        ask(running, "one")
        (tmp_path / "a.yaml").write_text(BROKEN)
        assert running.reload().status == 409
        status, told = verify(running)
        assert (status, told["served"], told["missed"]) == (409, 1, 0)
        (reason,) = told["reasons"]
        assert reason.startswith(
            f"old cassettes are served, not what is there now: {tmp_path / 'a.yaml'}:"
        )
        assert reason.endswith(". Mend that and run again.")
        assert running.control("unused")["unused"] == []
        write(tmp_path, "a", interaction(chat("two")))
        assert running.reload().status == 200
        assert verify(running)[0] == 200


# Told at the end


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        ([], 0, ["playhead: 1 request answered, 0 refused", "  stale: old cassettes"]),
        *(
            (flags, 1, ["playhead: NOT PROVED: 1 request", "  not proved: old cassettes"])
            for flags in (["--fail-on-miss"], ["--require-served", "1"], ["--all-used"])
        ),
    ],
)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_old_cassettes_at_the_end_are_a_reason_where_anything_is_required(
    tmp_path: Path, flags: list[str], code: int, said: list[str], workers: str
) -> None:
    folder, report = tmp_path / "served", tmp_path / "report.xml"
    write(folder, "a", interaction(chat("one")))
    with serve(folder, "--workers", workers, "--report", report, *flags) as running:
        ask(running, "one")
        (folder / "a.yaml").write_text(BROKEN)
        assert running.reload().status == 409
        assert running.stop() == code
        lines = running.log().splitlines()
    words = lines[-len(said) :]
    assert [word.startswith(start) for word, start in zip(words, said, strict=True)] == [True, True]
    assert f" {folder / 'a.yaml'}:" in words[1]
    (failed,) = ET.parse(report).getroot().iterfind(".//failure/..")
    assert (failed.get("classname"), failed.get("name")) == ("playhead.requirements", "not stale")


def test_without_a_requirement_the_exit_code_is_0_whatever_came(folder: Path) -> None:
    code, lines = end(folder, asked=("one", "three"))
    assert code == 0
    assert lines[0] == "playhead: 1 request answered, 1 refused"
    assert lines[1].startswith("  refused: 1 request matched no recording (body_differs): ")
    assert lines[2] == "  4 of 5 interactions answered nothing"


@pytest.mark.parametrize(
    ("flags", "asked", "code"),
    [
        (["--fail-on-miss"], ["one"], 0),
        (["--fail-on-miss"], ["one", "three"], 1),
        (["--require-served", "2"], ["one", "two", "three"], 0),
        (["--require-served", "2"], ["one", "three"], 1),
        (["--require-served", "1"], [], 1),
        (["--require-served", "0"], [], 0),
        (["--all-used"], ["one", "one", "two", "tie"], 1),
        (["--all-used"], [], 1),
    ],
)  # fmt: skip
def test_each_requirement_decides_the_exit_code(
    folder: Path, flags: list[str], asked: list[str], code: int
) -> None:
    found, lines = end(folder, *flags, asked=tuple(asked))
    assert found == code
    verdict = "playhead: NOT PROVED: " if code else "playhead: proved: "
    assert not lines or lines[0].startswith(verdict)


def test_everything_used_is_exit_code_0(folder: Path) -> None:
    only = folder / "b"
    assert end(only, "--all-used", asked=("two", "tie"))[0] == 0


def test_the_requirements_have_variables(folder: Path) -> None:
    assert end(folder, env={"PLAYHEAD_REQUIRE_SERVED": "1"})[0] == 1
    assert end(folder, asked=("three",), env={"PLAYHEAD_FAIL_ON_MISS": "1"})[0] == 1


def test_a_server_that_nobody_asked_and_that_requires_nothing_says_nothing(folder: Path) -> None:
    assert end(folder) == (0, [])


def test_an_app_that_never_called_is_told_the_base_url_at_the_end(folder: Path) -> None:
    with serve(folder, "--require-served", "1") as running:
        assert running.stop() == 1
        assert f"Its base URL should be {running.origin}/v1;" in running.log()


def test_every_session_counts_at_the_end(folder: Path) -> None:
    with serve(folder, "--require-served", "2") as running:
        ask(running, "one", session="t1")
        ask(running, "one", session="t2")
        assert running.stop() == 0


def test_the_reports_are_written_at_the_end(folder: Path, tmp_path: Path) -> None:
    files = tmp_path / "a.json", tmp_path / "a.xml"
    flags = [flag for file in files for flag in ("--report", file)]
    code, _ = end(folder, *flags, "--fail-on-miss", asked=("one", "three"))
    assert code == 1
    told = json.loads(files[0].read_text())
    assert (told["proved"], told["served"], told["missed"]) == (False, 1, 1)
    assert [each["session"] for each in told["sessions"]] == [None]
    cases = ET.parse(files[1]).getroot().iter("testcase")
    assert [case.get("classname") for case in cases] == [
        "playhead.requests", "playhead.requirements", "playhead.cassettes",
    ]  # fmt: skip


def test_a_report_that_cannot_be_written_is_exit_code_1(folder: Path, tmp_path: Path) -> None:
    where = tmp_path / "gone"
    where.mkdir()
    with serve(folder, "--report", where / "a.json") as running:
        where.rmdir()
        where.touch()
        assert running.stop() == 1
        assert "cannot write the report" in running.log()


@pytest.mark.parametrize("file", ["a.txt", "nowhere/a.json"])
def test_a_report_that_cannot_be_is_a_usage_error(folder: Path, tmp_path: Path, file: str) -> None:
    done = playhead("serve", folder, "--port", "0", "--report", tmp_path / file)
    assert done.returncode == 2


def test_github_gets_annotations_and_a_summary(folder: Path, tmp_path: Path) -> None:
    env = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(folder.parent),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    code, lines = end(folder, "--fail-on-miss", "--all-used", asked=("one", "three"), env=env)
    assert code == 1
    commands = [line for line in lines if line.startswith("::")]
    assert all(re.match("::error title=playhead", line) for line in commands)
    files = re.findall(r"file=([^,:]+)::", "\n".join(commands))
    assert files == [f"{folder.name}/{name}.yaml" for name in ("a/one", "b/tie", "b/two", "c/tie")]
    assert (tmp_path / "summary.md").read_text().startswith("### playhead: NOT PROVED\n")
