"""Whether a playhead at an address answers: what containers ask."""

from http.client import HTTPConnection, HTTPException

from playhead.environment import reachable

_SECONDS = 3.0


def problem(host: str, port: int) -> str:
    """Return what is wrong with the server at an address; empty where it is well."""
    connection = HTTPConnection(reachable(host), port, timeout=_SECONDS)
    try:
        connection.request("GET", "/__playhead/health")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return str(error)
    finally:
        connection.close()
    return "" if status == 200 else f"status {status}"
