import json
from pathlib import Path

import pytest

from conftest import EXAMPLES
from support.flawed import BROKEN, KEY
from support.recordings import CHAT, chat, interaction, write
from support.server import playhead, serve


def test_check_finds_nothing_in_the_examples() -> None:
    done = playhead("check", EXAMPLES)
    assert done.returncode == 0
    assert "0 broken, 0 secret" in done.stdout


def test_check_of_a_flawed_folder_is_exit_code_1(flawed: Path) -> None:
    assert playhead("check", flawed).returncode == 1


@pytest.mark.parametrize("name", ["broken", "secret"])
def test_either_finding_alone_is_exit_code_1(tmp_path: Path, name: str) -> None:
    if name == "broken":
        (tmp_path / "broken.yaml").write_text(BROKEN)
    else:
        write(tmp_path, "leak", interaction(chat(KEY)))
    assert playhead("check", tmp_path).returncode == 1


def test_check_names_the_place_of_a_secret_and_not_the_secret(flawed: Path) -> None:
    out = playhead("check", flawed).stdout
    assert f"secret: {flawed / 'leak.yaml'}: leak#0: request.body: " in out
    assert "leak#0: response.headers.Set-Cookie" in out
    assert KEY not in out
    assert "session=123" not in out


def test_check_lists_a_tie_and_how_to_scope_it_away(flawed: Path) -> None:
    out = playhead("check", flawed).stdout
    assert "tie/a#0, tie/b#0" in out
    assert "/cassette/tie/a/-/" in out


def test_a_tie_names_a_scope_as_a_url_holds_it(tmp_path: Path) -> None:
    for name in ("a b#[", "c"):
        write(tmp_path, name, interaction(chat("tie")))
    assert "/cassette/a%20b%23%5B/-/" in playhead("check", tmp_path).stdout
    with serve(tmp_path) as running:
        assert running.post(f"/cassette/a%20b%23%5B/-{CHAT}", chat("tie")).status == 200


def test_check_lists_notes_and_files_that_are_no_cassettes(flawed: Path) -> None:
    out = playhead("check", flawed).stdout
    assert "note: " in out
    assert "content_length" in out
    assert "config.yaml" in out


def test_ties_and_notes_alone_are_exit_code_0(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path, name, interaction(chat("tie"), "{}", content_length=99))
    assert playhead("check", tmp_path).returncode == 0


@pytest.fixture
def loosened(tmp_path: Path) -> Path:
    """A folder in which a rule merges two requests, with the rules of before beside it."""
    for name in "ab":
        write(tmp_path / "new", name, interaction(chat("hi", user=name), name))
    (tmp_path / "new" / "playhead.yaml").write_text("ignore: /user\n")
    (tmp_path / "old.yaml").write_text("ignore: /seed\n")
    return tmp_path


def test_check_says_what_rules_merge_and_which_are_idle(loosened: Path) -> None:
    done = playhead("check", "new", "--fallback", "tools", folder=loosened)
    assert done.returncode == 0
    assert "merged: under `rules` one request has the answers of a#0, b#0\n" in done.stdout
    assert "let go by `ignore: /user` (new/playhead.yaml:1)\n" in done.stdout
    assert "idle: `fallbacks: tools` (--fallback): " in done.stdout


@pytest.mark.parametrize("answers", [("a", "b"), ("a", "a")])
@pytest.mark.parametrize("users", [("a", "b"), ("a", "a")])
def test_strict_fails_for_requests_with_several_different_answers(
    loosened: Path, users: tuple[str, str], answers: tuple[str, str]
) -> None:
    for name, user, answer in zip("ab", users, answers, strict=True):
        write(loosened / "new", name, interaction(chat("hi", user=user), answer))
    assert playhead("check", loosened / "new").returncode == 0
    differ = len(set(answers)) > 1
    assert playhead("check", loosened / "new", "--strict").returncode == int(differ)


def test_strict_passes_what_is_a_sequence_or_an_idle_rule(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi"), "1"), interaction(chat("hi"), "2"))
    assert playhead("check", tmp_path, "--strict", "--ignore", "/x").returncode == 0


def test_what_a_rule_redacts_and_a_recording_holds_is_exit_code_1(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("my number is 555-0199")))
    done = playhead("check", tmp_path, "--redact", "[0-9]{3}-[0-9]{4}")
    assert done.returncode == 1
    assert "a#0: request.body: what `redact` takes out (--redact)" in done.stdout
    assert "555" not in done.stdout


@pytest.mark.parametrize("old", ["none", "old.yaml"])
def test_check_against_other_rules_is_exit_code_1_where_an_answer_changes(
    loosened: Path, old: str
) -> None:
    done = playhead("check", "new", "--against", old, folder=loosened)
    assert done.returncode == 1
    assert "changed: a#0, b#0\n" in done.stdout


def test_check_against_the_same_rules_is_exit_code_0(loosened: Path) -> None:
    assert playhead("check", "new", "--against", "new", folder=loosened).returncode == 0
    (loosened / "new" / "playhead.yaml").unlink()
    assert playhead("check", "new", "--against", "none", folder=loosened).returncode == 0


def test_check_against_other_rules_with_a_broken_file_is_exit_code_1(loosened: Path) -> None:
    (loosened / "new" / "broken.yaml").write_text(BROKEN)
    done = playhead("check", "new", "--against", "new", folder=loosened)
    assert (done.returncode, done.stdout.partition(" ")[0]) == (1, "broken:")


def test_check_against_other_rules_as_json(loosened: Path) -> None:
    done = playhead("check", "new", "--against", "none", "--json", folder=loosened)
    assert [change["requests"] for change in json.loads(done.stdout)["changes"]] == [["a#0", "b#0"]]


@pytest.mark.parametrize("old", ["nowhere", "new/a.yaml"])
def test_check_against_what_are_no_rules_is_a_usage_error(loosened: Path, old: str) -> None:
    done = playhead("check", "new", "--against", old, folder=loosened)
    assert done.returncode == 2
    assert f"--against: {old}:" in done.stderr


def test_check_as_json(flawed: Path) -> None:
    done = playhead("check", flawed, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["present"] == found["served"] + len(found["skipped"])
    assert [Path(skip["file"]).name for skip in found["skipped"] if skip["broken"]] == [
        "broken.yaml"
    ]
    assert [tie["interactions"] for tie in found["ties"]] == [["tie/a#0", "tie/b#0"]]
    assert {secret["place"] for secret in found["secrets"]} == {
        "request.body",
        "response.headers.Set-Cookie",
    }
    assert "note" in found["notes"]


def test_check_names_bodies_that_were_to_be_json(tmp_path: Path) -> None:
    bodies = {
        "typo": b'{"model": "gpt-4o", messages: []}',
        "lines": b'{"a": 1}\n{"a": 2}\n',
        "pretty": b'{\n "a": 1\n}',
        "deep": b"[" * 100_000 + b"]" * 100_000,
    }
    for name, body in bodies.items():
        write(tmp_path, name, interaction(body, "{\n  broken"))
    done = playhead("check", tmp_path)
    notes = [line for line in done.stdout.splitlines() if "request.body" in line]
    place = f"{tmp_path}/typo.yaml: typo#0: request.body"
    assert notes == [
        f"note: {place}: begins like JSON and is none: Expecting property name enclosed in "
        "double quotes: line 1 column 21 (char 20)"
    ]
    assert done.stdout.count("response.body: begins like JSON and is none") == len(bodies)
    assert done.returncode == 0
