"""What playhead itself adds to a recorded response: `event_offsets_ms` and `complete`.

Other readers ignore it: go-vcr every field it does not know, HAR readers what begins with `_`.
"""

import contextlib
from itertools import pairwise
from math import inf

from playhead.formats.fields import Fields

KEPT = ("event_offsets_ms", "complete")


def read(response: Fields, name: str) -> tuple[tuple[float, ...], bool]:
    """Return the seconds from the headers to each event, and whether the answer is complete.

    `name` is the field that holds the extension. Raise CassetteError where it is malformed.
    """
    extension = response.get(name)
    if extension is None:
        return (), True
    listed = extension.get("event_offsets_ms", []) if isinstance(extension, dict) else ""
    offsets: tuple[float, ...] = (-1.0,)
    if isinstance(listed, list):
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            offsets = tuple(round(float(offset) / 1000, 9) for offset in listed)
    if any(not early <= late < inf for early, late in pairwise((0.0, *offsets))):
        reason = "event_offsets_ms is not a list of milliseconds that never fall"
        raise response.error(name, reason)
    complete = str(extension.get("complete")).lower() != "false"
    return offsets, complete
