"""A folder with something of all that `check` finds."""

from pathlib import Path

from support.recordings import chat, interaction, write

BROKEN = "version: 2\ninteractions:\n- request: {method: POST, url: /v1/x}\n"
KEY = "sk-" + "a" * 40


def flaw(folder: Path) -> None:
    """Write a broken file, a secret, a tie, a note and a file that is no cassette."""
    (folder / "broken.yaml").write_text(BROKEN)
    (folder / "config.yaml").write_text("name: value\n")
    write(folder, "leak", interaction(chat(KEY), headers={"Set-Cookie": ["session=123"]}))
    for name in ("tie/a", "tie/b"):
        write(folder, name, interaction(chat("tie")))
    write(folder, "note", interaction(chat("note"), "{}", content_length=99))
