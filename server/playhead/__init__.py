"""playhead replays recorded LLM traffic over HTTP: `playhead.app.create_app` is the ASGI app."""

__version__ = "0.1.0"
