"""Fixtures and options that several test files share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.server import Running, serve

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "cassettes"


@pytest.fixture(scope="session")
def examples() -> Iterator[Running]:
    """A server of the five example cassettes, pace off, shared by tests that do not mind."""
    with serve(EXAMPLES) as running:
        yield running
