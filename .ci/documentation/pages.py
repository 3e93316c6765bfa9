"""Pages of Markdown: their fenced blocks, code in their prose, links and headings."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OTHER_CODE = {"csharp", "json", "python", "sql", "xml", "ini", "yaml"}
# A line that somebody could type: a prompt, or one of the programs that the pages use.
COMMAND = re.compile(r"^\s*(?:\w*\$ |(?:postern|dotnet|curl|sudo|apt|apt-get|systemctl|tcpdump|tshark|docker|ssh|openssl)\s+\S)")


@dataclass
class Block:
    language: str
    line: int
    lines: list

    @property
    def first(self):
        """The first line that is no comment."""
        return next((line.strip() for line in self.lines if line.strip() and not line.lstrip().startswith("#")), "")

    @property
    def has_commands(self):
        return self.language == "console" or (self.language == "text" and any(COMMAND.match(line) for line in self.lines))


class Page:
    def __init__(self, path):
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.blocks = []
        self.prose = []  # (line number, text), the blocks left out
        block = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            fence = re.match(r"^\s*```(.*)$", line)
            if fence and block is None:
                block = Block(fence[1].strip(), number, [])
            elif fence:
                self.blocks.append(block)
                block = None
            elif block is not None:
                block.lines.append(line)
            else:
                self.prose.append((number, line))
        if block is not None:
            raise SystemExit(f"{self.name}:{block.line}: a block without an end")

    def problems(self):
        """Blocks that say nothing of what they are."""
        for block in self.blocks:
            if block.language not in OTHER_CODE | {"sh", "console", "text"}:
                yield f"{self.name}:{block.line}: a block needs sh (it is run), console or text (it is not), or the name of its language; not '{block.language}'"
        for number, line in self.prose:
            if line.startswith("    ") and COMMAND.match(line):
                yield f"{self.name}:{number}: commands stand in a fenced block, not in an indented one"

    def code(self):
        """Code in prose and tables, with its line."""
        for number, line in self.prose:
            for match in re.finditer(r"(`+)(.+?)\1", line):
                yield number, match[2].strip()

    def links(self):
        for number, line in self.prose:
            for match in re.finditer(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line) if "](" not in line else line):
                yield number, match[1]

    def anchors(self):
        """The names by which headings can be linked to, as GitHub makes them."""
        found = set()
        for _, line in self.prose:
            heading = re.match(r"^#+ +(.*)$", line)
            if heading:
                words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower())
                found.add(words.strip().replace(" ", "-"))
        return found


def broken_links(pages):
    """Relative links that lead nowhere."""
    anchors = {page.path: page.anchors() for page in pages}
    for page in pages:
        for number, link in page.links():
            if re.match(r"^\w+:", link):
                continue
            target, _, anchor = link.partition("#")
            path = (page.path.parent / target).resolve() if target else page.path
            if not path.exists():
                yield f"{page.name}:{number}: {link} leads nowhere"
            elif anchor and path.suffix == ".md" and anchor not in anchors.get(path, Page(path).anchors()):
                yield f"{page.name}:{number}: {link}: there is no such heading"


def missing_in_index(pages, index):
    """Pages of docs/ that the index does not name."""
    named = {(index.path.parent / link.partition("#")[0]).resolve() for _, link in index.links()}
    for page in pages:
        if page.path.parent == index.path.parent and page.path != index.path and page.path not in named:
            yield f"{index.name}: does not name {page.path.name}"
