import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from playhead import pytest_plugin
from playhead.given import DEFAULTS, named
from playhead.remote import Remote, Unreachable
from support.recordings import chat, interaction, write
from support.server import Running, serve
from support.suites import Suite, answer, cassettes
from support.wire import DEADLINE_SECONDS, eventually


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """A project whose cassettes are where the plugin looks for them."""
    for name in [name for name in os.environ if name.startswith(("PLAYHEAD_", "PYTEST_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return Suite(pytester)


# Passing


def test_a_test_whose_requests_were_recorded_passes(suite: Suite) -> None:
    outcome = suite.run("def test_it(playhead): assert ask(playhead.base_url, 'hi') == 'hi!'")
    assert outcome == {"passed": 1}


def test_nothing_is_started_and_nothing_said_where_no_test_uses_it(suite: Suite) -> None:
    outcome = suite.run(
        """
import sys
from pathlib import Path

def test_it():
    (children,) = Path("/proc/self/task").glob("*/children")
    assert children.read_text() == ""
    assert not {"starlette", "uvicorn", "yaml", "orjson", "click"} & set(sys.modules)
""",
        "--playhead-cassettes=nowhere",
    )
    assert outcome == {"passed": 1}
    assert "playhead" not in suite.told.replace("playhead.pytest_plugin", "").split("collected")[1]


def test_its_hooks_have_a_form_that_pytest_7_takes_with_an_old_pluggy() -> None:
    hooks = [hook for name, hook in vars(pytest_plugin).items() if name.startswith("pytest_")]
    assert not any(getattr(hook, "pytest_impl", {}).get("wrapper") for hook in hooks)


@pytest.mark.parametrize("xdist", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_each_test_sees_a_sequence_from_its_start(suite: Suite, xdist: list[str]) -> None:
    outcome = suite.run(
        """
@pytest.mark.parametrize("at", range(8))
def test_it(playhead, at):
    said = [ask(playhead.base_url, "again") for _ in range(4)]
    assert said == ["answer 0", "answer 1", "answer 2", "answer 2"]
""",
        *xdist,
    )
    assert outcome == {"passed": 8}


def test_a_sequence_begins_again_when_a_test_rewinds(suite: Suite) -> None:
    outcome = suite.run(
        """
def test_it(playhead):
    assert ask(playhead.base_url, "again") == "answer 0"
    playhead.rewind()
    assert ask(playhead.base_url, "again") == "answer 0"
"""
    )
    assert outcome == {"passed": 1}


def test_a_test_sees_its_own_requests_and_what_became_of_them(suite: Suite) -> None:
    outcome = suite.run(
        """
from playhead.pytest_plugin import Playhead, Request

def test_another(playhead: Playhead):
    ask(playhead.base_url, "bye")

@pytest.mark.cassette(allow_misses=True)
def test_it(playhead: Playhead):
    assert playhead.requests == []
    ask(playhead.base_url, "hi")
    ask_or_shrug(playhead.base_url, "Hi")
    path = "/v1/chat/completions"
    served, missed = playhead.requests
    assert served == Request(method="POST", path=path, status=200, outcome="served",
                             interaction="greetings/hi#0", match="exact", details={})
    assert (missed.outcome, missed.interaction) == ("refused", "")
    assert missed.message.startswith("playhead: no recording matches POST /v1/chat/completions")
    assert playhead.misses == [missed]
    assert playhead.session.startswith("test_it-")
"""
    )
    assert outcome == {"passed": 2}


def test_the_environment_points_every_client_at_the_session(suite: Suite) -> None:
    outcome = suite.run(
        """
import os

def test_it(playhead, monkeypatch):
    for name, value in playhead.env.items():
        monkeypatch.setenv(name, value)
    assert os.environ["OPENAI_BASE_URL"] == playhead.base_url == f"{playhead.origin}/v1"
    assert os.environ["ANTHROPIC_BASE_URL"] == playhead.origin
    assert os.environ["NO_PROXY"].endswith("127.0.0.1")
    assert ask(os.environ["OPENAI_BASE_URL"], "hi") == "hi!"
"""
    )
    assert outcome == {"passed": 1}


ASKS = "ask(os.environ['OPENAI_BASE_URL'], 'hi'); assert len(playhead.requests) == 1"
OF_EVERY_KIND = f"""
import os, unittest

def test_function(playhead):
    assert os.environ["OPENAI_BASE_URL"] == playhead.base_url
    assert os.environ["ANTHROPIC_BASE_URL"] == playhead.origin
    {ASKS}

class TestClass:
    def setup_method(self): self.base_url = os.environ["OPENAI_BASE_URL"]
    def test_method(self, playhead): assert self.base_url == playhead.base_url

class TestUnittest(unittest.TestCase):
    def setUp(self): self.base_url = os.environ["OPENAI_BASE_URL"]
    def test_it(self): ask(self.base_url, "hi")

@pytest.fixture
def anyio_backend(): return "asyncio"

@pytest.mark.anyio
async def test_coroutine(playhead): {ASKS}
"""
SETTINGS = {
    "pytest.ini": "[pytest]\nusefixtures = playhead_env\n",
    "pyproject.toml": '[tool.pytest.ini_options]\nusefixtures = ["playhead_env"]\n',
}


@pytest.mark.parametrize("xdist", [[], ["-n", "2"]], ids=["alone", "xdist"])
@pytest.mark.parametrize("settings", SETTINGS)
def test_the_settings_point_every_test_at_its_session(
    suite: Suite, settings: str, xdist: list[str]
) -> None:
    (suite.folder / settings).write_text(SETTINGS[settings])
    assert suite.run(OF_EVERY_KIND, *xdist) == {"passed": 4}


def test_a_mark_points_a_test_at_its_session_and_no_other(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://as-before/v1")
    monkeypatch.delenv("GROQ_BASE_URL", raising=False)
    outcome = suite.run(
        """
import os, unittest

before = dict(os.environ)
as_before = {"PYTEST_CURRENT_TEST": ""}

def test_before(): assert os.environ["OPENAI_BASE_URL"] == "http://as-before/v1"

@pytest.mark.usefixtures("playhead_env")
def test_it(): assert ask(os.environ["OPENAI_BASE_URL"], "hi") == "hi!"

@pytest.mark.usefixtures("playhead_env")
class TestIt(unittest.TestCase):
    def setUp(self): self.said = ask(os.environ["OPENAI_BASE_URL"], "hi")
    def test_it(self): self.assertEqual(self.said, "hi!")

@pytest.mark.usefixtures("playhead_env")
def test_that_fails():
    assert "GROQ_BASE_URL" in os.environ
    ask_or_shrug(os.environ["OPENAI_BASE_URL"], "hi there")

def test_after(): assert {**os.environ, **as_before} == {**before, **as_before}
"""
    )
    assert outcome == {"passed": 4, "failed": 1}
    assert '    sent      "hi there"\n' in suite.section("test_that_fails")


def test_a_test_may_forbid_sockets_and_stop_the_clock(suite: Suite) -> None:
    outcome = suite.run(
        """
import asyncio, socket, time

def test_it(playhead, monkeypatch):
    ask(playhead.base_url, "hi")
    monkeypatch.delattr(socket, "socket")
    monkeypatch.delattr(asyncio, "run")
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    assert len(playhead.requests) == 1
"""
    )
    assert outcome == {"passed": 1}


# Missing


def test_a_changed_prompt_fails_the_test_and_the_report_says_where(suite: Suite) -> None:
    outcome = suite.run("def test_it(playhead): ask(playhead.base_url, 'hi there')")
    assert outcome == {"failed": 1}
    assert "HTTP Error 404" in suite.section("test_it")
    told = suite.section("playhead")
    assert (
        "playhead: no recording matches POST /v1/chat/completions. Nearest: greetings/hi#" in told
    )
    assert "/__playhead/" not in told
    assert '    recorded  "hi"\n    sent      "hi there"\n' in told


def test_a_miss_that_the_application_swallows_fails_the_test(suite: Suite) -> None:
    outcome = suite.run("def test_it(playhead): ask_or_shrug(playhead.base_url, 'hi there')")
    assert outcome == {"failed": 1}
    told = suite.section("test_it")
    assert told.lstrip().startswith("playhead: no recording matches POST /v1/chat/completions")
    assert '    sent      "hi there"\n' in told
    assert "FAILED test_app.py::test_it - Failed: playhead: no recording matches" in suite.told


def test_the_real_error_stays_in_front_of_the_miss(suite: Suite) -> None:
    outcome = suite.run(
        """
def test_it(playhead):
    assert ask_or_shrug(playhead.base_url, "hi there") == "hi!"
"""
    )
    assert outcome == {"failed": 1}
    assert "AssertionError" in suite.section("test_it")
    assert suite.told.count('sent      "hi there"') == 1
    assert '    sent      "hi there"\n' in suite.section("playhead")


def test_a_failure_without_a_miss_is_told_as_ever(suite: Suite) -> None:
    assert suite.run("def test_it(playhead): assert False") == {"failed": 1}
    assert "- playhead -" not in suite.told


def test_many_misses_are_told_in_part_and_each_once(suite: Suite) -> None:
    suite.run(
        """
def test_it(playhead):
    for prompt in "abcdefgg":
        ask_or_shrug(playhead.base_url, prompt)
"""
    )
    told = suite.section("test_it")
    assert told.count("playhead: no recording matches") == 5
    assert "and 2 more refused requests" in told


def test_one_miss_more_than_are_told_is_counted_in_the_singular(suite: Suite) -> None:
    suite.run(
        """
def test_it(playhead):
    for prompt in "abcdef":
        ask_or_shrug(playhead.base_url, prompt)
"""
    )
    assert "and 1 more refused request\n" in suite.section("test_it")


def test_a_miss_of_one_test_does_not_fail_another(suite: Suite) -> None:
    outcome = suite.run(
        """
def test_that_misses(playhead): ask_or_shrug(playhead.base_url, "hi there")
def test_that_does_not(playhead): ask(playhead.base_url, "hi")
def test_that_asks_nothing(playhead): pass
""",
        "-n",
        "2",
    )
    assert outcome == {"failed": 1, "passed": 2}


def test_a_miss_may_be_allowed(suite: Suite) -> None:
    outcome = suite.run(
        """
@pytest.mark.cassette(allow_misses=True)
def test_it(playhead):
    assert ask_or_shrug(playhead.base_url, "hi there") == "shrug"
    assert len(playhead.misses) == 1
"""
    )
    assert outcome == {"passed": 1}


def test_expected_failures_and_skips_stay_what_they_are(suite: Suite) -> None:
    outcome = suite.run(
        """
@pytest.mark.xfail(strict=True)
def test_that_misses(playhead): ask_or_shrug(playhead.base_url, "hi there")

@pytest.mark.xfail(raises=ValueError)
def test_that_misses_and_should_fail_otherwise(playhead):
    ask_or_shrug(playhead.base_url, "hi there")

@pytest.mark.xfail
def test_that_passes(playhead): ask(playhead.base_url, "hi")

def test_that_gives_up(playhead):
    ask_or_shrug(playhead.base_url, "hi there")
    pytest.skip("later")
"""
    )
    assert outcome == {"xfailed": 1, "failed": 1, "xpassed": 1, "skipped": 1}


ASYNC = """
@pytest.fixture
def anyio_backend(): return "asyncio"

@pytest.mark.anyio
async def test_it(playhead): ask_or_shrug(playhead.base_url, "hi there")
"""
UNITTEST = """
import unittest

@pytest.mark.usefixtures("playhead")
class TestIt(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _keep(self, playhead): self.playhead = playhead

    def test_that_misses(self): ask_or_shrug(self.playhead.base_url, "hi there")
"""
CLASS = """
class TestIt:
    @pytest.mark.parametrize("prompt", ["hi there"])
    def test_it(self, playhead, prompt): ask_or_shrug(playhead.base_url, prompt)
"""
LATER = """
def test_it(request):
    ask_or_shrug(request.getfixturevalue("playhead").base_url, "hi there")
"""


@pytest.mark.parametrize(
    "tests", [ASYNC, UNITTEST, CLASS, LATER], ids=["async", "unittest", "class", "dynamic"]
)
def test_a_miss_fails_tests_of_every_kind(suite: Suite, tests: str) -> None:
    assert suite.run(tests) == {"failed": 1}
    assert suite.told.count('sent      "hi there"') == 1


def test_the_real_error_of_a_unittest_stays_in_front(suite: Suite) -> None:
    assert suite.run(f"{UNITTEST.rstrip()}; self.assertEqual(1, 2)") == {"failed": 1}
    assert "AssertionError: 1 != 2" in suite.told
    assert '    sent      "hi there"\n' in suite.section("playhead")


def test_a_test_that_runs_again_begins_again(suite: Suite) -> None:
    """As plugins do that run a failed test again: the whole protocol, on the same item."""
    suite.folder.joinpath("conftest.py").write_text(
        """
from _pytest.runner import runtestprotocol

def pytest_runtest_protocol(item, nextitem):
    runtestprotocol(item, nextitem=nextitem, log=False)
    runtestprotocol(item, nextitem=nextitem, log=True)
    return True
"""
    )
    outcome = suite.run(
        """
asked = ["hi there", "hi"]

def test_it(playhead):
    assert playhead.requests == []
    ask_or_shrug(playhead.base_url, asked.pop(0))
"""
    )
    assert outcome == {"passed": 1}


def test_a_miss_after_the_end_of_a_test_is_an_error(suite: Suite) -> None:
    outcome = suite.run(
        """
@pytest.fixture
def agent(playhead):
    yield
    ask_or_shrug(playhead.base_url, "any last words?")

def test_it(agent): pass
def test_that_has_failed_already(playhead, agent): ask_or_shrug(playhead.base_url, "hi there")
"""
    )
    assert outcome == {"passed": 1, "failed": 1, "errors": 2}
    assert suite.told.count('sent      "hi there"') == 1
    assert suite.told.count('sent      "any last words?"') == 2


def test_a_miss_that_breaks_a_fixture_is_told_below_its_error(suite: Suite) -> None:
    outcome = suite.run(
        """
@pytest.fixture
def agent(playhead): return ask(playhead.base_url, "hi there")

def test_it(agent): pass
"""
    )
    assert outcome == {"errors": 1}
    assert '    sent      "hi there"\n' in suite.section("playhead")


def test_a_server_that_is_gone_fails_the_test(suite: Suite) -> None:
    outcome = suite.run(
        """
import os, signal

def test_it(playhead, _playhead_server):
    process = _playhead_server._sidecar._process
    process.kill()
    process.wait()
"""
    )
    assert outcome == {"failed": 1}
    assert re.search(r"playhead: the server at \S+ does not answer: ", suite.section("test_it"))


# Confined


def test_a_marker_confines_a_test_to_a_cassette_or_a_folder(suite: Suite) -> None:
    outcome = suite.run(
        """
pytestmark = pytest.mark.cassette("one")

def test_of_module(playhead): assert ask(playhead.base_url, "who") == "one"

@pytest.mark.cassette("two")
class TestIt:
    def test_of_class(self, playhead): assert ask(playhead.base_url, "who") == "two"

    @pytest.mark.cassette("greetings")
    def test_of_function(self, playhead):
        ask(playhead.base_url, "hi")
        assert playhead.cassette == "greetings"
        assert playhead.base_url.endswith("/cassette/greetings/-/v1")

    @pytest.mark.cassette("greetings/hi")
    def test_out_of_scope(self, playhead): ask_or_shrug(playhead.base_url, "who")
""",
        "--strict-markers",
    )
    assert outcome == {"passed": 3, "failed": 1}
    assert "out of scope, one#0 and 1 more would match exactly" in suite.told


def test_a_name_that_no_cassette_has_is_told_with_those_that_are_near(suite: Suite) -> None:
    outcome = suite.run('@pytest.mark.cassette("greetings/hello")\ndef test_it(playhead): pass')
    assert outcome == {"errors": 1}
    wanted = "playhead: no cassette or folder is named 'greetings/hello'; did you mean greetings/hi"
    assert wanted in suite.told
    assert "another exception" not in suite.told


def test_a_name_unlike_all_others_is_told_without(suite: Suite) -> None:
    suite.run('@pytest.mark.cassette("zzz")\ndef test_it(playhead): pass')
    assert "is named 'zzz'; `playhead list` names them" in suite.told


def test_the_name_of_a_broken_cassette_is_told_with_its_fault(suite: Suite) -> None:
    suite.folder.joinpath("tests/cassettes/all.yaml").write_text("no: cassette\n")
    suite.folder.joinpath("tests/cassettes/cut.yaml").write_text(
        "version: 2\ninteractions:\n- request: {method: POST, url: /v1/x}\n"
    )
    suite.run('@pytest.mark.cassette("cut")\ndef test_it(playhead): pass')
    assert re.search(r"playhead: 'cut' is not served: \S*cut\.yaml:\d+: interactions", suite.told)


def test_a_marker_that_says_what_it_cannot_is_told(suite: Suite) -> None:
    outcome = suite.run('@pytest.mark.cassette("one", "two")\ndef test_it(playhead): pass')
    assert outcome == {"errors": 1}
    assert "playhead: @pytest.mark.cassette('one', 'two'): cassette takes one name" in suite.told


def test_recordings_that_were_not_used_fail_a_test_that_must_use_them(suite: Suite) -> None:
    outcome = suite.run(
        """
@pytest.mark.cassette("greetings/hi", all_used=True)
def test_that_uses_all(playhead):
    ask(playhead.base_url, "hi")
    ask(playhead.base_url, "bye")

@pytest.mark.cassette("greetings/hi", all_used=True)
def test_that_does_not(playhead): ask(playhead.base_url, "hi")

@pytest.mark.cassette("greetings", all_used=True)
def test_that_uses_a_folder_in_part(playhead): ask(playhead.base_url, "hi")

@pytest.mark.cassette(all_used=True)
def test_that_fails_anyway(playhead): assert False
"""
    )
    assert outcome == {"passed": 1, "failed": 3}
    assert suite.section("test_that_does_not").strip() == (
        "playhead: 1 interaction was not used of greetings/hi:\n  greetings/hi#1"
    )
    told = suite.section("test_that_uses_a_folder_in_part")
    assert "playhead: 4 interactions were not used of greetings:\n  greetings/again#0\n" in told
    assert "not used" not in suite.section("test_that_fails_anyway")


def test_of_many_unused_recordings_ten_are_named(suite: Suite) -> None:
    write(suite.folder / "tests/cassettes", "many", *(answer(str(at)) for at in range(12)))
    suite.run(
        """
@pytest.mark.cassette(all_used=True)
def test_it(playhead): pass
"""
    )
    told = suite.section("test_it")
    assert "playhead: 19 interactions were not used:\n" in told
    assert told.rstrip().endswith("\n  and 9 more")


def test_a_test_that_must_ask_fails_where_too_few_of_its_requests_were_answered(
    suite: Suite,
) -> None:
    outcome = suite.run(
        """
pytestmark = pytest.mark.cassette(require_served=2)

def ask_of(playhead, *prompts):
    for prompt in prompts:
        ask_or_shrug(playhead.base_url, prompt)

def test_of_enough(playhead): ask_of(playhead, "hi", "bye")
def test_of_one(playhead): ask_of(playhead, "hi")
def test_of_none(playhead): pass
def test_of_none_and_without_the_fixture(): pass
def test_of_a_miss(playhead): ask_of(playhead, "hi there")
def test_that_fails_anyway(playhead): assert False

@pytest.mark.cassette(allow_misses=True)
def test_of_an_allowed_miss(playhead): ask_of(playhead, "hi there")

@pytest.mark.cassette("greetings", require_served=1, all_used=True)
def test_of_none_of_a_folder(playhead): pass

@pytest.mark.cassette(require_served=0)
def test_that_need_not(playhead): pass

@pytest.mark.xfail(strict=True)
def test_that_is_known_to_ask_nothing(playhead): pass
"""
    )
    assert outcome == {"passed": 3, "failed": 6, "xfailed": 1}

    def told(name: str) -> str:
        return re.sub(r":\d+/session/\w+-[0-9a-f]{8}", ":0/session/it", suite.section(name)).strip()

    few = "answered, and at least 2 required"
    assert told("test_of_one") == f"playhead: 1 request {few}."
    assert told("test_of_none") == (
        f"playhead: 0 requests {few}: the app never called. Its base URL should be "
        "http://127.0.0.1:0/session/it/-/v1; the fixture `playhead_env` sets the variables of "
        "every SDK, too late for a client that is made at import."
    )
    refused = f"playhead: 0 requests {few}: all that came were refused, 1 of them."
    assert told("test_of_an_allowed_miss") == refused
    assert told("test_of_a_miss").startswith("playhead: no recording matches")
    assert " at least 1 required: the app" in told("test_of_none_of_a_folder")
    assert "/it/cassette/greetings/-/v1; " in told("test_of_none_of_a_folder")
    assert "required" not in told("test_that_fails_anyway")


# A client that is made at import


def completion(prompt: str, said: str) -> dict[str, object]:
    """An interaction as OpenAI's client reads it."""
    choice = {"message": {"role": "assistant", "content": said}}
    return interaction(chat(prompt), json.dumps({"choices": [choice]}))


AT_IMPORT = """
import agent

def test_it(playhead): assert agent.say("hi") == "of the provider"
"""


@pytest.fixture
def provider(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """What the variables point at outside of tests; the suite has an agent that read them early."""
    (suite.folder / "agent.py").write_text(
        """
from openai import OpenAI, OpenAIError

client = OpenAI()

def say(prompt):
    messages = [{"role": "user", "content": prompt}]
    answer = client.chat.completions.create(model="gpt-4o", messages=messages)
    return answer.choices[0].message.content
"""
    )
    (suite.folder / "pytest.ini").write_text(SETTINGS["pytest.ini"])
    write(suite.folder / "provided", "provider", completion("hi", "of the provider"))
    with serve(suite.folder / "provided") as running:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{running.origin}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "real")
        yield running


def test_a_client_made_at_import_goes_round_the_session(suite: Suite, provider: Running) -> None:
    assert suite.run(AT_IMPORT) == {"passed": 1}
    assert provider.health()["served"] == 1


@pytest.mark.usefixtures("provider")
def test_a_test_that_must_ask_notices_a_client_made_at_import(suite: Suite) -> None:
    outcome = suite.run(f"pytestmark = pytest.mark.cassette(require_served=1)\n{AT_IMPORT}")
    assert outcome == {"failed": 1}
    assert "playhead: 0 requests answered, and at least 1 required" in suite.section("test_it")


@pytest.mark.usefixtures("provider")
def test_below_a_run_clients_made_at_import_share_the_default_session(suite: Suite) -> None:
    recorded = suite.folder / "tests/cassettes"
    write(recorded, "twice", completion("?", "1st"), completion("?", "2nd"))
    write(recorded, "elsewhere", completion("hey", "ho"))
    outcome = suite.run_by_playhead(
        """
import agent

def test_first(): assert agent.say("?") == "1st"
def test_second(playhead):
    assert agent.say("?") == "2nd"
    assert playhead.requests == []

@pytest.mark.cassette("twice")
def test_that_is_not_confined(): agent.say("hey")

def test_that_misses():
    with pytest.raises(agent.OpenAIError): agent.say("hi there")

@pytest.mark.cassette(require_served=1)
def test_that_must_ask(): agent.say("?")

def test_with_another_client(playhead, monkeypatch):
    monkeypatch.setattr(agent, "client", agent.OpenAI())
    assert agent.say("?") == "1st"
    assert len(playhead.requests) == 1
"""
    )
    assert outcome == {"passed": 5, "failed": 1}
    assert "playhead: 0 requests answered" in suite.section("test_that_must_ask")
    assert "playhead: NOT PROVED: 5 requests answered, 1 refused" in suite.told


# The server


def test_cassettes_are_found_where_the_flag_says(suite: Suite) -> None:
    write(suite.folder / "elsewhere", "more", answer("more"))
    tests = "def test_it(playhead): ask(playhead.base_url, 'more')"
    assert suite.run(tests, "--playhead-cassettes", "elsewhere") == {"passed": 1}


def test_cassettes_are_found_where_the_variable_says(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        write(suite.folder / name, name, answer(name))
    monkeypatch.setenv("PLAYHEAD_CASSETTES", os.pathsep.join("ab"))
    tests = "def test_it(playhead): [ask(playhead.base_url, name) for name in 'ab']"
    assert suite.run(tests) == {"passed": 1}


def test_cassettes_and_flags_are_found_in_the_settings(suite: Suite) -> None:
    write(suite.folder / "elsewhere", "more", answer("more", "1"), answer("more", "2"))
    suite.folder.joinpath("pytest.ini").write_text(
        "[pytest]\nplayhead_cassettes = elsewhere\nplayhead_arguments = --repeat cycle\n"
    )
    tests = """
def test_it(playhead):
    assert [ask(playhead.base_url, "more") for _ in "123"] == ["1", "2", "1"]
"""
    assert suite.run(tests) == {"passed": 1}


def test_cassettes_are_found_below_the_root_where_tests_have_none(suite: Suite) -> None:
    (suite.folder / "tests/cassettes").rename(suite.folder / "cassettes")
    tests = "def test_it(playhead): ask(playhead.base_url, 'hi')"
    assert suite.run(tests) == {"passed": 1}


def test_where_there_are_two_it_takes_the_one_that_the_commands_take(
    suite: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in DEFAULTS:
        write(suite.folder / folder, "who", answer("where?", str(folder)))
    monkeypatch.chdir(suite.folder)
    tests = f"def test_it(playhead): assert ask(playhead.base_url, 'where?') == '{named(())[0]}'"
    assert suite.run(tests) == {"passed": 1}


def test_a_folder_that_is_not_there_is_told_once_for_each_test(suite: Suite) -> None:
    outcome = suite.run("def test_a(playhead): pass\ndef test_b(playhead): pass",
                        "--playhead-cassettes=nowhere")  # fmt: skip
    assert outcome == {"errors": 2}
    missing = str(suite.folder / "nowhere")
    assert f"playhead: there is no file or folder {missing!r}; name yours with" in suite.told
    assert "another exception" not in suite.told


def test_a_flag_for_a_whole_run_is_refused(suite: Suite) -> None:
    suite.folder.joinpath("pytest.ini").write_text(
        "[pytest]\nplayhead_arguments = --require-served=1 --all-used --bridge\n"
    )
    assert suite.run("def test_it(playhead): pass") == {"errors": 1}
    assert "playhead: playhead_arguments: --all-used, --require-served: no fixture" in suite.told


def test_a_flag_that_the_server_does_not_know_is_told(suite: Suite) -> None:
    suite.folder.joinpath("pytest.ini").write_text("[pytest]\nplayhead_arguments = --bogus\n")
    assert suite.run("def test_it(playhead): pass") == {"errors": 1}
    assert "playhead: the server ended at its start:" in suite.told
    assert re.search("No such option.*--bogus", suite.told)


def test_a_server_that_runs_already_is_used(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = """
def test_a(playhead): ask(playhead.base_url, "hi")
def test_b(playhead): ask_or_shrug(playhead.base_url, "hi there")
"""
    cassettes(suite.folder / "served")
    with serve(suite.folder / "served") as running:
        monkeypatch.setenv("PLAYHEAD_ORIGIN", running.origin)
        assert suite.run(tests, "--playhead-cassettes=nowhere") == {"passed": 1, "failed": 1}
        counts = running.health()
        assert running.get("/__playhead/verify").status == 409
        sessions = {each["session"] for each in running.control("sessions")["sessions"]}
    assert (counts["served"], counts["missed"]) == (1, 1)
    assert {re.sub("-[0-9a-f]{8}$", "", each or "") for each in sessions} >= {"test_a", "test_b"}


def test_an_address_that_is_none_is_told(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYHEAD_ORIGIN", "localhost")
    assert suite.run("def test_it(playhead): pass") == {"errors": 1}
    assert "playhead: 'localhost' is no address of a server" in suite.told


WAITS = """
import time

def test_it(playhead):
    with open("origin.tmp", "w") as file:
        file.write(playhead.origin)
    import os
    os.rename("origin.tmp", "origin")
    time.sleep(600)
"""


@pytest.fixture
def waiting(suite: Suite) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A pytest process in the middle of a test, and the address of its server."""
    (suite.folder / "test_app.py").write_text(WAITS)
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "playhead.pytest_plugin", "-p", "no:cacheprovider"],
        stdout=subprocess.DEVNULL,
        cwd=suite.folder,
    ) as process:
        assert eventually((suite.folder / "origin").exists)
        yield process, (suite.folder / "origin").read_text().partition("/session")[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_pytest(
    waiting: tuple[subprocess.Popen[bytes], str], number: signal.Signals
) -> None:
    process, origin = waiting
    assert Remote(origin).get("health")["status"] == "ok"
    process.send_signal(number)
    process.wait(DEADLINE_SECONDS)

    def is_gone() -> bool:
        try:
            Remote(origin).get("health")
        except Unreachable:
            return True
        return False

    assert eventually(is_gone)


def test_all_that_it_adds_is_explained(suite: Suite) -> None:
    told = suite.help("--help")
    assert "--playhead-cassettes=PATH" in told
    assert "playhead_cassettes (paths)" in told
    assert "playhead_arguments (args)" in told
    marker = "cassette(name, *, all_used=False, allow_misses=False, require_served=0): "
    assert f"@pytest.mark.{marker}" in suite.help("--markers")
    assert "A session of a server that replays recorded LLM traffic" in suite.help("--fixtures")


def test_the_entry_point_has_the_name_of_the_module() -> None:
    """So that pytest loads it once where `-p` names it as well."""
    project = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert (
        '[project.entry-points.pytest11]\n"playhead.pytest_plugin" = "playhead.pytest_plugin"'
        in project
    )
