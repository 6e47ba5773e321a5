"""The pytest plugin: a server for the test session, and a session of it for each test.

Everybody who installs playhead imports this module with every run of pytest: what is not needed
before a test asks for the fixture is imported then.
"""

import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from playhead.errors import PlayheadError
from playhead.remote import Remote  # noqa: F401 - now, while sockets are the system's

if TYPE_CHECKING:
    import pluggy

    from playhead.testing import Playhead, Request, Server
    from playhead.witness import Witness

__all__ = ["Playhead", "Request"]

_MARKER = (
    "cassette(name, *, all_used=False, allow_misses=False, require_served=0): confine the fixture "
    "`playhead` to the cassette or folder of cassettes of this name; all_used: fail the test when "
    "an interaction there answered nothing; allow_misses: let the test ask for what is not "
    "recorded; require_served: fail the test when fewer of its requests were answered."
)
_DEFAULTS = ("cassettes", "tests/cassettes")
"""As the commands have them: a suite sees the same below `playhead run`."""
_OF_A_WHOLE_RUN = frozenset(["--all-used", "--fail-on-miss", "--report", "--require-served"])
"""Flags that would do nothing: a server of the fixture decides no exit code, and may be one of
several."""
_NOT_IN_AN_ID = re.compile(r"[^A-Za-z0-9_.]+")
_LONGEST_NAME = 60
_WITNESS: "pytest.StashKey[Witness]" = pytest.StashKey()


def __getattr__(name: str) -> object:
    """Return a type by which tests annotate: `from playhead.pytest_plugin import Playhead`."""
    if name in __all__:
        from playhead import testing

        return getattr(testing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag and the settings."""
    parser.getgroup("playhead").addoption(
        "--playhead-cassettes",
        action="append",
        default=[],
        metavar="PATH",
        help="folder or file of cassettes for the fixture `playhead`; several times for more",
    )
    parser.addini(
        "playhead_cassettes",
        f"folders and files of cassettes for the fixture `playhead`, where the flag names none "
        f"(default: {' or '.join(_DEFAULTS)})",
        type="paths",
        default=[],
    )
    parser.addini(
        "playhead_arguments",
        "further flags of `playhead serve` for the fixture `playhead`, such as --bridge",
        type="args",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture(scope="session")
def _playhead_server(pytestconfig: pytest.Config) -> "Iterator[Server]":
    """The server, which a process that runs tests starts when one of them first needs it."""
    try:
        server = _server(pytestconfig)
    except (PlayheadError, ValueError) as error:
        raise _failed(error) from None
    yield server
    server.stop()


@pytest.fixture
def playhead(request: pytest.FixtureRequest) -> "Iterator[Playhead]":
    """A session of a server that replays recorded LLM traffic, for this test alone.

    The test fails when it asks for what is not recorded, even where its application catches that.
    """
    from playhead.marked import marked
    from playhead.witness import Witness

    item = request.node
    try:
        wanted = marked(item)
        server: Server = request.getfixturevalue("_playhead_server")
        session = server.session(_session_id(item.name), wanted.name)
    except PlayheadError as error:
        raise _failed(error) from None
    witness = item.stash[_WITNESS] = Witness(server, session, wanted)
    yield session
    del item.stash[_WITNESS]
    if late := witness.late():
        pytest.fail(late, pytrace=False)


@pytest.fixture
def playhead_env(playhead: "Playhead", monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables that point every provider's SDK at the session of `playhead`, for this test."""
    for name, value in playhead.env.items():
        monkeypatch.setenv(name, value)


@pytest.hookimpl(trylast=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Fail a test that has just passed and has missed: it is here that xfail applies.

    Called after pytest's own, which runs the test, and not where that raises.
    """
    witness = item.stash.get(_WITNESS, None)
    if witness is not None and (fault := witness.fault()):
        witness.failure = pytest.fail.Exception(fault, pytrace=False)
        raise witness.failure


@pytest.hookimpl(hookwrapper=True)  # the newer form, `wrapper`, stops every run of a pytest 7
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> "Generator[None, pluggy.Result[pytest.TestReport], None]":
    """Tell of misses below the error of a test that failed anyway."""
    report = (yield).get_result()
    witness = item.stash.get(_WITNESS, None)
    if witness is None or call.excinfo is None or call.excinfo.value is witness.failure:
        return
    if missed := witness.missed():
        report.sections.append(("playhead", missed))


def _failed(error: Exception) -> BaseException:
    """What fails a test for a reason that needs no traceback, to be raised `from None`."""
    return pytest.fail.Exception(f"playhead: {error}", pytrace=False)


def _server(config: pytest.Config) -> "Server":
    """The server that PLAYHEAD_ORIGIN names, else one of our own."""
    from playhead.testing import Server

    if origin := os.environ.get("PLAYHEAD_ORIGIN"):
        return Server(origin)
    arguments: list[str] = config.getini("playhead_arguments")
    if idle := _OF_A_WHOLE_RUN.intersection(each.partition("=")[0] for each in arguments):
        raise ValueError(
            f"playhead_arguments: {', '.join(sorted(idle))}: no fixture knows the whole run; "
            "`playhead run -- pytest` takes what a run must prove"
        )
    return Server.started(_paths(config), arguments)


def _paths(config: pytest.Config) -> list[Path]:
    """The paths of the flag, else of the variable, else of the settings, else a default."""
    variable = os.environ.get("PLAYHEAD_CASSETTES", "").split(os.pathsep)
    given: list[str] = config.getoption("--playhead-cassettes") or [*filter(None, variable)]
    told: list[Path] = [config.invocation_params.dir / path for path in given]
    told = told or config.getini("playhead_cassettes")
    defaults = [config.rootpath / name for name in _DEFAULTS]
    paths = told or [path for path in defaults if path.exists()][:1] or defaults
    if missing := [repr(str(path)) for path in paths if not path.exists()]:
        raise NoCassettes(
            f"there is no file or folder {' or '.join(missing)}; name yours with "
            "--playhead-cassettes PATH, or with playhead_cassettes in pytest's settings"
        )
    return paths


class NoCassettes(PlayheadError):
    """A path of cassettes that is not there."""


def _session_id(name: str) -> str:
    """An id that a person can tell, and that no other test, process or repetition has."""
    slug = _NOT_IN_AN_ID.sub("-", name).strip("-")[:_LONGEST_NAME]
    return f"{slug}-{os.urandom(4).hex()}"
