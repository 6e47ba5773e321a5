"""The one command: measure playhead against bare uvicorn, in one run, as ratios."""

import argparse
import signal
import sys
import tempfile
import time
from pathlib import Path

import paced_streams
import report
import requests_at_once
import several_workers
import starting
from report import Figure

SECTIONS = {
    "requests": requests_at_once.requests,
    "library": requests_at_once.library,
    "workers": several_workers.workers,
    "pace": paced_streams.pace,
    "start": starting.start,
    "load": starting.load,
}


def main() -> None:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    began = time.monotonic()
    figures = []
    print(report.heading(), flush=True)
    for name in arguments.sections or SECTIONS:
        with tempfile.TemporaryDirectory(prefix="playhead-benchmark-") as scratch:
            for figure in SECTIONS[name](Path(scratch), quick=arguments.quick):
                figures.append(figure)
                print(report.row(figure.cells()), flush=True)
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(f"\n{_verdict(figures)} It took {minutes} min {seconds} s.")
    if arguments.write:
        report.write_page(figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure playhead against bare uvicorn.")
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    parser.add_argument("--quick", action="store_true", help="less than a minute, and less exact")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    arguments = parser.parse_args()
    if unknown := set(arguments.sections) - set(SECTIONS):
        parser.error(f"there is no section {', '.join(sorted(unknown))}")
    if arguments.write and (arguments.quick or arguments.sections):
        parser.error("--write takes a full run: the page would mix figures of different runs")
    return arguments


def _verdict(figures: list[Figure]) -> str:
    missed = sum(figure.kept is False for figure in figures)
    targets = sum(figure.kept is not None for figure in figures)
    return f"{targets - missed} of {targets} targets kept."


if __name__ == "__main__":
    main()
