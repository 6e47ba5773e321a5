"""Where the values of a YAML document stand in its text.

For what came through `yaml_tree.load` and is therefore harmless: it is read here a second time,
where a message needs a line or a value the bytes that it was written with.
"""

import re
from collections.abc import Callable
from typing import Any

import yaml


def lines(raw: bytes) -> Callable[[tuple[str | int, ...]], int]:
    """Return what gives the line, from 1, of the node at a path, or of its nearest ancestor.

    `raw` must have come through `load`.
    """
    root = _composed(raw)

    def line(path: tuple[str | int, ...]) -> int:
        node = root
        for step in path:
            inner = _child(node, step)
            if inner is None:
                break
            node = inner
        return int(node.start_mark.line) + 1 if node is not None else 0

    return line


class Source:
    """The text of a document that came through `load`, and where its scalars stand in it."""

    def __init__(self, raw: bytes) -> None:
        self._text = raw.decode("utf-8-sig")
        self._root = _composed(self._text) if "\\x" in self._text else None

    def raw_bytes(self, path: tuple[str | int, ...]) -> bytes | None:
        r"""Return the bytes of a double-quoted scalar in which `\xNN` stands for a byte.

        go-vcr's YAML writer did that to binary bodies; YAML itself says `\xNN` is a code point,
        so neither UTF-8 nor latin-1 gives the bytes back. None where the scalar is not so.
        """
        node = self._root
        for step in path:
            node = _child(node, step)
        if not isinstance(node, yaml.ScalarNode) or node.style != '"':
            return None
        source = self._text[node.start_mark.index : node.end_mark.index]
        source = source[source.index('"') :]  # a tag may stand before it
        if "\\x" not in source:
            return None
        # 0xDC80.. are the places of raw bytes in Python's surrogateescape, which encodes them.
        marked = re.sub(r"\\x([89a-fA-F][0-9a-fA-F])", r"\\uDC\1", source)
        value = yaml.load(marked, Loader=yaml.SafeLoader)
        return str(value).encode("utf-8", "surrogateescape")


def _composed(document: bytes | str) -> Any:
    """The nodes of a document that came through `load`; None where an anchor stands twice."""
    try:
        return yaml.compose(document, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return None


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None
