"""What a process may not do that is not root's: root may read everything."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def place_for_anybody() -> Iterator[Path]:
    """A folder that others than its owner may enter; afterwards we are who we were."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        try:
            yield Path(place)
        finally:
            os.seteuid(user)


def give_up_privileges() -> None:
    """Become nobody where we are root, who may read everything."""
    os.seteuid(os.geteuid() or 65534)
