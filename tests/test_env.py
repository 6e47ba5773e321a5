import json
import os
import shlex
import subprocess

import pytest

from support.server import command, playhead


def test_env_prints_lines_that_a_shell_can_read() -> None:
    line = shlex.join(command("env", "--port", "4242"))
    script = f'eval "$({line})" && printf "%s %s" "$OPENAI_BASE_URL" "$ANTHROPIC_BASE_URL"'
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "http://127.0.0.1:4242/v1 http://127.0.0.1:4242"


def test_what_a_variable_held_before_is_quoted() -> None:
    line = shlex.join(command("env"))
    script = f'eval "$({line})" && printf %s "$NO_PROXY"'
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        env={**os.environ, "NO_PROXY": "*.corp, it's;here", "no_proxy": ""},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "*.corp,it's;here,127.0.0.1"


def test_env_as_json_has_a_key_for_every_sdk() -> None:
    values = json.loads(playhead("env", "--json").stdout)
    assert values["OPENAI_API_KEY"] == values["ANTHROPIC_API_KEY"] == values["GEMINI_API_KEY"]
    assert values["OPENAI_BASE_URL"] == "http://127.0.0.1:8080/v1"


@pytest.mark.parametrize(
    ("host", "origin"), [("0.0.0.0", "http://127.0.0.1:8080"), ("::", "http://[::1]:8080")]
)
def test_env_names_an_address_that_can_be_called(host: str, origin: str) -> None:
    values = json.loads(playhead("env", "--json", "--host", host).stdout)
    assert values["ANTHROPIC_BASE_URL"] == origin
