"""Recording formats: bytes of a file in, a cassette out. The only readers of YAML and JSON files.

A format is one module with two functions, and an entry in `FORMATS`:

    sniff(tree) -> bool                    is this parsed document mine?
    read(document, name=…) -> Cassette     raises CassetteError with the line of the fault
"""

import re
from types import ModuleType

from playhead.cassette import Cassette
from playhead.errors import CassetteError, NotACassette
from playhead.formats import go_vcr, yaml_tree
from playhead.formats.document import Document

FORMATS: tuple[ModuleType, ...] = (go_vcr,)

_CLAIMS_TO_BE_A_CASSETTE = re.compile(rb"^[\"'{ \t]*(?:http_)?interactions[\"']?\s*:", re.MULTILINE)


def read(raw: bytes, *, name: str, file: str) -> Cassette:
    """Return the cassette in `raw`, the content of `file`.

    Raise NotACassette where the file is something else, such as a configuration file, and
    CassetteError where it is a recording that is broken, or cannot be read at all.
    """
    try:
        tree = yaml_tree.load(raw)
    except yaml_tree.UnusualYaml as error:
        if _CLAIMS_TO_BE_A_CASSETTE.search(raw):
            raise
        raise NotACassette(f"is not a cassette: {error.reason}") from None
    for reader in FORMATS:
        if reader.sniff(tree):
            cassette: Cassette = reader.read(Document(raw=raw, tree=tree, file=file), name=name)
            return cassette
    if isinstance(tree, dict) and ("interactions" in tree or "http_interactions" in tree):
        version = tree.get("version", "none")
        raise CassetteError(
            f"is a recording in a format not read yet (version {version!r})", line=1
        )
    raise NotACassette("is not a cassette: it has no interactions")
