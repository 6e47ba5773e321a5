from collections.abc import Callable

import click
import pytest
from click.testing import CliRunner

from playhead import flags


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [
        ("20ms", "s", 0.02),
        ("1.5s", "ms", 1.5),
        ("2m", "s", 120),
        ("20", "ms", 0.02),
        (" .5 ", "s", 0.5),
    ],
)
def test_a_time_is_read_in_its_unit(value: str, unit: str, seconds: float) -> None:
    assert flags.Seconds(unit).convert(value, None, None) == seconds


@pytest.mark.parametrize("value", ["", "soon", "-1s", "1h", "1 s", "1e3", "nan", "\u0661s"])
def test_what_is_no_time_is_refused(value: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time like"):
        flags.Seconds("s").convert(value, None, None)


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_factor_is_a_finite_number(value: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a finite number"):
        flags.Factor(min=0, min_open=True).convert(value, None, None)
    assert flags.Factor(min=0, min_open=True).convert("1.5", None, None) == 1.5


def test_every_flag_has_its_variable() -> None:
    command = click.Command("a")
    flags.option("-g", "--event-gap")(command)
    (option,) = command.params
    assert option.envvar == "PLAYHEAD_EVENT_GAP"


@pytest.mark.parametrize("option", [flags.port, flags.port_in_use])
@pytest.mark.parametrize(("said", "port"), [("tcp://10.0.0.1:9000", 8080), ("9000", 9000)])
def test_what_kubernetes_says_of_a_service_called_playhead_is_no_port(
    option: Callable[[click.Command], click.Command], said: str, port: int
) -> None:
    command = option(click.Command("a", callback=lambda port: click.echo(port)))
    done = CliRunner().invoke(command, env={"PLAYHEAD_PORT": said})
    assert done.output == f"{port}\n"
    refused = CliRunner().invoke(command, ["--port", "tcp://10.0.0.1:9000"])
    assert refused.exit_code == 2
