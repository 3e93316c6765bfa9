"""What 'postern ... --help' says there is, and whether code in the pages agrees with it."""

import re
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

# Options of other programs that pages name by themselves.
FOREIGN = {"--filter-class"}
PLACEHOLDER = re.compile(r"^(?:…|\.\.\.|[A-Z][A-Z_]*|COMMAND)$")


class CommandTree:
    """All commands with their options, asked of the program itself."""

    def __init__(self, program):
        self.program = program
        self.options = {}
        self.children = {}
        self.defaults = {}
        level = [()]
        with ThreadPoolExecutor(4) as pool:
            while level:
                for path, children in zip(level, pool.map(self._ask, level)):
                    self.children[path] = children
                level = [path + (child,) for path in level for child in self.children[path]]
        self.every_option = set().union(*self.options.values())

    def _ask(self, path):
        text = subprocess.run([self.program, *path, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
        section, options, children = "", set(), []
        for line in text.splitlines():
            if re.match(r"^[A-Z]\w+:$", line):
                section = line
            elif section == "Options:" and (left := re.match(r"^  (-\S.*?)(?:  |$)", line)):
                options.update(re.findall(r"(?<![\w-])--?[a-zA-Z?][\w-]*", left[1]))
                if default := re.search(r"\[default: (.*)\]$", line):
                    self.defaults.update({(path, option): default[1] for option in options if option in left[1].split()})
            elif section == "Commands:" and (left := re.match(r"^  ([a-z][\w-]*)", line)):
                children.append(left[1])
        self.options[path] = options
        return children

    def problem(self, text):
        """Why a line that begins with 'postern' cannot be right; None if it can."""
        try:
            words = shlex.split(text.replace("…", " … "), comments=True)[1:]
        except ValueError:
            words = text.split()[1:]
        path = ()
        while words and words[0] in self.children[path]:
            path += (words.pop(0),)
        if words and self.children[path] and not words[0].startswith("-") and not PLACEHOLDER.match(words[0]):
            return f"there is no command 'postern {' '.join((*path, words[0]))}'"
        for word in words:
            if word in ("|", "&&", ";", "&", ">", "||"):
                break
            option = re.match(r"^(--[a-z][\w-]*)", word)
            if option and option[1] not in self.options[path] and (self.children[path] == [] or option[1] not in self.every_option):
                return f"'postern {' '.join(path)}' has no option {option[1]}"
        return None


def wrong_commands(page, tree):
    """Commands and options, in prose and in blocks that are not run, that do not exist."""
    for number, code in page.code():
        for problem in _problems(code, tree):
            yield f"{page.name}:{number}: `{code}`: {problem}"
    for block in page.blocks:
        if block.language not in ("console", "text", "ini"):
            continue
        text = re.sub(r"\\\n\s*", " ", "\n".join(block.lines))
        for line in text.splitlines():
            started = re.search(r"(?:^|[$=|] *|/usr/bin/|\w+=\S+ )(postern +[a-z-].*)$", line)
            if started and (problem := tree.problem(started[1])):
                yield f"{page.name}:{block.line}: {line.strip()}: {problem}"


def wrong_defaults(page, tree):
    """Rows of tables of options whose default is not what 'postern expose --help' says."""
    inside = False
    for number, line in page.prose:
        inside = line.startswith("| option | default |") or (inside and line.startswith("|"))
        if inside and (row := re.match(r"^\| `(--[\w-]+)` \| (\S+)", line)) and tree.defaults.get((("expose",), row[1])) != row[2]:
            yield f"{page.name}:{number}: the default of {row[1]} is {tree.defaults.get((('expose',), row[1]))}"


def _problems(code, tree):
    words = code.split()
    if words[0] == "postern":
        yield from filter(None, [tree.problem(code)])
    elif words[0] in tree.children[()] and len(words) > 1 and (words[1].startswith("--") or words[1] in tree.children[(words[0],)]):
        yield from filter(None, [tree.problem("postern " + code)])
    elif match := re.match(r"^(--[a-z][\w-]*)(…?)", code):
        known = any(option.startswith(match[1]) for option in tree.every_option) if match[2] else match[1] in tree.every_option | FOREIGN
        if not known:
            yield f"no command has the option {match[1]}"
