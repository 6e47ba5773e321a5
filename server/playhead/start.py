"""What may fail before a command serves; each failure ends it, with its exit code."""

import socket
from errno import EADDRINUSE
from typing import TYPE_CHECKING

from playhead import terminal

if TYPE_CHECKING:
    from playhead.folder import Shelf


def listen(host: str, port: int, *, for_several: bool = False) -> socket.socket:
    """Return a socket bound to `host` and `port`; for several processes one that holds it."""
    from playhead import serve

    try:
        return serve.hold(host, port) if for_several else serve.bind(host, port)
    except OSError as error:
        hint = "; --port 0 takes one that is free" if error.errno == EADDRINUSE else ""
        reason = f"cannot listen on {host}:{port}: {error.strerror}{hint}"
        terminal.fail(reason, terminal.COULD_NOT_START)


def refuse_broken(shelf: "Shelf") -> None:
    """End the command where a cassette is broken: `--strict` is on."""
    from playhead import report

    if shelf.broken:
        terminal.warn(f"broken: {skip}" for skip in shelf.broken)
        terminal.fail(f"{report.broken(shelf)}, and --strict is on", terminal.COULD_NOT_START)
