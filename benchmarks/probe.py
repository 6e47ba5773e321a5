"""A fresh process that loads a folder, as playhead does or with CSafeLoader, and says the cost.

python -m probe eager|playhead FOLDER
"""

import gc
import json
import os
import sys
import time
from pathlib import Path

import yaml

from playhead.app import create_app


def eager(folder: Path) -> None:
    for file in sorted(folder.rglob("*.yaml")):
        yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)


def resident() -> int:
    """Return the bytes of memory this process holds."""
    gc.collect()
    pages = Path("/proc/self/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    way, folder = sys.argv[1], Path(sys.argv[2])
    before, cpu, wall = resident(), time.process_time(), time.perf_counter()
    app = create_app(folder) if way == "playhead" else eager(folder)
    cost = {"cpu": time.process_time() - cpu, "seconds": time.perf_counter() - wall}
    if app is not None:
        cost |= {"growth": resident() - before, **_held(app)}
    print(json.dumps(cost))


def _held(app) -> dict[str, float]:
    """How many interactions are held, and the bytes of their bodies."""
    shelf = app.library.shelf
    if shelf.skipped:
        raise RuntimeError(f"playhead skipped {shelf.skipped[0]}")
    bodies = [
        len(interaction.request.body) + len(interaction.response.body)
        for cassette in shelf.cassettes
        for interaction in cassette.interactions
    ]
    return {"interactions": len(bodies), "bodies": sum(bodies)}


if __name__ == "__main__":
    main()
