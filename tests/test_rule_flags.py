import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from playhead import rule_flags, rules
from playhead.pointer import pointer
from playhead.rule_flags import rule_options
from playhead.rules import REDACTED, Replacement, Rules, Tier
from support.recordings import CHAT, chat, interaction, write
from support.server import playhead, serve


def _option(name: str, *others: str, **settings: Any) -> Any:
    variable = name.lstrip("-").upper()
    return click.option(name, *others, envvar=variable, show_envvar=True, **settings)


@click.command()
@rule_options(_option)
def _shown(rules: Rules) -> None:
    """Show the rules that the flags make."""
    click.echo(repr(rules))


def _made(*arguments: str, **variables: str) -> str:
    done = CliRunner(env=variables).invoke(_shown, arguments)
    return done.output.strip()


def test_without_a_flag_matching_is_exact() -> None:
    assert _made() == repr(Rules())


def test_every_flag_is_a_rule() -> None:
    made = _made(
        "--ignore", "/a", "--ignore", "/b/*",
        "--replace", r"\d+", "N",
        "--redact", "sk-.*",
        "--ids", "renamed",
        "--fallback", "conversation", "--fallback", "defaults",
    )  # fmt: skip
    assert made == repr(
        Rules(
            ignore=(pointer("/a"), pointer("/b/*")),
            replace=(Replacement("sk-.*", REDACTED), Replacement(r"\d+", "N")),
            ids_renamed=True,
            fallbacks=(Tier.DEFAULTS, Tier.CONVERSATION),
        )
    )


def test_a_variable_holds_several_values_between_spaces() -> None:
    made = _made(IGNORE="/a /b", REPLACE="[0-9]+ N", FALLBACK="tools defaults", IDS="renamed")
    assert made == repr(
        Rules(
            ignore=(pointer("/a"), pointer("/b")),
            replace=(Replacement("[0-9]+", "N"),),
            ids_renamed=True,
            fallbacks=(Tier.DEFAULTS, Tier.TOOLS),
        )
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--ignore", "user"], "'user' does not begin with a slash"),
        (["--replace", "(", "x"], "'(' is no RE2 pattern"),
        (["--redact", "["], "'[' is no RE2 pattern"),
        (["--replace", "a"], "requires 2 arguments"),
        (["--ids", "any"], "'any' is not one of"),
        (["--fallback", "all"], "'all' is not one of"),
    ],
)
def test_what_makes_no_rule_says_why(arguments: list[str], reason: str) -> None:
    assert reason in _made(*arguments)


def test_the_names_of_fallbacks_are_those_that_there_are() -> None:
    assert tuple(tier.value for tier in rules.FALLBACKS) == rule_flags.FALLBACKS


def test_the_help_says_what_stands_for_a_redacted_text() -> None:
    assert REDACTED in _made("--help")


def test_a_server_takes_rules_as_variables(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi", user="me"), '"found"'))
    variables = {"PLAYHEAD_IGNORE": "/user /metadata", "PLAYHEAD_FALLBACK": "defaults"}
    with serve(tmp_path, env=variables) as running:
        reply = running.post(CHAT, chat("hi", metadata={"a": "b"}))
        assert (reply.body, reply.header("x-playhead-match")) == (b'"found"', "rules")


@pytest.mark.parametrize("command", ["serve", "check"])
def test_a_pattern_without_google_re2_is_a_usage_error(command: str, tmp_path: Path) -> None:
    program = "import sys; sys.modules['re2'] = None; from playhead.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, command, "--redact", "a", tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "need the package google-re2: pip install google-re2" in done.stderr


def test_strict_does_not_start_with_a_broken_configuration(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi")))
    (tmp_path / "playhead.yaml").write_text("ids: some\n")
    done = playhead("serve", "--strict", "--port", "0", tmp_path)
    assert done.returncode == 3
    assert f"broken: {tmp_path / 'playhead.yaml'}:1: ids: is neither" in done.stderr


def test_who_has_no_rules_imports_nothing_for_them(tmp_path: Path) -> None:
    write(tmp_path, "a", interaction(chat("hi")))
    program = (
        "import sys; from playhead import cli, serve; from playhead.app import create_app\n"
        "create_app(sys.argv[1])\n"
        "print(*(set(sys.argv[2:]) & set(sys.modules)))"
    )
    lazy = ["re2", *(f"playhead.{name}" for name in ("fallbacks", "identifiers", "difference"))]
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path, *lazy, "playhead.formats.playhead_yaml"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "\n"
