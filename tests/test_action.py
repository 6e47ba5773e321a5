"""The GitHub actions without GitHub: their steps run as the runner runs them, on a real server."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from playhead import cli, terminal
from playhead.environment import variables
from support.recordings import CHAT, chat, interaction, write
from support.wire import DEADLINE_SECONDS, Connection

ROOT = Path(__file__).parent.parent
ACTIONS = {"playhead": ROOT / "action.yml", "report": ROOT / "report" / "action.yml"}
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
"""How the runner calls bash for `shell: bash`."""
GIVEN = {"GITHUB_ACTION_PATH", "GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP"}
"""Variables of the runner that the steps use."""


def action(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(ACTIONS[name].read_text())
    return loaded


def steps(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = action(name)["runs"]["steps"]
    return found


# What GitHub asks of such files


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_has_what_its_metadata_needs_and_nothing_else(name: str) -> None:
    told = action(name)
    assert {"name", "description", "runs"} <= told.keys()
    assert told.keys() <= {"name", "description", "inputs", "outputs", "runs"}
    assert told["runs"].keys() == {"using", "steps"}
    assert told["runs"]["using"] == "composite"


def test_every_input_is_described_and_has_a_text_as_its_default() -> None:
    for name, told in action("playhead")["inputs"].items():
        assert re.fullmatch(r"[a-z][a-z-]*", name)
        assert told.keys() == {"description", "default"}
        assert isinstance(told["default"], str)


@pytest.mark.parametrize("name", ACTIONS)
def test_every_step_says_its_shell(name: str) -> None:
    for step in steps(name):
        assert step["shell"] == "bash"
        assert step.keys() <= {"name", "if", "id", "shell", "env", "run"}


@pytest.mark.parametrize("name", ACTIONS)
def test_no_input_is_written_into_a_script(name: str) -> None:
    for step in steps(name):
        assert "${{" not in step["run"]


def test_every_expression_names_an_input_or_a_step() -> None:
    told = action("playhead")
    values = [value for step in steps("playhead") for value in step.get("env", {}).values()]
    values += [output["value"] for output in told["outputs"].values()]
    known = {f"inputs.{name}" for name in told["inputs"]} | {"steps.serve.outputs.url"}
    assert {re.fullmatch(r"\$\{\{ (.+) \}\}", value)[1] for value in values} == known  # type: ignore[index]
    assert [step["id"] for step in steps("playhead") if "id" in step] == ["serve"]


def test_either_a_command_is_run_or_the_server_goes_on() -> None:
    conditions = [step.get("if") for step in steps("playhead")]
    assert conditions == [None, "inputs.command != ''", "inputs.command == ''"]


def test_what_is_passed_on_are_variables_of_the_commands() -> None:
    known = {parameter.envvar for parameter in cli.main.commands["serve"].params}
    for step in steps("playhead")[1:]:
        told = set(step["env"]) - {"COMMAND", "PLAYHEAD_CASSETTES"}
        assert told <= known


def test_it_installs_itself_with_an_extra_that_there_is() -> None:
    install = steps("playhead")[0]["run"]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    (extra,) = re.findall(r'install "\$\{GITHUB_ACTION_PATH\}\[(\w+)\]"', install)
    assert extra in extras


# What the steps do


@dataclass(kw_only=True)
class Job:
    """One job: steps see the variables that steps before them wrote, and files of their own."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""

    def use(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the steps of an action, but not its installation; the answer is the last one's."""
        told = action(name).get("inputs", {})
        values = {key: inputs.get(key.replace("-", "_"), told[key]["default"]) for key in told}
        skipped = "==" if values.get("command") else "!="
        done = [
            self._run(step, values)
            for step in steps(name)
            if skipped not in step.get("if", "") and "Install" not in step["name"]
        ]
        return done[-1]

    def _run(
        self, step: dict[str, Any], inputs: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        files = {name: self.folder / name for name in GIVEN if name.startswith("GITHUB_")}
        for file in files.values():
            file.write_text("")
        env = {key: _evaluated(value, inputs) for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            [*BASH, "-c", step["run"]],
            cwd=self.folder,
            env={
                **os.environ, **self.variables, **env,
                **{name: str(file) for name, file in files.items()},
                "RUNNER_TEMP": str(self.folder / "temp"),
            },
            capture_output=True,
            encoding="utf-8",
            timeout=DEADLINE_SECONDS,
            check=False,
        )  # fmt: skip
        self.variables |= _pairs(files["GITHUB_ENV"])
        self.outputs |= _pairs(files["GITHUB_OUTPUT"])
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        return done


def _evaluated(expression: str, inputs: dict[str, str]) -> str:
    return inputs[expression.removeprefix("${{ inputs.").removesuffix(" }}")]


def _pairs(file: Path) -> dict[str, str]:
    """What a step wrote, in the form of one `NAME=value` a line."""
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    """A job in a checkout with one cassette, where playhead is installed already."""
    write(tmp_path, "cassettes/one", interaction(chat("one")))
    programs = tmp_path / "temp" / "playhead" / "bin"
    programs.mkdir(parents=True)
    (programs / "playhead").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m playhead "$@"\n')
    (programs / "playhead").chmod(0o755)
    job = Job(folder=tmp_path)
    yield job
    job.use("report")


def ask(job: Job, content: str) -> int:
    """Ask as a step does that was told nothing but variables; return the status."""
    port = int(job.variables["OPENAI_BASE_URL"].removesuffix("/v1").rpartition(":")[2])
    with Connection(port) as connection:
        return connection.ask("POST", CHAT, chat(content)).status


def test_an_installation_that_is_there_is_not_made_again(job: Job) -> None:
    install = steps("playhead")[0]
    assert job._run(install, {"python": "no-such-python"}).returncode == 0


def test_the_server_goes_on_and_the_next_steps_are_pointed_at_it(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*.corp")  # which a shell would have in quotes, and GitHub not
    started = job.use("playhead")
    assert started.returncode == 0, started
    assert "1 cassette with 1 interaction" in started.stdout
    url = job.outputs["url"]
    assert job.variables == {**variables(url, os.environ), "PLAYHEAD_ORIGIN": url}
    assert ask(job, "one") == 200


def test_the_report_of_a_run_without_a_miss_is_good(job: Job) -> None:
    job.use("playhead")
    ask(job, "one")
    reported = job.use("report")
    assert reported.returncode == 0, reported
    assert "1 request answered" in reported.stdout
    assert "1 request answered" in job.summary


def test_the_report_of_a_run_with_a_miss_is_not(job: Job) -> None:
    job.use("playhead")
    ask(job, "another")
    reported = job.use("report")
    assert reported.returncode == 1
    assert "one#0" in reported.stdout
    assert job.summary.startswith("### playhead\n\n    ")


def test_a_miss_may_be_allowed(job: Job) -> None:
    job.use("playhead", fail_on_miss="false")
    ask(job, "another")
    assert job.use("report").returncode == 0


def test_a_run_that_served_too_little_fails(job: Job) -> None:
    job.use("playhead", require_served="1")
    assert job.use("report").returncode == 1


def test_a_run_that_left_interactions_unused_fails_where_all_must_be_used(job: Job) -> None:
    job.use("playhead", all_used="true")
    assert job.use("report").returncode == 1


def test_a_server_that_cannot_start_fails_its_step_with_its_reason(job: Job) -> None:
    started = job.use("playhead", cassettes="nowhere")
    assert started.returncode == terminal.USAGE
    assert "nowhere" in started.stdout


def test_a_job_has_one_server_at_a_time(job: Job) -> None:
    job.use("playhead")
    assert job.use("playhead").returncode == terminal.USAGE
    assert job.use("report").returncode == 0
    assert job.use("playhead").returncode == 0


def test_there_is_nothing_to_report_where_nothing_was_started(job: Job) -> None:
    reported = job.use("report")
    assert reported.returncode == terminal.USAGE
    assert reported.stdout.startswith("::error::")


def test_a_server_that_is_gone_is_reported_with_its_exit_code(job: Job) -> None:
    job.use("playhead")
    server = int((job.folder / "temp" / "playhead-server" / "pid").read_text())
    os.kill(server, 9)
    assert job.use("report").returncode == 128 + 9


def asking(job: Job, content: str) -> str:
    """The command of a job that asks once, and is told nothing but variables."""
    (job.folder / "request.json").write_bytes(chat(content))
    (job.folder / "ask.py").write_text(
        "import os, urllib.request\n"
        "url = os.environ['OPENAI_BASE_URL'] + '/chat/completions'\n"
        "urllib.request.urlopen(url, open('request.json', 'rb').read())\n"
    )
    return f"{sys.executable} ask.py"


def test_a_command_is_run_while_the_server_runs(job: Job) -> None:
    done = job.use("playhead", command=asking(job, "one"), require_served="1")
    assert done.returncode == 0, done
    assert job.variables == {}


def test_a_command_that_misses_fails_though_it_swallowed_the_error(job: Job) -> None:
    assert job.use("playhead", command=asking(job, "another") + " || true").returncode == 1


def test_the_exit_code_of_a_command_is_kept(job: Job) -> None:
    assert job.use("playhead", command="exit 7").returncode == 7


def test_a_command_ends_at_its_first_failure_as_a_step_does(job: Job) -> None:
    assert job.use("playhead", command="false | true\ntouch too-far").returncode == 1
    assert not (job.folder / "too-far").exists()


@pytest.mark.parametrize("text", ['"; touch owned; "', "$(touch owned)", "`touch owned`"])
def test_an_input_is_no_command_but_the_command(job: Job, text: str) -> None:
    job.use("playhead", cassettes=text, require_served=text)
    assert not (job.folder / "owned").exists()
