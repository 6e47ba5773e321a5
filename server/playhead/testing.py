"""What tests see of a server: each a session of its own."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playhead.environment import variables
from playhead.errors import PlayheadError
from playhead.names import near, scopes
from playhead.remote import Remote
from playhead.sidecar import Sidecar


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, and what became of it.

    `path` is as the client sent it, without session and cassette. `outcome` is `served` or
    `refused`, or `answered` for what playhead answers by itself, such as the list of models.
    `interaction` names the recording that answered and `match` says how it was found, `exact` or a
    tier; `message` says why none did. What does not apply is empty. `details` is all of it, as
    `/__playhead/requests` has it.
    """

    method: str
    path: str
    status: int
    outcome: str
    interaction: str = ""
    match: str = ""
    message: str = ""
    details: Mapping[str, Any] = field(repr=False, compare=False)


class Playhead:
    """One session of a server: nobody else moves its cursors or writes into its journal.

    `session` is its id, `cassette` the cassette or folder that it is confined to, if any.
    """

    def __init__(self, remote: Remote, session: str, cassette: str = "") -> None:
        self._remote = remote
        self.session = session
        self.cassette = cassette

    def __repr__(self) -> str:
        return f"<Playhead {self.origin}>"

    @property
    def origin(self) -> str:
        """The base URL for clients that add the version themselves: Anthropic's and Google's."""
        scope = f"/cassette/{quote(self.cassette)}" if self.cassette else ""
        return f"{self._remote.origin}/session/{quote(self.session, safe='')}{scope}/-"

    @property
    def base_url(self) -> str:
        """The base URL for OpenAI's clients, which ends in `/v1`."""
        return f"{self.origin}/v1"

    @property
    def env(self) -> dict[str, str]:
        """The variables to set, so that every provider's SDK calls this session and no proxy."""
        return variables(self.origin, os.environ)

    @property
    def requests(self) -> list[Request]:
        """The requests of this session until now, oldest first; the last thousand are kept."""
        entries = self._remote.get("requests", session=self.session)["requests"]
        return [_request(entry) for entry in entries]

    @property
    def misses(self) -> list[Request]:
        """The requests of this session that no recording answered, oldest first."""
        entries = self._remote.get("misses", session=self.session)["misses"]
        return [_request(entry) for entry in entries]

    @property
    def unused(self) -> list[str]:
        """The recorded interactions in reach of this session that answered none of its requests."""
        query = {"session": self.session, "scope": self.cassette}
        names: list[str] = self._remote.get("unused", **query)["unused"]
        return names

    def rewind(self) -> None:
        """Begin again: the next answer to each request is the first recorded one."""
        self._remote.post("rewind", {"session": self.session})


def _request(entry: Mapping[str, Any]) -> Request:
    known = ("method", "path", "status", "outcome", "interaction", "match", "message")
    return Request(**{name: entry[name] for name in known if name in entry}, details=entry)


class UnknownCassette(PlayheadError):
    """A name that no cassette and no folder has; the text names those that are near."""


class Server:
    """The server that tests share, at an address; `sidecar` is its process where it is ours."""

    def __init__(self, origin: str, sidecar: Sidecar | None = None) -> None:
        self.remote = Remote(origin)
        self._sidecar = sidecar
        self._scopes: frozenset[str] = frozenset()

    @classmethod
    def started(cls, paths: Sequence[Path], arguments: Sequence[str] = ()) -> "Server":
        """Return a server of the cassettes below `paths`, which is ours; raise DidNotStart."""
        sidecar = Sidecar(paths, arguments)
        return cls(sidecar.origin, sidecar)

    def stop(self) -> None:
        """End the server if it is ours."""
        if self._sidecar is not None:
            self._sidecar.stop()

    def log(self) -> str:
        """Return the last lines of the server's log if it is ours."""
        return self._sidecar.last_lines() if self._sidecar is not None else ""

    def session(self, id: str, cassette: str = "") -> Playhead:
        """Return a session, confined to a cassette or folder of this name; raise UnknownCassette.

        An `id` that was used before goes on with the same session.
        """
        if cassette and cassette not in self._scopes:
            self._look_up(cassette)
        return Playhead(self.remote, id, cassette)

    def _look_up(self, cassette: str) -> None:
        told = self.remote.get("cassettes")
        self._scopes = scopes(each["name"] for each in told["cassettes"])
        if cassette not in self._scopes:
            raise UnknownCassette(_nothing_named(cassette, self._scopes, told["skipped"]))


def _nothing_named(name: str, known: Iterable[str], skipped: Iterable[Mapping[str, Any]]) -> str:
    for skip in skipped:
        if f"/{name}." in f"/{skip['file']}":
            line = f":{skip['line']}" if skip["line"] else ""
            return f"{name!r} is not served: {skip['file']}{line}: {skip['reason']}"
    found = near(name, known)
    hint = f"did you mean {' or '.join(found)}?" if found else "`playhead list` names them"
    return f"no cassette or folder is named {name!r}; {hint}"
