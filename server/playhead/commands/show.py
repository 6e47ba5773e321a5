"""`playhead show`: interactions told as conversations."""

from pathlib import Path

import click

from playhead import flags, given, terminal


@click.command()
@click.argument("name", metavar="NAME[#ID]")
@flags.paths
@flags.as_json
def show(name: str, paths: tuple[Path, ...], as_json: bool) -> None:  # noqa: FBT001
    """Show the interactions of the cassette NAME as conversations.

    NAME is a cassette, a folder of cassettes or an interaction as `playhead list` prints it, or
    the path of a file; PATHS are the folders it is looked for in.
    """
    from playhead import listing

    file, number = listing.file_named(name)
    library = given.shown((file,) if file else paths)
    found = listing.numbered(library, number) if file else listing.named(library, name)
    if not found:
        terminal.fail(listing.nothing_named(library, name), terminal.USAGE)
    if as_json:
        terminal.say_json([listing.whole(interaction) for interaction in found])
        return
    for interaction in found:
        terminal.say(listing.conversation(interaction, width=terminal.width()))
