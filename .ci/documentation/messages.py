"""Messages that the page on troubles quotes are messages of the program."""

import re

from pages import ROOT

PAGE = "docs/troubleshooting.md"
# Of the system and of the parser.
FOREIGN = {"Name or service not known", "Unrecognized command or argument '", "Connection refused.", "Resource temporarily unavailable.", "Address already in use. Choose another with --listen."}
LEAST = 6


def unknown_messages(page):
    """Parts of quoted messages, between the places where something is filled in, that no source has."""
    if page.name != PAGE:
        return
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.cs") if "obj" not in path.parts)
    for number, line in page.prose:
        if not line.startswith("| `"):
            continue
        for message in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
            if message.startswith(("postern ", "curl ", "-")):
                continue
            for part in (part.strip(" :.") for part in message.removeprefix("warning: ").split("…")):
                if len(part) >= LEAST and part not in source and not any(part in foreign or foreign.strip(".") in part for foreign in FOREIGN):
                    yield f"{page.name}:{number}: no message of the program has '{part}'"
