"""Fixtures and options that several test files share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from support.flawed import flaw
from support.server import Running, serve

# A time limit for each example would be a timed assertion.
settings.register_profile("playhead", deadline=None)
settings.load_profile("playhead")

pytest_plugins = ["pytester"]

# On CI pytest cuts no message short; what tests and pages show of it is what a person sees.
os.environ.pop("CI", None)

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "cassettes"
ODD = ROOT / "tests/odd_cassettes"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--corpus",
        action="append",
        default=[],
        metavar="FOLDER",
        help="replay every recording in FOLDER; may be given several times (or PLAYHEAD_CORPUS)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `corpus` runs for the folders here, and for each it is told of."""
    if "corpus" in metafunc.fixturenames:
        folders = [EXAMPLES, ODD, *map(Path, told_of(metafunc.config))]
        metafunc.parametrize("corpus", folders, ids=str, scope="module")


def told_of(config: pytest.Config) -> list[str]:
    told: list[str] = config.getoption("--corpus")
    told = [*told, os.environ.get("PLAYHEAD_CORPUS", "")]
    return [folder for each in told for folder in each.split(os.pathsep) if folder]


@pytest.fixture(scope="session")
def examples() -> Iterator[Running]:
    """A server of the five example cassettes, pace off, shared by tests that do not mind."""
    with serve(EXAMPLES) as running:
        yield running


@pytest.fixture(scope="session")
def flawed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with something of all that `check` finds; nobody writes into it."""
    folder = tmp_path_factory.mktemp("flawed")
    flaw(folder)
    return folder
