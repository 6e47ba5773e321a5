"""The values that a told interaction is made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from playhead.lenient import Json, number
from playhead.transcript.written import written


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One contribution: `role` says whose, `text` what."""

    role: str
    text: str


@dataclass(slots=True, kw_only=True)
class Transcript:
    """A whole interaction; `ending` holds how it ended: finish reason, tokens, an error.

    `requested` is what was asked for beside the conversation: the model, settings, tools.
    """

    turns: list[Turn] = field(default_factory=list)
    ending: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)

    def say(self, role: Json, text: str | None) -> None:
        """Add a turn, unless there is nothing in it but white space."""
        if text and text.strip():
            speaker = role if isinstance(role, str) else "?"
            self.turns.append(Turn(role=_printable(speaker), text=_printable(text)))

    def say_mixed(
        self, role: Json, said: Iterable[tuple[Json, str]], *, between: str = "\n"
    ) -> None:
        """Add what `role` says with what stands in its midst: calls, results, thoughts.

        What follows each other of `role`'s own is one turn, with `between` between the texts.
        """
        for whose, members in groupby(said, key=lambda each: each[0]):
            texts = [text for _, text in members if text]
            for text in [between.join(texts)] if whose == role else texts:
                self.say(whose, text)

    def each_of(self, choices: list[dict[str, Json]]) -> Iterator[dict[str, Json]]:
        """Yield each of several answers; what is told of it meanwhile says which it is.

        One answer alone needs no label.
        """
        for at, choice in enumerate(choices):
            before = len(self.turns)
            yield choice
            if len(choices) > 1:
                label = f", choice {number(choice.get('index'), at)}"
                labelled = [
                    Turn(role=f"{each.role}{label}", text=each.text) for each in self.turns[before:]
                ]
                self.turns[before:] = labelled

    def call(self, name: Json, arguments: Json, identifier: Json = None) -> None:
        """Add a call of a tool; arguments that are no text are written as JSON on one line."""
        self.say("tool call", called(name, arguments, identifier))

    def end(self, reason: Json) -> None:
        """Note why the answer ended, if that is known."""
        if reason:
            self.ending.append(_printable(f"finish: {reason}"))

    def count(
        self, sent: Json, received: Json, *, cached: Json = None, reasoned: Json = None
    ) -> None:
        """Note tokens: sent and received, and of these what was cached and thought, if any."""
        if sent is not None or received is not None:
            self.ending.append(f"tokens: {sent} in, {received} out")
        for name, tokens in (("cached", cached), ("reasoning", reasoned)):
            if number(tokens):
                self.ending.append(f"{name}: {tokens}")


def _printable(text: str) -> str:
    """Text without halves of characters: streams send both apart, and none can be printed."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def resulted(said: str, identifier: Json) -> str:
    """Return the result of a tool as text, with the id of its call where it has one."""
    return f"{said}  [{identifier}]".lstrip() if identifier else said


def called(name: Json, arguments: Json, identifier: Json = None) -> str:
    """Return a tool call as text: its name, its arguments, and its id where it has one."""
    said = arguments if isinstance(arguments, str) else written(arguments, indent=None)
    return f"{name}({said})" + (f"  [{identifier}]" if identifier else "")
