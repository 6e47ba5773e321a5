"""Recording formats: bytes of a file in, a cassette out. The only readers of YAML and JSON files.

A format is one module with two functions and a list, and an entry in `FORMATS`:

    sniff(tree) -> bool                    is this parsed document mine?
    read(document, name=…) -> Cassette     raises CassetteError with the line of the fault
    KEPT                                   the paths of the fields that the cassette carries on

Those of them that follow from others, such as a length, are compared in `derived`.

A response that was stored compressed is read unpacked. A request never is, in any format: a
client that compresses it sends those bytes again, and the key is made of what is sent.
"""

import re
from importlib import import_module
from typing import Any

from playhead.cassette import Cassette
from playhead.errors import CassetteError, NotACassette
from playhead.formats import yaml_tree
from playhead.formats.document import Document
from playhead.formats.fields import first_mapping

FORMATS = ("go_vcr", "vcrpy", "ruby_vcr", "har")
"""The modules, in the order they are asked; imported when first needed, to start faster."""

ENDINGS = (".yaml", ".yml", ".json", ".har")
"""Of the files that may be cassettes; each may be followed by `.gz`."""

# A file that says one of these and cannot be read is a broken recording; another is no loss.
_CLAIMS_YAML = re.compile(rb"^[\"'{ \t]*(?:http_)?interactions[\"']?\s*:", re.MULTILINE)
_CLAIMS_JSON = re.compile(rb"\"(?:http_)?interactions\"\s*:|\"log\"\s*:\s*\{")


def read(raw: bytes, *, name: str, file: str) -> Cassette:
    """Return the cassette in `raw`, the unpacked content of `file`.

    Raise NotACassette where the file is something else, such as a configuration file, and
    CassetteError where it is a recording that is broken, or cannot be read at all.
    """
    document, reader = _parsed(raw, file)
    cassette: Cassette = reader.read(document, name=name)
    return cassette


def read_with_rest(raw: bytes, *, name: str, file: str) -> tuple[Cassette, tuple[str, ...]]:
    """Return as `read`, and a sentence for each field that the cassette does not carry on."""
    document, reader = _parsed(raw, file)
    cassette: Cassette = reader.read(document, name=name)
    altered = _module("derived").disagreeing(document.tree, cassette)
    return cassette, _module("rest").rest(document.tree, reader.KEPT, altered)


def _parsed(raw: bytes, file: str) -> tuple[Document, Any]:
    """The document in `raw`, and the module that reads it."""
    is_json = file.lower().removesuffix(".gz").endswith((".json", ".har"))
    document = Document(raw=raw, tree=_tree(raw, is_json=is_json), file=file, is_json=is_json)
    for reader in map(_module, FORMATS):
        if reader.sniff(document.tree):
            return document, reader
    raise _unknown(document.tree)


def _module(name: str) -> Any:
    return import_module(f"playhead.formats.{name}")


def _tree(raw: bytes, *, is_json: bool) -> Any:
    if is_json:
        try:
            return _module("json_tree").load(raw)
        except CassetteError as error:
            if _CLAIMS_JSON.search(raw):
                raise
            raise NotACassette(f"is not a cassette: {error.reason}") from None
    try:
        return yaml_tree.load(raw)
    except yaml_tree.UnusualYaml as error:
        if _CLAIMS_YAML.search(raw):
            raise
        raise NotACassette(f"is not a cassette: {error.reason}") from None


def _unknown(tree: Any) -> CassetteError | NotACassette:
    """Return the error for a file that no reader knows."""
    interactions = tree.get("interactions", ()) if isinstance(tree, dict) else ()
    if interactions == ():
        return NotACassette("is not a cassette: it has no interactions")
    if not isinstance(interactions, list):
        return CassetteError("interactions: is not a list; the file may be cut short", line=1)
    if tree.get("version") not in (None, "1", 1):
        version = str(tree["version"])[:20]
        return CassetteError(f"is of version {version!r}, which is not read", line=1)
    request = first_mapping(interactions).get("request")
    if isinstance(request, dict) and "url" in request and "version" not in tree:
        return CassetteError("has no `version: 2` beside its interactions", line=1)
    return NotACassette("is not a cassette: its first interaction has no URL")
