"""What the README and docs/ show is run, and what they name exists."""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections import Counter
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import click
import orjson
import pytest
import yaml

from playhead import __version__, cli, fallbacks, formats, identifiers, terminal
from playhead.account import Account
from playhead.app import create_app
from playhead.configuration import NOTHING
from playhead.control import create_control
from playhead.dialects import DIALECTS, ErrorForm
from playhead.environment import variables
from playhead.errors import CassetteError, Code
from playhead.failure import failure
from playhead.formats import playhead_yaml
from playhead.metrics import Now, exposition
from playhead.rules import Tier
from support.docs import PAGES, ROOT, Block, Reader, blocks, commands, of_kind, steady
from support.exposition import metrics
from support.server import serve
from support.wire import DEADLINE_SECONDS

EXAMPLES = ROOT / "cassettes"
BENCHMARKS = ROOT / "docs" / "benchmarks.md"
"""Written by benchmarks/, which checks what it writes; only its links are looked at here."""
READ = [page for page in PAGES if page != BENCHMARKS]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

OTHERS_FLAGS = {"--exit-code-from", "--start-interval", "--playhead-cassettes"}
"""Flags of Docker's and pytest's that the pages name."""


def text_of(page: str) -> str:
    return (ROOT / page).read_text()


def section(page: str, heading: str) -> str:
    """What stands below a second-level heading."""
    return re.split(r"^## ", text_of(page).split(f"\n## {heading}\n")[1], flags=re.MULTILINE)[0]


def cells(text: str) -> list[list[str]]:
    """The rows of the tables in `text`, without the headings and their rules."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    rules = {at for at, row in enumerate(rows) if set("".join(row)) <= set("-| ")}
    return [row for at, row in enumerate(rows) if not {at, at + 1} & rules]


def options(command: str) -> dict[str, click.Option]:
    """The long flags of a command, without --help."""
    parameters = cli.main.commands[command].params
    return {max(each.opts, key=len): each for each in parameters if isinstance(each, click.Option)}


def variables_of_flags() -> set[str]:
    found = {"PLAYHEAD_CASSETTES", "PLAYHEAD_ORIGIN"}
    for command in cli.main.commands:
        found.update(str(each.envvar) for each in options(command).values() if each.envvar)
    return found


# What is shown


@pytest.mark.parametrize("page", READ, ids=lambda page: page.name)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path) -> None:
    for folder in ("cassettes", "examples"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    end = Block(line=0, kind="end", rest=[], text="")
    with contextlib.ExitStack() as processes:
        reader = Reader(tmp_path, processes)
        for block, following in pairwise([*blocks(page), end]):
            if block.kind == "console":
                for command in commands(block):
                    assert reader.run(command.line) == steady(command.expected), command.line
            elif block.kind == "python" and not block.rest:
                assert following.kind == "text", f"{page.name}:{block.line}: what does it print?"
                assert reader.run_python(block.text) == steady(following.text)
            elif block.kind == "python" or block.rest[:1] in (
                ["cassette"],
                ["broken"],
                ["rules"],
                ["configuration"],
            ):
                file = tmp_path / block.rest[-1]
                file.parent.mkdir(exist_ok=True)
                file.write_text(block.text)


@pytest.mark.parametrize("page", READ, ids=lambda page: page.name)
def test_every_block_is_of_a_kind_that_is_checked(page: Path) -> None:
    for block in blocks(page):
        kind = " ".join([block.kind, *block.rest[:1]]) if block.kind == "yaml" else block.kind
        assert kind in {
            "console", "python", "javascript", "sh", "text", "toml", "yaml cassette", "yaml broken",
            "yaml rules", "yaml configuration", "yaml workflow", "yaml compose", "yaml kubernetes",
            "yaml gitlab", "yaml circleci",
        }, f"{page.name}:{block.line}"  # fmt: skip


def test_the_cassettes_shown_are_cassettes() -> None:
    for block in of_kind("yaml", "cassette"):
        cassette = formats.read(block.text.encode(), name="shown", file=block.rest[1])
        assert cassette.interactions
        assert not cassette.notes


def test_the_broken_cassettes_shown_are_broken() -> None:
    for block in of_kind("yaml", "broken"):
        with pytest.raises(CassetteError):
            formats.read(block.text.encode(), name="shown", file=block.rest[1])


def test_the_rules_shown_say_what_can_be_unless_they_are_called_broken() -> None:
    for block in of_kind("yaml", "rules"):
        breaks = pytest.raises(CassetteError) if "broken" in block.rest else nullcontext()
        with breaks:
            assert playhead_yaml.read(block.text.encode(), file="shown", above=NOTHING) != NOTHING


def test_the_event_times_shown_are_one_for_each_event() -> None:
    (timed,) = [block for block in of_kind("yaml", "cassette") if "x_playhead" in block.text]
    (interaction,) = formats.read(timed.text.encode(), name="shown", file="shown").interactions
    assert interaction.response.body.count(b"\n\n") == len(interaction.response.event_offsets)


def test_the_request_in_the_readme_is_the_one_that_is_recorded() -> None:
    recorded = yaml.safe_load(text_of("cassettes/openai/gpt-4o/chat-stream.yaml"))
    assert recorded["interactions"][0]["request"]["body"] in text_of("README.md")
    assert recorded["interactions"][0]["response"]["body"] in text_of("README.md")


def test_the_node_example_asks_for_what_is_recorded() -> None:
    (program,) = of_kind("javascript")
    recorded = yaml.safe_load(text_of("cassettes/openai/gpt-4o/chat-stream.yaml"))
    request = orjson.loads(recorded["interactions"][0]["request"]["body"])
    for message in request.pop("messages"):
        assert f'{{ role: "{message["role"]}", content: "{message["content"]}" }}' in program.text
    for name in request:
        assert f"  {name}: " in program.text


# What cannot be run here


def test_the_shell_lines_name_what_exists() -> None:
    for block in of_kind("sh"):
        for line in block.text.splitlines():
            for command in line.split(" && "):
                check_command(shlex.split(command, comments=True))


def check_command(words: list[str]) -> None:
    match words:
        case ["python3", "-m", "venv", ".venv"] | ["docker", "build", "-t", "playhead", "."]:
            assert (ROOT / "Dockerfile").is_file()
        case [".venv/bin/pip", "install", "-q", *rest]:
            assert rest in (["."], ["-e", ".[dev]"])
            assert "dev" in PROJECT["project"]["optional-dependencies"]
        case [".venv/bin/playhead", *arguments]:
            check_playhead(arguments)
        case ["scripts/check"]:
            assert os.access(ROOT / "scripts" / "check", os.X_OK)
        case ["python", "benchmarks/run.py", *_]:
            assert (ROOT / "benchmarks" / "run.py").is_file()
        case ["docker", "run", *rest]:
            check_docker_run(rest)
        case ["docker", "compose", *_] | ["kubectl", *_]:
            check_deployment(words)
        case _:
            pytest.fail(f"nobody checks {shlex.join(words)}")


def check_deployment(words: list[str]) -> None:
    services = yaml.safe_load(text_of("compose.yaml"))["services"]
    match words:
        case ["docker", "compose", "up", "--build", "--exit-code-from", service]:
            assert service in services
        case ["docker", "compose", "--profile", profile, "up", "--build", service]:
            assert profile in services[service]["profiles"]
        case ["kubectl", "apply", "-f", folder]:
            assert list((ROOT / folder).glob("*.yaml"))
        case ["kubectl", "create", "configmap", name, "--from-file=cassettes/", *_]:
            assert f"\n  name: {name}\n" in text_of("deploy/kubernetes/cassettes.yaml")
        case _:
            pytest.fail(f"nobody checks {shlex.join(words)}")


def test_a_shell_line_that_nobody_checks_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="nobody checks rm -r cassettes"):
        check_command(["rm", "-r", "cassettes"])
    with pytest.raises(pytest.fail.Exception, match="nobody checks kubectl delete"):
        check_command(["kubectl", "delete"])


def check_docker_run(words: list[str]) -> None:
    image = words.index("playhead")
    for word in words[:image]:
        if word.startswith("$PWD/"):
            assert (ROOT / word.removeprefix("$PWD/").partition(":")[0]).is_dir()
    check_playhead(words[image + 1 :] or ["serve"])


def check_playhead(words: list[str]) -> None:
    command, *arguments = words
    flags = {word.partition("=")[0] for word in arguments if word.startswith("--")}
    assert flags <= options(command).keys(), words


def test_the_workflows_shown_have_steps_that_can_run() -> None:
    workflows = of_kind("yaml", "workflow")
    assert workflows
    for block in workflows:
        for job in yaml.safe_load(block.text)["jobs"].values():
            uses = [step["uses"] for step in job["steps"] if "uses" in step]
            ours = any(name.startswith("OWNER/playhead@") for name in uses)
            assert ours or job["env"]["OPENAI_BASE_URL"].endswith(":8080/v1")
            for step in job["steps"]:
                check_step(step)


def test_the_service_shown_serves_what_is_checked_out_after_its_start(tmp_path: Path) -> None:
    """The workspace is there when services start, and empty; nothing below it is made for them."""
    (block,) = [each for each in of_kind("yaml", "workflow") if "services:" in each.text]
    (job,) = yaml.safe_load(block.text)["jobs"].values()
    (service,) = job["services"].values()
    (volume,) = service["volumes"]
    workspace, mounted, _ = volume.split(":")
    assert workspace == "${{ github.workspace }}"
    env = {
        name: str(value).replace(mounted, f"{tmp_path}") for name, value in service["env"].items()
    }
    with serve(env=env) as server:
        assert server.health()["cassettes"] == 0
        checkout, reload, *_ = job["steps"]
        assert checkout["uses"].startswith("actions/checkout@")
        shutil.copytree(EXAMPLES, env["PLAYHEAD_CASSETTES"])
        script = reload["run"].replace(":8080", f":{server.port}")
        subprocess.run(["bash", "-e", "-c", script], check=True, timeout=DEADLINE_SECONDS)
        assert server.health()["cassettes"] == 5


def check_step(step: dict[str, Any]) -> None:
    assert ("uses" in step) != ("run" in step)
    check_script(step.get("run", ""))
    if step.get("uses", "").startswith("OWNER/playhead"):
        path, version = step["uses"].removeprefix("OWNER/playhead").split("@")
        action = yaml.safe_load(text_of(f".{path}/action.yml"))
        assert version == f"v{__version__}"
        assert step.get("with", {}).keys() <= action.get("inputs", {}).keys()
        assert (path == "/report") == (step.get("if") == "always()")


def check_script(script: str) -> None:
    """Whether what a step calls of ours is there: commands, and paths of the control API."""
    for called in re.findall(r"\bplayhead ([a-z]+)\b", script):
        assert called in cli.main.commands, script
    for path in re.findall(r"/__playhead/[a-z]+", script):
        assert re.search(rf"`(GET|POST) {path}`", text_of("docs/control-api.md")), script


def test_the_jobs_shown_for_gitlab_install_or_name_the_server_they_call() -> None:
    shown = of_kind("yaml", "gitlab")
    assert len(shown) == 2
    for block in shown:
        for job in yaml.safe_load(block.text).values():
            assert job.keys() <= {"image", "services", "variables", "script"}
            for line in job["script"]:
                check_script(line)
            for service in job.get("services", []):
                url = job["variables"]["OPENAI_BASE_URL"]
                assert url == f"http://{service['alias']}:8080/v1"
            assert "services" in job or "git+" in job["script"][0]


def test_the_job_shown_for_circleci_runs_what_there_is() -> None:
    (block,) = of_kind("yaml", "circleci")
    shown = yaml.safe_load(block.text)
    for job in shown["workflows"]["test"]["jobs"]:
        for step in shown["jobs"][job]["steps"]:
            if step != "checkout":
                check_script(step["run"])


def test_every_input_of_the_action_is_explained_with_its_default() -> None:
    inputs = yaml.safe_load(text_of("action.yml"))["inputs"]
    rows = {row[0].strip("`"): row[1] for row in cells(section("docs/ci.md", "GitHub Actions"))}
    assert rows.keys() == inputs.keys()
    for name, told in inputs.items():
        assert rows[name] == (f"`{told['default']}`" if told["default"] else "none")


def test_what_is_shown_for_compose_and_kubernetes_fits_the_image() -> None:
    (compose,), (kubernetes,) = of_kind("yaml", "compose"), of_kind("yaml", "kubernetes")
    ours = yaml.safe_load(text_of("compose.yaml"))["services"]
    (app,) = yaml.safe_load(compose.text)["services"].values()
    assert app["depends_on"] == ours["app"]["depends_on"]
    assert app["environment"] == ours["app"]["environment"]
    pod = yaml.safe_load(kubernetes.text)["spec"]["template"]["spec"]
    (sidecar,) = pod["initContainers"]
    assert ["CMD", *sidecar["startupProbe"]["exec"]["command"]] == (
        ours["playhead"]["healthcheck"]["test"]
    )
    assert [mount["name"] for mount in sidecar["volumeMounts"]] == [
        volume["name"] for volume in pod["volumes"]
    ]


# What is named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", linked.read_text(), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, target


def slug(heading: str) -> str:
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_readme_leads_to_every_page() -> None:
    linked = set(re.findall(r"\]\((docs/[a-z-]+\.md)\)", text_of("README.md")))
    assert linked == {f"docs/{page.name}" for page in PAGES[1:]} | {"docs/benchmarks.md"}


@pytest.mark.parametrize("page", READ, ids=lambda page: page.name)
def test_every_flag_and_variable_named_is_one(page: Path) -> None:
    known = {flag for command in cli.main.commands for flag in options(command)}
    named = set(re.findall(r"`[^`\n]*?(?<![\w-])(--[a-z-]+)", page.read_text()))
    assert named <= known | OTHERS_FLAGS | {"--help", "--version"}
    assert set(re.findall(r"PLAYHEAD_[A-Z_]+", page.read_text())) <= variables_of_flags()


@pytest.mark.parametrize("command", list(cli.main.commands))
def test_every_flag_is_explained_as_its_help_has_it(command: str) -> None:
    rows = {
        row[0].strip("`"): row
        for row in cells(section("docs/commands.md", f"`playhead {command}`"))
        if row[0].startswith("`--")
    }
    assert rows.keys() == options(command).keys()
    context = click.Context(cli.main.commands[command], info_name=command)
    for flag, option in options(command).items():
        _, explained = option.get_help_record(context) or ("", "")
        for kind, value in re.findall(r"(env var|default): ([^;\]]+)", explained):
            assert f"`{value}`" in rows[flag], f"{flag}: {kind}"
        if isinstance(option.type, click.Choice):
            assert all(f"`{choice}`" in rows[flag][-1] for choice in option.type.choices)


def test_every_command_stands_in_the_readme() -> None:
    rows = cells(section("README.md", "Commands"))
    named = [row[0].split()[1].strip("`") for row in rows if row[0].startswith("`playhead ")]
    assert sorted(named) == sorted(cli.main.commands)


@pytest.mark.parametrize("page", ["README.md", "docs/commands.md"])
def test_every_exit_code_is_explained(page: str) -> None:
    codes = [int(row[0]) for row in cells(text_of(page)) if row[0].isdigit()]
    assert codes == [0, terminal.FINDINGS, terminal.USAGE, terminal.COULD_NOT_START]


def test_every_code_of_a_refusal_is_explained() -> None:
    rows = cells(section("docs/matching.md", "A refusal"))
    assert {row[0].strip("`") for row in rows} == {code.value for code in Code}


def test_every_field_of_the_rules_is_explained_by_an_example() -> None:
    rows = [row for row in cells(section("docs/matching.md", "Rules")) if len(row) == 3]
    fields = {row[0].strip("`"): row[2].strip("`") for row in rows if ":" in row[2]}
    fields = {name: text for name, text in fields.items() if text.startswith(f"{name}:")}
    assert list(fields) == list(playhead_yaml._READERS)
    for text in fields.values():
        assert playhead_yaml.read(text.encode(), file="shown", above=NOTHING) != NOTHING


def test_every_tier_is_explained() -> None:
    rows = cells(section("docs/matching.md", "Rules").split("### Tiers")[1].split("###")[0])
    assert [row[0].strip("`") for row in rows] == [tier.value for tier in Tier]


def test_every_place_of_an_identifier_is_named() -> None:
    assert _named_below("Identifiers") == [
        identifiers.SAID, identifiers.NAMES, identifiers.REFERENCES, identifiers.THEIRS,
    ]  # fmt: skip


def test_all_that_a_fallback_lets_go_is_named() -> None:
    added, below, values, *others = _named_below("Fallbacks")
    assert added == fallbacks.ADDED
    assert below == set(fallbacks.ADDED_BELOW)
    defaults = [orjson.loads(f"{{{value}}}") for value in values]
    assert {name: value for each in defaults for name, value in each.items()} == fallbacks.DEFAULTS
    assert others == [
        fallbacks.TOOLS,
        set(fallbacks.SAID),
        set(fallbacks.KEPT) - set(fallbacks.SAID),
        set(fallbacks.SYSTEM),
        fallbacks.CONVERSATIONS,
    ]


def _named_below(heading: str) -> list[set[str]]:
    """What the last column of the table below a third-level heading about rules names."""
    text = section("docs/matching.md", "Rules").split(f"### {heading}\n")[1].split("\n### ")[0]
    return [set(re.findall(r"`([^`]+)`", row[-1])) for row in cells(text)]


def test_every_error_of_an_overlay_is_explained() -> None:
    rows = [row for row in cells(section("docs/overlays.md", "The answers")) if row[0].isdigit()]
    for status, standard, google, amazon in rows:
        code = int(status)
        bodies = [failure(code, form)[1].decode() for form in ErrorForm]
        named = dict(failure(code, ErrorForm.AWS)[0])["x-amzn-errortype"]
        assert f'"type":"{standard.strip("`")}"' in bodies[0]
        assert f'"status":"{google.strip("`")}"' in bodies[1]
        assert named == amazon.strip("`")


def test_every_operation_is_named() -> None:
    rows = cells(section("docs/matching.md", "The key"))
    named = [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]
    assert named == [dialect.operation for dialect in DIALECTS]


def test_every_variable_for_a_client_is_explained() -> None:
    explained = text_of("docs/clients.md")
    for name in variables("http://127.0.0.1:8080", {}):
        assert f"`{name}`" in explained or name.endswith("_KEY")


def test_every_path_of_the_control_api_is_explained() -> None:
    app = create_app(EXAMPLES)
    control = create_control(app.player, app.settings, app.requirements, app.reloader, app.stopping)
    gate = cast("Any", control)
    routes = {
        f"{method} {route.path.replace('{number:int}', '{id}')}"
        for route in gate._app.routes
        for method in route.methods - {"HEAD"}
    }
    app.player.close()
    rows = cells(text_of("docs/control-api.md"))
    told = {row[0].strip("`") for row in rows if "/__playhead/" in row[0]}
    assert told | {"GET /__playhead"} == routes


def test_every_metric_is_explained() -> None:
    now = Now(cassettes=0, interactions=0, skipped=0, sessions=0)
    found = metrics(exposition(Account(session="", counts=Counter()), now))
    rows = cells(section("docs/control-api.md", "Metrics"))
    explained = {row[0].strip("`"): row[1] for row in rows}
    assert explained == {name: metric.kind for name, metric in found.items()}


def test_every_dependency_has_its_reason() -> None:
    project = PROJECT["project"]
    for heading, wanted in (
        ("To run", project["dependencies"]),
        ("To read compressed bodies", project["optional-dependencies"]["compression"]),
        ("For state on several machines", project["optional-dependencies"]["redis"]),
        ("For rules with patterns", project["optional-dependencies"]["rules"]),
        ("To develop", project["optional-dependencies"]["dev"]),
        ("To drive the server with official clients", project["optional-dependencies"]["sdk"]),
    ):
        explained = {row[0] for row in cells(section("docs/dependencies.md", heading))}
        assert explained == {re.split(r"[^\w-]", requirement)[0] for requirement in wanted}


def test_the_layers_shown_are_the_ones_that_are_held() -> None:
    (shown,) = of_kind("text", "layers")
    held = PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    layers = shown.text.splitlines()
    assert [set(line.split(" | ")) for line in layers] == [
        set(line.split(" | ")) for line in reversed(held)
    ]
    explained = [row[0].strip("`") for row in cells(section("docs/design.md", "The modules"))]
    assert sorted(explained) == sorted(re.findall(r"\w+", shown.text))


def test_ci_runs_the_test_command_of_the_readme() -> None:
    _, test = the_two_commands()
    lines = text_of(".ci/run").splitlines()
    assert lines[-1] == test
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_ci_installs_the_clients_that_a_plain_run_leaves_out() -> None:
    install = ".venv/bin/pip install -q -e '.[dev,sdk]'"
    assert f"`{install}`" in text_of("README.md")
    assert f"python3 -m venv .venv && {install}" in text_of(".ci/run").splitlines()
    assert "sdk" in PROJECT["project"]["optional-dependencies"]


def test_the_two_commands_set_up_the_same_way() -> None:
    venv = "python3 -m venv .venv && .venv/bin/pip install -q "
    run, test = the_two_commands()
    assert run == f"{venv}. && .venv/bin/playhead serve"
    assert test == f"{venv}-e '.[dev]' && scripts/check"


def the_two_commands() -> tuple[str, str]:
    def command(block: Block) -> str:
        return block.text.rstrip("\n")

    run, test, *_ = [block for block in blocks(ROOT / "README.md") if block.kind == "sh"]
    return command(run), command(test)


def test_the_changelog_tells_of_this_version() -> None:
    assert f"\n## {__version__} - " in text_of("CHANGELOG.md")
