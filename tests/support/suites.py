"""Suites of other people's tests, run by real pytest processes with the plugin."""

import json
import re
import sys
from pathlib import Path

import pytest

from support.recordings import chat, interaction, write

PLUGINS = ("-p", "playhead.pytest_plugin", "-p", "xdist", "-p", "anyio", "-p", "no:cacheprovider")
"""No others: what else is installed here may print, import or end what it likes."""

APP = '''
"""An application: it asks a model, by what its environment says, and is sometimes too lenient."""

import json
import os
import urllib.error
import urllib.request


def ask(base_url, prompt):
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}]}
    headers = {"content-type": "application/json"}
    url = f"{base_url}/chat/completions"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        return json.load(answer)


def ask_or_shrug(base_url, prompt):
    try:
        return ask(base_url, prompt)
    except urllib.error.HTTPError:
        return "shrug"
'''
PRELUDE = "import pytest\nfrom app import ask, ask_or_shrug\n\n"


def answer(prompt: str, said: str | None = None) -> dict[str, object]:
    """An interaction in which a prompt is answered by a JSON string, that of itself if not told."""
    return interaction(chat(prompt), json.dumps(said if said is not None else f"{prompt}!"))


def cassettes(folder: Path) -> None:
    """Write what the application may ask: alone, in a sequence, and in two cassettes alike."""
    write(folder, "greetings/hi", answer("hi"), answer("bye"))
    write(folder, "greetings/again", *(answer("again", f"answer {at}") for at in range(3)))
    write(folder, "one", answer("who", "one"))
    write(folder, "two", answer("who", "two"))


class Suite:
    """A project of tests; `told` is what its last run printed, to both."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.folder = pytester.path
        self.told = ""
        pytester.makepyfile(app=APP)
        cassettes(pytester.path / "tests" / "cassettes")

    def run(self, tests: str, *arguments: str) -> dict[str, int]:
        """Run `tests` in a process of its own; return how many had which outcome."""
        (self.folder / "test_app.py").write_text(f"{PRELUDE}{tests}")
        return self._run(*arguments).parseoutcomes()

    def run_by_playhead(self, tests: str) -> dict[str, int]:
        """Run `tests` as `playhead run -- pytest` does; return how many had which outcome."""
        (self.folder / "test_app.py").write_text(f"{PRELUDE}{tests}")
        python = (sys.executable, "-m")
        done = self._pytester.run(*python, "playhead", "run", "--", *python, "pytest", *PLUGINS)
        self.told = f"{done.stdout}\n{done.stderr}"
        return done.parseoutcomes()

    def help(self, flag: str) -> str:
        """What pytest prints for a flag such as `--help`."""
        self._run(flag)
        return self.told

    def _run(self, *arguments: str) -> pytest.RunResult:
        done = self._pytester.runpytest_subprocess(*PLUGINS, *arguments)
        self.told = f"{done.stdout}\n{done.stderr}"
        return done

    def section(self, title: str) -> str:
        """What stands below the heading of one test or one part of its report."""
        found = re.search(rf"^[_-]+ {re.escape(title)} [_-]+$(.*?)(?=^[_=-]{{10}}|\Z)",
                          self.told, re.MULTILINE | re.DOTALL)  # fmt: skip
        assert found is not None, self.told
        return found[1]
