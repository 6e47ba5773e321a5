"""The endpoints of the control API: each reads what the player holds, and answers in JSON.

Each is given a request, and what its query asks for. Nothing from the network becomes a file name
here.
"""

import asyncio
import json
import re
from asyncio import to_thread
from importlib import import_module
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from playhead import __version__, metrics, receipt
from playhead.account import ENDED, Account, together
from playhead.lenient import parse
from playhead.parameters import Parameters
from playhead.player import Player
from playhead.proof import Proof, Requirements, prove
from playhead.reload import Reloader, as_json, in_loop

_HOST = re.compile(r"[A-Za-z0-9.\[\]:_-]{1,80}")


class Endpoints:
    """What answers each path of the control API of one player; raises HTTPException or Refusal.

    What `requirements` has is required by every `verify`. The live feeds end when `stopping` is
    set.
    """

    def __init__(
        self,
        player: Player,
        requirements: Requirements,
        reloader: Reloader,
        stopping: asyncio.Event,
    ) -> None:
        self._player = player
        self._requirements = requirements
        self._reloader = reloader
        self._stopping = stopping

    async def health(self, _request: Request, _asked: Parameters) -> Response:
        """Say that it serves, and what."""
        shelf = self._player.library.shelf
        account = Account(session="", counts=self._player.state.sessions.counts())
        return in_json({
            "status": "ok",
            "version": __version__,
            "cassettes": len(shelf.cassettes),
            "interactions": shelf.interactions,
            "present": shelf.present,
            "skipped": len(shelf.skipped),
            "broken": len(shelf.broken),
            "served": account.served,
            "missed": account.missed,
            "loosely": {tier: sum(names.values()) for tier, names in account.loosely().items()},
            "streams": len(self._player.streams),
            "stale": self._reloader.stale,
        })  # fmt: skip

    async def cassettes(self, _request: Request, _asked: Parameters) -> Response:
        """List the cassettes, and the files that are skipped."""
        return await to_thread(self._cassettes)

    def _cassettes(self) -> Response:
        shelf = self._player.library.shelf
        return in_json({
            "cassettes": [
                {
                    "name": cassette.name,
                    "file": cassette.file,
                    "format": cassette.format,
                    "interactions": len(cassette.interactions),
                    "notes": cassette.notes,
                }
                for cassette in shelf.cassettes
            ],
            "skipped": [
                {**skip.as_json(), "broken": skip.broken} for skip in shelf.skipped
            ],
        })  # fmt: skip

    async def requests(self, _request: Request, asked: Parameters) -> Response:
        """Tell the last requests."""
        account = await self._account(asked)
        return in_json({"requests": account.in_order()})

    async def request(self, request: Request, _asked: Parameters) -> Response:
        """Tell one request."""
        wanted = request.path_params["id"]
        for account in await self._player.state.accounts():
            for entry in (*account.requests, *account.misses):
                if str(entry["id"]) == wanted:
                    return in_json(entry)
        raise HTTPException(404, "no such request, or it is too long ago to be kept")

    async def misses(self, _request: Request, asked: Parameters) -> Response:
        """Tell the last requests that were refused."""
        account = await self._account(asked)
        return in_json({"misses": account.misses})

    async def verify(self, request: Request, asked: Parameters) -> Response:
        """Answer 200 where a run is proved, 409 with the reasons where it is not."""
        required = Requirements(
            fail_on_miss=True,
            all_used=asked.all_used or self._requirements.all_used,
            served=max(asked.served, self._requirements.served),
        )
        proof = await self._proof(asked, required, origin=_origin(request))
        return in_json(receipt.as_json(proof), status=200 if proof.is_proved else 409)

    async def unused(self, _request: Request, asked: Parameters) -> Response:
        """Name the interactions that answered nothing."""
        proof = await self._proof(asked, Requirements(), origin="")
        return in_json({"interactions": proof.interactions, "unused": proof.unused})

    async def sessions(self, _request: Request, _asked: Parameters) -> Response:
        """List the sessions."""
        accounts = await self._player.state.accounts()
        return in_json({"sessions": [_session(account) for account in accounts]})

    async def events(self, request: Request, asked: Parameters) -> Response:
        """Tell each request as it comes."""
        # Its import takes longer than Starlette's own, and few ask for it.
        feed = await to_thread(import_module, "playhead.feed")
        news = feed.News(
            self._player.state,
            session=asked.session,
            since=request.headers.get("last-event-id", asked.since),
        )
        answer: Response = await feed.response(news, self._stopping, _text)
        return answer

    async def metrics(self, _request: Request, _asked: Parameters) -> Response:
        """Tell what Prometheus reads."""
        accounts = await self._player.state.accounts()
        shelf = self._player.library.shelf
        now = metrics.Now(
            cassettes=len(shelf.cassettes),
            interactions=shelf.interactions,
            skipped=len(shelf.skipped),
            sessions=sum(account.session != ENDED for account in accounts),
        )
        told = metrics.exposition(together(accounts), now)
        return Response(told, headers={"content-type": metrics.CONTENT_TYPE})

    async def rewind(self, request: Request, _asked: Parameters) -> Response:
        """Begin one session again, or all."""
        await self._player.state.rewind(_session_in(await request.body()))
        return in_json({"rewound": True})

    async def reload(self, _request: Request, _asked: Parameters) -> Response:
        """Read what has changed; answer 409 where that keeps the old, 503 where others are late."""
        reloaded = await to_thread(self._reloader.reload, in_loop(self._player.replace))
        late = await self._reloader.reload_others()
        told = as_json(reloaded, self._reloader.library.shelf) | ({"late": late} if late else {})
        return in_json(told, status=409 if reloaded.problems else 503 if late else 200)

    async def _account(self, asked: Parameters) -> Account:
        """The account of the session that was asked for, or of all together."""
        accounts = await self._player.state.accounts(asked.session)
        return together(accounts, session=asked.session or "")

    async def _proof(self, asked: Parameters, required: Requirements, *, origin: str) -> Proof:
        account, library = await self._account(asked), self._player.library
        stale = self._reloader.stale
        return await to_thread(
            prove, library, account, required, scope=asked.scope, origin=origin, stale=stale
        )


def _session(account: Account) -> dict[str, Any]:
    return {
        "session": account.session or None,
        "served": account.served,
        "missed": account.missed,
        "since": account.first,
        "last": account.last,
    }


def _session_in(body: bytes) -> str | None:
    """The session that a body names, `""` for the default one; None where it means all."""
    match parse(body or b"{}"):
        case {"session": None, **rest} if not rest:
            return ""
        case {"session": str(name), **rest} if not rest:
            return name
        case {**rest} if not rest:
            return None
        case _:
            raise HTTPException(400, 'the body is to be {} or {"session": "NAME"}')


def _origin(request: Request) -> str:
    """The address by which a client reached us; empty where it may not stand in a message."""
    host = request.headers.get("host", "")
    return f"http://{host}" if _HOST.fullmatch(host) else ""


def in_json(value: object, *, status: int = 200) -> Response:
    """Return the answer that is a JSON value."""
    return Response(_text(value), status, media_type="application/json")


def _text(value: object) -> str:
    # Paths and names may hold what is not Unicode: orjson refuses them, others cannot read them.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace").decode()
