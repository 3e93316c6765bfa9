"""Runs the sh blocks of a page, one statement after another, in a folder and a network of the page's own."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

SECONDS = 180
DAEMON = re.compile(r"^(?:\w+=\S+ +)*postern +(?:serve|expose|forward|receive|run|message +serve|peer +listen|rds +serve)\b(?!.*--help)")
CODE = re.compile(r"# exit code (\d+)")
COMMENT = re.compile(r"\s+# .*$")

# 'at' tells which statement is running, 'ended' compares its exit code, 'stays' and 'listens' wait for what goes on in the background.
PRELUDE = r"""
set -o pipefail
started=()
at() { printf '$ %s\n' "$1"; }
fail() { printf '!! %s\n' "$1"; exit 1; }
ended() { [ "$1" -eq "$2" ] || fail "exit code $1 where the page says $2"; }
stays() {
  started+=("$1")
  for _ in $(seq 600); do
    [ -s "$2" ] && return
    kill -0 "$1" 2>/dev/null || { wait "$1"; code=$?; cat "$3"; fail "it ended with $code and should have stayed"; }
    sleep 0.05
  done
  cat "$3"
  fail "it does not listen"
}
listeners() { cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A"' | wc -l; }
listens() {
  started+=("$2")
  for _ in $(seq 600); do
    [ "$(listeners)" -gt "$1" ] && return
    sleep 0.05
  done
  fail "nothing listens"
}
finish() {
  local id code
  for id in "${started[@]}"; do kill -TERM "$id" 2>/dev/null; done
  for id in "${started[@]}"; do
    wait "$id"
    code=$?
    case $code in 0 | 130 | 143) ;; *) cat .ci-output/*; fail "a command that stays ended with $code" ;; esac
  done
}
mkdir .ci-output
"""


def statements(lines):
    """Whole statements: lines that belong together stay together."""
    part = []
    for line in lines:
        part.append(line)
        text = "\n".join(part)
        if not text.strip() or text.rstrip().endswith("\\"):
            continue
        check = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
        if check.returncode == 0 and not check.stderr:
            if any(entry.strip() and not entry.lstrip().startswith("#") for entry in part):
                yield text.strip("\n")
            part = []
    if "\n".join(part).strip():
        raise ValueError("a statement without an end: " + part[0])


def script(blocks):
    """The page as a bash script, and how many commands it has."""
    parts, count = [PRELUDE], 0
    for block in blocks:
        for statement in statements(block.lines):
            code = CODE.search(statement)
            shown = next(line for line in statement.splitlines() if line.strip() and not line.lstrip().startswith("#"))
            if shown.startswith("alias postern="):
                continue
            count += 1
            bare = statement if "<<" in statement else COMMENT.sub("", statement).rstrip()
            parts.append(f"at {_quoted(shown)}")
            if DAEMON.match(shown):
                output, ready = f".ci-output/{count}", f"$PWD/.ci-output/{count}.ready"
                parts.append(f'{bare} --ready-file "{ready}" </dev/null >{output} 2>&1 &\nstays $! "{ready}" {output}')
            elif bare.endswith("&"):
                parts.append(f"before=$(listeners)\n{bare[:-1]} </dev/null >.ci-output/{count} 2>&1 &\nlistens $before $!")
            else:
                parts.append(f"{{\n{statement}\n}} </dev/null\nended $? {code[1] if code else 0}")
    parts.append("finish\n")
    return "\n".join(parts), count


def apart(*command):
    """The command in a network and among processes of its own, which end with it."""
    options = ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    return ["unshare", *options, "bash", "-c", 'ip link set lo up && exec "$@"', "apart", *command]


def run(page, program, after=None):
    """Runs a page; returns how many commands there were, and what went wrong or None. 'after' gets the folder when all is done."""
    blocks = [block for block in page.blocks if block.language == "sh"]
    with tempfile.TemporaryDirectory(prefix="postern-docs-") as folder:
        home = Path(folder) / "home"
        work = Path(folder) / "work"
        for path in (home, work, Path(folder) / "bin"):
            path.mkdir()
        (Path(folder) / "bin" / "postern").symlink_to(program)
        text, count = script(blocks)
        (Path(folder) / "script").write_text(text, encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("POSTERN_", "XDG_"))}
        environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PATH": f"{folder}/bin:{environment['PATH']}", "NO_COLOR": "1"}
        try:
            done = subprocess.run(apart("bash", f"{folder}/script"), cwd=work, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  stdin=subprocess.DEVNULL, timeout=SECONDS, text=True, errors="replace")
            output, failed = done.stdout, done.returncode != 0
        except subprocess.TimeoutExpired as late:
            output, failed = (late.stdout or b"").decode(errors="replace") + f"\n!! not done after {SECONDS} s", True
        if failed:
            return count, output
        return count, after(work) if after else None


def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"
