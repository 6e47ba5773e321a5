import os
import subprocess
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from conftest import EXAMPLES
from playhead.replay_flags import replay_options
from playhead.retry_after import RetryAfter
from playhead.rules import Rules
from playhead.settings import Repeat, Settings, Timing
from support.recordings import CHAT, EVENT_STREAM, chat, events, interaction, write
from support.server import command, serve


@click.command()
@replay_options
def _shown(settings: Settings, *, strict: bool) -> None:
    """Show what the flags make."""
    click.echo(f"{settings!r} {strict}")


def _made(*arguments: str) -> str:
    return CliRunner().invoke(_shown, arguments).output.strip()


def test_without_a_flag_the_settings_are_those_that_nobody_told() -> None:
    assert _made() == f"{Settings()!r} False"


def test_every_setting_has_a_flag() -> None:
    made = _made(
        "--timing", "recorded", "--speed", "2", "--event-gap", "20ms", "--repeat", "cycle",
        "--retry-after", "zero", "--drain", "1s", "--strict", "--cors-origin", "http://a",
        "--allowed-host", "b", "--allowed-host", "c", "--bridge", "--ids", "renamed",
    )  # fmt: skip
    assert made == (
        repr(
            Settings(
                timing=Timing.RECORDED,
                speed=2.0,
                event_gap=0.02,
                repeat=Repeat.CYCLE,
                retry_after=RetryAfter.ZERO,
                drain=1.0,
                cors_origin="http://a",
                allowed_hosts=("b", "c"),
                bridge=True,
                rules=Rules(ids_renamed=True),
            )
        )
        + " True"
    )


@pytest.mark.parametrize(
    "flags",
    [
        ["--event-gap", "soon"], ["--event-gap", "-1ms"], ["--speed", "0"], ["--speed", "-1"],
        ["--speed", "nan"], ["--timing", "later"], ["--repeat", "always"], ["--port", "70000"],
        ["--drain", "1h"], ["--nonsense"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_flag_that_makes_no_sense_is_a_usage_error(flags: list[str]) -> None:
    process = subprocess.Popen(
        command("serve", EXAMPLES, "--port", "0", *flags),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        assert process.stdout is not None
        served = process.stdout.readline()
        process.terminate()
    assert (served, process.returncode) == (b"", 2)


def test_every_flag_has_a_variable(tmp_path: Path) -> None:
    body = events("1", "2")
    write(tmp_path / "a", "a", interaction(chat("hi"), body, headers=EVENT_STREAM))
    write(tmp_path / "b", "b", interaction(chat("ho")))
    env = {
        "PLAYHEAD_CASSETTES": f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}",
        "PLAYHEAD_EVENT_GAP": "1ms",
        "PLAYHEAD_REPEAT": "never",
        "PLAYHEAD_CORS_ORIGIN": "http://localhost:3000",
        "PLAYHEAD_ALLOWED_HOST": "a.example.com b.example.com",
        "PLAYHEAD_TIMING": "recorded",
        "PLAYHEAD_SPEED": "2",
        "PLAYHEAD_DRAIN": "1s",
        "PLAYHEAD_STRICT": "1",
        "PLAYHEAD_HOST": "127.0.0.1",
    }
    with serve(env=env) as running:
        reply = running.post(CHAT, chat("hi"))
        again = running.post(CHAT, chat("hi"))
        other = running.post(CHAT, chat("ho"))
        health = running.get("/__playhead/health", {"host": "b.example.com"})
    assert [chunk.data for chunk in reply.chunks] == [b"data: 1\n\n", b"data: 2\n\n"]
    assert reply.header("access-control-allow-origin") == "http://localhost:3000"
    assert (again.status, other.status, health.status) == (404, 200, 200)
