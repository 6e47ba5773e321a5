"""For clients that write their own bodies: their requests, recorded with real recorded answers.

A client asks a server that answers with a recording's bytes whatever it is asked. What it sent
becomes a cassette with that answer, and playhead replays it.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from sdk.recorded import Case
from support.recordings import interaction, write
from support.server import serve


@contextlib.contextmanager
def rerecorded(
    cases: Iterable[Case], ask: Callable[[str, Case], object], folder: Path
) -> Iterator[Callable[[Case], str]]:
    """Serve what `ask(origin, case)` sends; return the origin that answers it for each case."""
    numbered = dict(enumerate(cases))
    with _recorder(numbered, folder) as origin:
        for number, case in numbered.items():
            # What a client cannot make of an answer is said by the test that replays it.
            with contextlib.suppress(Exception):
                ask(f"{origin}/{number}", case)
    with serve(folder) as running:
        numbers = {case.name: number for number, case in numbered.items()}
        yield lambda case: f"{running.origin}/cassette/{numbers[case.name]}/-"


@contextlib.contextmanager
def _recorder(numbered: dict[int, Case], folder: Path) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            number, _, target = self.path[1:].partition("/")
            asked = self.rfile.read(int(self.headers["content-length"]))
            answer = numbered[int(number)].exchange
            kind = answer.content_type or "text/event-stream"
            url = f"https://recorded.example/{target}"
            taken = interaction(asked, answer.body, url=url, headers={"Content-Type": [kind]})
            write(folder, number, taken)
            self.send_response(answer.status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
