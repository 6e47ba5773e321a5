import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from playhead.account import Account
from playhead.conclusion import Conclusion, conclude
from playhead.proof import Requirements
from support.cassettes import library
from support.ruled import chat
from support.runs import account, refused

HELD = library(chat("a"), chat("b", user="c"))
SENT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "ho"}]}).encode()
ONE = account("one", served={"a#0": 1}, first=1.0, last=2.0)
TWO = account("two", refused(HELD, SENT), first=3.0, last=3.0)
NO_MISS = Requirements(fail_on_miss=True)


class End:
    """What was said at the end of a run, and whether all was well."""

    def __init__(self, *accounts: Account, env: dict[str, str] | None = None, **told: object):
        self.said: list[str] = []
        wanted = Conclusion(**told)  # type: ignore[arg-type] # a test names what it means
        self.is_well = conclude(HELD, accounts, wanted, self.said.append, env or {})


def test_a_run_that_requires_nothing_is_well() -> None:
    end = End(ONE, TWO)
    assert end.is_well
    assert end.said[0] == "playhead: 1 request answered, 1 refused"


def test_a_run_that_is_not_proved_is_not_well() -> None:
    end = End(ONE, TWO, requirements=NO_MISS)
    assert not end.is_well
    assert end.said[0].startswith("playhead: NOT PROVED: ")


def test_an_app_that_never_called_is_told_where_to() -> None:
    end = End(requirements=Requirements(served=1), origin="http://h:1")
    assert "http://h:1/v1" in end.said[1]


def test_a_run_that_nobody_asked_and_that_requires_nothing_says_nothing() -> None:
    assert End(env={"GITHUB_ACTIONS": "true"}).said == []


def test_reports_are_written_in_the_form_of_their_ending(tmp_path: Path) -> None:
    files = (tmp_path / "a.json", tmp_path / "b.XML")
    assert End(ONE, TWO, reports=files).is_well
    told = json.loads(files[0].read_text())
    assert (told["served"], told["missed"]) == (1, 1)
    assert [each["session"] for each in told["sessions"]] == ["one", "two"]
    assert ET.parse(files[1]).getroot().get("failures") == "1"


def test_a_report_replaces_the_one_of_the_run_before(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text("old")
    End(ONE, reports=(file,))
    assert json.loads(file.read_text())["served"] == 1
    assert list(tmp_path.iterdir()) == [file]


def test_a_report_that_cannot_be_written_is_said_and_not_well(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    end = End(ONE, reports=(tmp_path / "a.json", tmp_path / "b.json"))
    assert not end.is_well
    assert end.said[-1] == f"playhead: cannot write the report '{tmp_path}/a.json': Is a directory"
    assert (tmp_path / "b.json").exists()


def test_names_that_are_not_unicode_can_be_reported(tmp_path: Path) -> None:
    files = (tmp_path / "a.json", tmp_path / "a.xml")
    assert End(account(served={"caf\udce9#0": 1}), reports=files).is_well


# On GitHub


def test_github_gets_annotations_and_a_summary(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)}
    end = End(TWO, requirements=NO_MISS, env=env)
    assert [line for line in end.said if line.startswith("::error ")] == [end.said[-1]]
    assert file.read_text().startswith("before\n### playhead: NOT PROVED\n")


def test_a_step_without_a_request_gets_no_summary(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    End(env={"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(file)})
    assert not file.exists()


def test_a_summary_that_cannot_be_written_is_said_and_fails_nothing(tmp_path: Path) -> None:
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)}
    end = End(ONE, env=env)
    assert end.is_well
    assert end.said[-1] == "playhead: cannot write GITHUB_STEP_SUMMARY: Is a directory"


def test_elsewhere_the_variables_of_github_mean_nothing(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    end = End(TWO, requirements=NO_MISS, env={"GITHUB_STEP_SUMMARY": str(file)})
    assert not file.exists()
    assert not [line for line in end.said if line.startswith("::")]


@pytest.mark.parametrize("name", ["##[add-mask]x", "\x1b[2J", "a\n::error::b"])
def test_no_name_is_a_command_to_the_terminal_or_the_runner(name: str) -> None:
    loose = account(served={name: 1}, ambiguous={name: 1})
    for line in End(loose).said:
        assert "##[" not in line
        assert line.isprintable()
