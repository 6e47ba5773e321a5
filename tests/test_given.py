from pathlib import Path

import click
import pytest

from playhead.given import existing, library, shown, state
from playhead.pointer import pointer
from playhead.rules import Rules
from playhead.state import Memory, Shared
from support.cassettes import write


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="there is no file or folder"):
        existing((tmp_path / "x\x1b",))
    assert existing((tmp_path,)) == (tmp_path,)


def test_without_paths_it_is_the_first_of_the_usual_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    missing = "no file or folder 'cassettes' or 'tests/cassettes'; name your cassettes"
    with pytest.raises(click.UsageError, match=missing):
        existing(())
    (tmp_path / "tests/cassettes").mkdir(parents=True)
    assert existing(()) == (Path("tests/cassettes"),)
    (tmp_path / "cassettes").mkdir()
    assert existing(()) == (Path("cassettes"),)


def test_flags_are_rules_for_all_of_it(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml")
    rules = Rules(ignore=(pointer("/user"),))
    assert library((tmp_path,), rules).shelf.configuration("a").rules == rules
    assert library((tmp_path,)).shelf.configurations == {}


def test_what_cannot_be_shown_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text("version: 2\ninteractions: [1]")
    assert shown((tmp_path,)).shelf.interactions == 0
    assert f"broken: {tmp_path}/a.yaml" in capsys.readouterr().err


def test_one_worker_remembers_by_itself_and_several_share() -> None:
    assert isinstance(state(None, 1), Memory)
    assert isinstance(state("memory", 1), Memory)
    assert isinstance(state("sqlite", 1), Shared)
    assert isinstance(state(None, 2), Shared)


@pytest.mark.parametrize(
    ("url", "workers", "said"),
    [("memory", 2, "needs sqlite or Redis"), ("disk", 1, "'disk' is no shared state")],
)
def test_a_state_that_cannot_be_is_a_usage_error(url: str, workers: int, said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        state(url, workers)
