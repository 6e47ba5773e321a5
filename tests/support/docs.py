"""The pages of the documentation, taken apart into what can be run.

A page is run from top to bottom in a folder of its own that holds the examples, as a reader would.
The first word after a fence says what a block is:

    console     commands after `$ `, what they print below; run and compared
    python      run, and what it prints compared with the `text` block that follows; where a second
                word names a file, it becomes that file
    yaml        the second word says what it is; `cassette`, `broken` and `configuration` name the
                file they become
    sh          commands that need what is not here; their parts are checked
    javascript  run by tests/sdk, where Node's client is installed
    text, toml  not run

Port 8080 stands for whatever port the page's server has.
"""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from support.server import Running, serve

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
DEADLINE_SECONDS = 60

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_SERVES = re.compile(r"playhead serve(?P<arguments>[^;|&>]*)")
# What differs from run to run: clocks, the digits of a port, free ports that the system chose, its
# number of an error. The page's own server is not among them: its port is told as 8080.
_VARIES = re.compile(
    r"(?<=\"time\":)[0-9.]+|(?<=\"since\":)[0-9.]+|(?<=\"last\":)[0-9.]+"
    r"|(?<=content-length: )\d+|(?<=http://127\.0\.0\.1:)\d{5}\b|(?<=\[Errno )\d+"
    r"|(?<= in )[0-9.]+(?=s$)|(?<=-)[0-9a-f]{8}\b",
    re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block; `line` is where it stands, `kind` its first word, `rest` the others."""

    line: int
    kind: str
    rest: list[str]
    text: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of a console block, and what it should print."""

    line: str
    expected: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    found = []
    for fence in _FENCE.finditer(text):
        kind, *rest = fence["info"].split() or [""]
        line = text.count("\n", 0, fence.start()) + 1
        found.append(Block(line=line, kind=kind, rest=rest, text=fence["text"]))
    return found


def of_kind(kind: str, *rest: str) -> list[Block]:
    """The blocks of one kind on all pages."""
    return [
        block
        for page in PAGES
        for block in blocks(page)
        if block.kind == kind and block.rest[: len(rest)] == list(rest)
    ]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block; a line after `> ` continues one."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *lines = part.splitlines()
        while lines and lines[0].startswith("> "):
            command += "\n" + lines.pop(0)[2:]
        yield Command(line=command, expected="\n".join(lines))


class Reader:
    """Somebody who follows one page in `folder`, with a server that the page may replace."""

    def __init__(self, folder: Path, processes: contextlib.ExitStack) -> None:
        self._folder = folder
        self._processes = processes
        self._server = self._serve("")

    def run(self, command: str) -> str:
        """Run a command and return what it prints, to standard error too."""
        if serving := _SERVES.fullmatch(command):
            self._server = self._serve(serving["arguments"])
            return self._as_shown(self._server.banner)
        return self._print(["sh", "-c", self._with_port(command)])

    def run_python(self, program: str) -> str:
        """Run a program and return what it prints."""
        return self._print([sys.executable, "-c", self._with_port(program)])

    def _serve(self, arguments: str) -> Running:
        with contextlib.chdir(self._folder):
            return self._processes.enter_context(serve(*arguments.split()))

    def _print(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=DEADLINE_SECONDS,
            cwd=self._folder,
            env=self._environment(),
            check=False,
        )
        return self._as_shown(done.stdout)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "100",
            "PLAYHEAD_PORT": str(self._server.port),
            "OPENAI_BASE_URL": f"{self._server.origin}/v1",
            "OPENAI_API_KEY": "playhead",
            **dict.fromkeys(("OPENAI_API_TYPE", "NO_PROXY", "no_proxy"), ""),
            "PYTEST_PLUGINS": "playhead.pytest_plugin",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }

    def _with_port(self, text: str) -> str:
        return text.replace("8080", str(self._server.port))

    def _as_shown(self, printed: str) -> str:
        return steady(printed.replace("\r\n", "\n").replace(str(self._server.port), "8080"))


def steady(printed: str) -> str:
    """What is printed, without what differs from run to run."""
    return _VARIES.sub("N", printed).rstrip()
