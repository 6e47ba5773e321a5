from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from playhead.proof import Requirements
from playhead.proof_flags import proof_options


@click.command()
@proof_options
def _shown(requirements: Requirements, reports: tuple[Path, ...]) -> None:
    """Show what the flags make."""
    click.echo((requirements, [str(each) for each in reports]))


def _run(*arguments: str, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(_shown, arguments)


def test_without_a_flag_nothing_is_required() -> None:
    assert _run().output.strip() == str((Requirements(), []))


def test_every_flag_is_a_requirement(tmp_path: Path) -> None:
    files = [str(tmp_path / "a.json"), str(tmp_path / "b.XML")]
    done = _run(
        "--fail-on-miss", "--all-used", "--require-served", "3",
        "--report", files[0], "--report", files[1],
    )  # fmt: skip
    required = Requirements(fail_on_miss=True, all_used=True, served=3)
    assert done.output.strip() == str((required, files))


def test_every_flag_has_a_variable(tmp_path: Path) -> None:
    file = str(tmp_path / "a.json")
    done = _run(
        PLAYHEAD_FAIL_ON_MISS="1",
        PLAYHEAD_ALL_USED="true",
        PLAYHEAD_REQUIRE_SERVED="2",
        PLAYHEAD_REPORT=file,
    )
    required = Requirements(fail_on_miss=True, all_used=True, served=2)
    assert done.output.strip() == str((required, [file]))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a.txt", "neither in .json nor in .xml"),
        ("a", "neither in .json nor in .xml"),
        ("", "neither in .json nor in .xml"),
        ("nowhere/a.json", "there is no folder"),
        ("folder.json", "is a folder"),
    ],
)
def test_a_report_that_cannot_be_is_a_usage_error(
    name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.json").mkdir()
    done = _run("--report", name)
    assert done.exit_code == 2
    assert reason in " ".join(done.output.replace("│", " ").split())


@pytest.mark.parametrize("number", ["-1", "many", "1.5"])
def test_a_number_that_cannot_be_is_a_usage_error(number: str) -> None:
    assert _run("--require-served", number).exit_code == 2
