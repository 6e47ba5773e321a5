import pkgutil

from playhead import __version__, cli, commands
from support.server import playhead


def test_the_version_and_the_help_are_printed() -> None:
    assert playhead("--version").stdout.strip().endswith(__version__)
    assert "PLAYHEAD_EVENT_GAP" in playhead("serve", "-h").stdout


def test_every_module_of_commands_is_a_command() -> None:
    assert sorted(cli.main.commands) == [
        each.name for each in pkgutil.iter_modules(commands.__path__)
    ]
