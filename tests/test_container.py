"""The image and compose without a container engine: what they run is run, the rest is read."""

import contextlib
import itertools
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from playhead import cli
from support.server import Running

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "cassettes"
SCRIPTS = Path(sys.executable).parent
DEADLINE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction of the Dockerfile."""

    name: str
    rest: str

    @property
    def words(self) -> list[str]:
        return [word for word in shlex.split(self.rest) if not word.startswith("--")]

    @property
    def exec_form(self) -> list[str]:
        """The command in JSON form: one that needs no shell."""
        command: list[str] = orjson.loads(self.rest[self.rest.index("[") :])
        return command


def dockerfile() -> list[Instruction]:
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    parts = [line.split(None, 1) for line in lines if line]
    return [Instruction(name=name, rest=rest) for name, rest in parts]


def instructions(name: str) -> list[Instruction]:
    return [each for each in dockerfile() if each.name == name]


def the(name: str) -> Instruction:
    (only,) = instructions(name)
    return only


def image_environment() -> dict[str, str]:
    return dict(word.split("=", 1) for word in the("ENV").words)


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return services


def variables_of_serve() -> set[str]:
    return {str(each.envvar) for each in cli.main.commands["serve"].params if each.envvar}


def copied_to_the_builder() -> list[str]:
    copies = [each for each in instructions("COPY") if "--from" not in each.rest]
    return [source for each in copies for source in each.words[:-1]]


# The image


def test_whatever_the_image_copies_is_there() -> None:
    for source in copied_to_the_builder():
        assert (ROOT / source).exists(), source


def test_whatever_the_build_needs_is_copied() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = ["pyproject.toml", project["project"]["readme"], *project["project"]["license-files"]]
    copied = copied_to_the_builder()
    assert {*needed, *(package.split("/")[0] for package in packages)} <= set(copied)


@pytest.mark.parametrize("source", copied_to_the_builder())
def test_the_builder_gets_whatever_is_copied(source: str) -> None:
    path = ROOT / source
    files = path.rglob("*") if path.is_dir() else [path]
    for file in files:
        relative = file.relative_to(ROOT).as_posix()
        assert is_ignored(relative) == ("__pycache__" in relative), relative


@pytest.mark.parametrize("path", [".git/config", ".venv/bin/python", "tests/conftest.py", ".env"])
def test_the_builder_gets_nothing_else(path: str) -> None:
    assert is_ignored(path)


def is_ignored(path: str) -> bool:
    """Whether .dockerignore keeps `path` from the builder: the last pattern that fits decides."""
    ignored = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and fits(line.removeprefix("!"), path):
            ignored = not line.startswith("!")
    return ignored


def fits(pattern: str, path: str) -> bool:
    """Whether a pattern fits `path` or a folder above it."""
    escaped = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
    above = itertools.accumulate(path.split("/"), "{}/{}".format)
    return any(re.fullmatch(escaped, part) for part in above)


def test_both_stages_have_the_same_base_since_the_environment_points_into_it() -> None:
    build, final = instructions("FROM")
    assert build.words[0] == final.words[0]


def test_no_instruction_needs_a_shell() -> None:
    for name in ("RUN", "ENTRYPOINT", "CMD", "HEALTHCHECK"):
        for each in instructions(name):
            assert each.exec_form


def test_what_is_run_in_python_at_build_time_is_python() -> None:
    programs = [each.exec_form[2] for each in instructions("RUN") if "-c" in each.exec_form]
    assert programs
    for program in programs:
        compile(program, "Dockerfile", "exec")


def test_it_runs_as_a_user_with_a_number_who_is_not_root() -> None:
    user, group = the("USER").rest.split(":")
    assert int(user) > 0
    assert int(group) > 0


def test_its_variables_are_those_of_the_command_line() -> None:
    known = variables_of_serve()
    ours = {name for name in image_environment() if name.startswith("PLAYHEAD_")}
    assert ours == {"PLAYHEAD_CASSETTES", "PLAYHEAD_HOST", "PLAYHEAD_PORT"}
    assert ours <= known
    assert the("EXPOSE").rest == image_environment()["PLAYHEAD_PORT"]


@contextlib.contextmanager
def as_in_the_image(arguments: list[str]) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the image's command with its environment and nothing else: no shell is on its PATH.

    It listens on 127.0.0.1 and any free port; what is yielded beside it is the environment of a
    health check.
    """
    environment = {**image_environment(), "PATH": str(SCRIPTS)}
    command = [*the("ENTRYPOINT").exec_form, *arguments]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd="/",
        env={**environment, "PLAYHEAD_HOST": "127.0.0.1", "PLAYHEAD_PORT": "0"},
    ) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().rpartition(":")[2].strip()
            yield process, {**environment, "PLAYHEAD_PORT": port}
        finally:
            process.terminate()


def test_its_command_serves_the_examples_and_its_health_check_says_so() -> None:
    arguments = the("CMD").exec_form
    assert image_environment()["PLAYHEAD_CASSETTES"] == the_folder_of_the_examples()
    with as_in_the_image([*arguments, str(EXAMPLES)]) as (process, environment):
        healthy = health_check(environment)
        process.terminate()
        assert process.wait(DEADLINE_SECONDS) == 0
        unhealthy = health_check(environment)
    assert (healthy.returncode, healthy.stdout) == (0, "healthy\n")
    assert unhealthy.returncode == 1


def the_folder_of_the_examples() -> str:
    (copy,) = [each for each in instructions("COPY") if each.words[0] == EXAMPLES.name]
    return copy.words[1]


def health_check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        the("HEALTHCHECK").exec_form,
        capture_output=True,
        encoding="utf-8",
        cwd="/",
        env=environment,
        timeout=DEADLINE_SECONDS,
        check=False,
    )


def test_an_empty_folder_is_served_and_healthy(tmp_path: Path) -> None:
    with as_in_the_image(["serve", str(tmp_path)]) as (_, environment):
        assert health_check(environment).returncode == 0


def test_the_image_has_the_extras_that_nobody_could_install_into_it() -> None:
    (install,) = [each.exec_form[-1] for each in instructions("RUN") if "pip" in each.exec_form]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    assert {"redis", "rules"} == set(re.findall(r"\w+", install)) <= extras.keys()


# Compose


def test_compose_checks_the_health_as_the_image_does() -> None:
    test = compose()["playhead"]["healthcheck"]["test"]
    assert test == ["CMD", *the("HEALTHCHECK").exec_form]


def test_compose_names_paths_that_are_there() -> None:
    services = compose()
    assert (ROOT / services["playhead"]["build"] / "Dockerfile").is_file()
    for service in services.values():
        for volume in service.get("volumes", []):
            assert (ROOT / volume.split(":")[0]).is_dir(), volume


def test_compose_mounts_the_cassettes_where_the_image_serves_them() -> None:
    (volume,) = compose()["playhead"]["volumes"]
    assert volume == f"./{EXAMPLES.name}:{image_environment()['PLAYHEAD_CASSETTES']}:ro"


def test_compose_gives_the_server_nothing_to_write_to_and_no_rights() -> None:
    server = compose()["playhead"]
    assert server["read_only"] is True
    assert server["tmpfs"] == ["/tmp"]
    assert server["cap_drop"] == ["ALL"]


def test_the_replicas_are_the_same_server_twice_and_only_when_asked_for() -> None:
    server, replica = compose()["playhead"], compose()["replica"]
    assert replica["deploy"] == {"replicas": 2}
    assert "profiles" not in server
    assert replica.items() >= server.items()
    assert replica["profiles"] == compose()["redis"]["profiles"] == ["replicas"]


def test_the_replicas_wait_for_redis_and_share_their_state_there() -> None:
    replica = compose()["replica"]
    assert replica["environment"] == {"PLAYHEAD_STATE": "redis://redis:6379"}
    assert replica["environment"].keys() <= variables_of_serve()
    assert replica["depends_on"] == {"redis": {"condition": "service_healthy"}}


def test_the_app_waits_for_the_server_and_is_told_where_it_is() -> None:
    app = compose()["app"]
    assert app["depends_on"] == {"playhead": {"condition": "service_healthy"}}
    port = image_environment()["PLAYHEAD_PORT"]
    assert app["environment"]["OPENAI_BASE_URL"] == f"http://playhead:{port}/v1"


def test_the_app_prints_the_recorded_answer(examples: Running) -> None:
    app = compose()["app"]
    source, target, _ = app["volumes"][0].split(":")
    script = app["command"][-1].split()[-1]
    done = subprocess.run(
        [sys.executable, ROOT / source / Path(script).relative_to(target)],
        capture_output=True,
        encoding="utf-8",
        env={
            **os.environ,
            **app["environment"],
            "OPENAI_BASE_URL": f"{examples.origin}/v1",
        },
        timeout=DEADLINE_SECONDS,
        check=True,
    )
    assert done.stdout == "Olá!\n"
