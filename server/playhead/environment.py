"""The variables that point every provider's SDK at playhead, without a change of code."""

DUMMY_KEY = "playhead"
"""Every SDK refuses to start without a key; playhead never looks at it."""


def variables(origin: str) -> dict[str, str]:
    """Return name and value of each variable, for a server at `origin` (`http://host:port`).

    Which SDK reads which: docs/clients.md.
    """
    with_version = f"{origin}/v1"
    return {
        "OPENAI_BASE_URL": with_version,
        "OPENAI_API_BASE": with_version,
        "OPENAI_API_KEY": DUMMY_KEY,
        "ANTHROPIC_BASE_URL": origin,
        "ANTHROPIC_API_URL": origin,
        "ANTHROPIC_API_KEY": DUMMY_KEY,
        "ANTHROPIC_VERTEX_BASE_URL": with_version,
        "GOOGLE_GEMINI_BASE_URL": origin,
        "GOOGLE_VERTEX_BASE_URL": origin,
        "GEMINI_API_KEY": DUMMY_KEY,
        "GOOGLE_API_KEY": DUMMY_KEY,
        "AZURE_OPENAI_ENDPOINT": origin,
        "AZURE_OPENAI_API_KEY": DUMMY_KEY,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": origin,
        "AWS_BEDROCK_BASE_URL": origin,
        "ANTHROPIC_BEDROCK_BASE_URL": origin,
    }


def origin(host: str, port: int) -> str:
    """Return the address of a server at `host` and `port` as clients write it."""
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def reachable(host: str) -> str:
    """Return the address to call for a server that listens on `host`: `0.0.0.0` is not one."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
