"""The measure of all ratios: a raw ASGI callable under uvicorn, set up as `playhead serve` is.

    python -m bare PORT ANSWER [GAP]

ANSWER is a JSON file with `headers` and `body`. With GAP, seconds, the events leave one by one,
each at an absolute deadline; without it the body leaves in one message.
"""

import asyncio
import json
import sys
from pathlib import Path
from time import monotonic

import uvicorn


def answering(headers, body):
    """Return an app that reads each request to its end and sends `body`."""
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    content = {"type": "http.response.body", "body": body}

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        while (await receive()).get("more_body", False):
            pass
        await send(start)
        await send(content)

    return app


def pacing(headers, body, gap):
    """Return an app that sends the events of `body`, one every `gap` seconds, never early."""
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    events = [event + b"\n\n" for event in body.split(b"\n\n")[:-1]]

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        while (await receive()).get("more_body", False):
            pass
        started = monotonic()
        await send(start)
        for number, event in enumerate(events):
            due = started + number * gap
            while (wait := due - monotonic()) > 0:  # noqa: ASYNC110 - a time, not a state
                await asyncio.sleep(wait)
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return app


async def live(receive, send):
    while (await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


def main():
    port, answer, *gap = sys.argv[1:]
    stored = json.loads(Path(answer).read_bytes())
    headers = [(name.encode(), value.encode()) for name, value in stored["headers"]]
    body = stored["body"].encode()
    config = uvicorn.Config(  # the options of server/playhead/serve.py, over uvicorn's own protocol
        pacing(headers, body, float(gap[0])) if gap else answering(headers, body),
        host="127.0.0.1",
        port=int(port),
        http="httptools",
        ws="none",
        interface="asgi3",
        lifespan="on",
        workers=1,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_config=None,
        backlog=2048,
    )
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
