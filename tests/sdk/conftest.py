"""The recordings that every client is asked for, and one server of them all."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from conftest import EXAMPLES, told_of
from sdk import forms, synthetic
from sdk.recorded import Case, cases, cases_in
from sdk.rerecorded import rerecorded
from support.server import Running, serve

CASES = pytest.StashKey[list[Case]]()

QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "HF_HUB_OFFLINE": "1",
    "NO_PROXY": "127.0.0.1",
}
"""What keeps the clients from asking anybody but the server, and from a user's own settings."""


MADE = list(cases(synthetic.recordings(), forms.ROOT))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "cases(*forms, streams, made): run for each recording `case` of these providers' forms;"
        " with `made`, only for the synthetic ones",
    )
    config.stash[CASES] = [
        *MADE,
        *(case for folder in [EXAMPLES, *map(Path, told_of(config))] for case in cases_in(folder)),
    ]
    patch = pytest.MonkeyPatch()
    for name, value in QUIET.items():
        patch.setenv(name, value)
    config.add_cleanup(patch.undo)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for mark in metafunc.definition.iter_markers("cases"):
        of_all = MADE if mark.kwargs.get("made") else metafunc.config.stash[CASES]
        fitting = [
            case
            for case in of_all
            if case.form in mark.args and case.streams is mark.kwargs.get("streams", case.streams)
        ]
        metafunc.parametrize("case", fitting, ids=lambda case: case.name)


@pytest.fixture(scope="session")
def server(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A server of all recordings at once."""
    folder = tmp_path_factory.mktemp("synthetic")
    synthetic.write_all(folder)
    with contextlib.ExitStack() as servers:
        while True:
            running = servers.enter_context(serve(folder, EXAMPLES, *told_of(pytestconfig)))
            # litellm takes a 403 anywhere in what Gemini says, also in a port, for the status.
            if "403" not in running.origin:
                break
        yield running


@pytest.fixture(scope="session")
def confined(server: Running) -> Callable[[Case], str]:
    """What a client has for a base URL, without a version, that is to see one cassette only."""
    listed = server.control("cassettes")["cassettes"]
    names = {cassette["file"]: cassette["name"] for cassette in listed}

    def base(case: Case) -> str:
        file = case.exchange.file
        name = names[str(file)] if file.is_absolute() else file.stem
        return f"{server.origin}/cassette/{quote(name)}/-"

    return base


@pytest.fixture(scope="session")
def paced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server of the synthetic recordings that sends each event by itself."""
    folder = tmp_path_factory.mktemp("paced")
    synthetic.write_all(folder)
    with serve(folder, "--event-gap", "2ms") as running:
        yield running


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server without a single cassette."""
    with serve(tmp_path_factory.mktemp("empty")) as running:
        yield running


@pytest.fixture(scope="module")
def replayed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Case], str]]:
    """Where a client that writes its own bodies gets the answer of each recording.

    The module says with FORMS which recordings fit, and with `receive(origin, case)` how it asks.
    """
    fitting = [case for case in request.config.stash[CASES] if case.form in request.module.FORMS]
    folder = tmp_path_factory.mktemp("rerecorded")
    with rerecorded(fitting, request.module.receive, folder) as origins:
        yield origins
