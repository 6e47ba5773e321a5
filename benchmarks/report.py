"""Figures, the table that shows them, and the page in the documentation."""

import datetime
import os
import platform
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from load import Comparison

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
LIBRARIES = ("uvicorn", "httptools", "uvloop", "orjson", "pyyaml")

_HEADINGS = ["section", "case", "figure", "measured", "target", "kept", "detail"]
_WIDTHS = (9, 42, 14, 10, 10, 5, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure. `limit` is the most it may be, or with `at_least` the least."""

    section: str
    case: str
    what: str
    value: float
    unit: str = "x"
    limit: float | None = None
    at_least: bool = False
    detail: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether the target is kept; None where there is none."""
        if self.limit is None:
            return None
        shown = round(self.value, 2)
        return shown >= self.limit if self.at_least else shown <= self.limit

    def cells(self) -> list[str]:
        """Return the columns of a table row."""
        sign = ">=" if self.at_least else "<="
        target = "" if self.limit is None else f"{sign} {self.limit:g}{self.unit}"
        kept = {None: "", True: "yes", False: "NO"}[self.kept]
        value = f"{self.value:.2f}" if self.unit else f"{self.value:g}"
        return [
            self.section,
            self.case,
            self.what,
            f"{value}{self.unit}",
            target,
            kept,
            self.detail,
        ]


def cost(
    section: str,
    case: str,
    found: Comparison,
    base: str,
    *,
    cpu: float | None = None,
    rate: float | None = None,
) -> Iterator[Figure]:
    """Yield what a comparison found, with the most CPU and the least rate that it may be."""
    yield Figure(
        section=section,
        case=case,
        what="CPU a request",
        value=found.cpu,
        limit=cpu,
        detail=f"{found.base_microseconds:.0f} µs {base}",
    )
    yield Figure(
        section=section,
        case=case,
        what="requests/s",
        value=found.rate,
        limit=rate,
        at_least=True,
        detail=f"{found.base_rate:,.0f}/s {base}",
    )


def heading() -> str:
    return row(_HEADINGS)


def row(cells: Sequence[str]) -> str:
    """Return the cells as a line of plain text."""
    padded = [cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)]
    return " ".join(padded).rstrip()


def write_page(figures: Sequence[Figure]) -> None:
    """Write the documentation page from its template and a full run."""
    template = string.Template((HERE / "page.md").read_text())
    sections = {figure.section for figure in figures}
    tables = {
        section: _markdown([figure for figure in figures if figure.section == section])
        for section in sections
    }
    PAGE.write_text(template.substitute(tables, machine=_machine(), missed=_missed(figures)))


def _markdown(figures: Sequence[Figure]) -> str:
    rows = [figure.cells()[1:] for figure in figures]
    lines = [_HEADINGS[1:], ["---"] * len(rows[0]), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _missed(figures: Sequence[Figure]) -> str:
    """Return a sentence that names the targets that were missed."""
    missed = [figure for figure in figures if figure.kept is False]
    if not missed:
        return "This run kept every target."
    named = "; ".join(f"{figure.case}: {figure.what}" for figure in missed)
    return f"This run missed {len(missed)} targets: {named}."


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    return (
        f"{_processor()}, {os.cpu_count()} cores, Linux {platform.release()}; "
        f"Python {platform.python_version()}, {libraries}; {today}"
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
