"""Compiles the C# of pages, and runs the programs of those whose commands made the files that the programs read."""

import json
import subprocess
from pathlib import Path

from pages import ROOT
from sessions import apart

# Pages whose blocks are whole programs that run after the page's commands.
RUN = {"README.md"}
# Fragments: what stands around them.
AROUND = {
    "docs/revocation.md": """
using System.Net; using Postern; using Postern.Qstp; using Postern.Qstp.Certificates; using Postern.Qstp.Revocation;
RootCertificate root = null!; EndPoint endPoint = null!; VerifiedServer server = null!;
""",
}
# A test compiles these: GuideTests.
ELSEWHERE = {"docs/aspnetcore.md", "docs/developers.md"}
USINGS = ["System", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks", "System.Collections.Generic"]
WEB_USINGS = ["Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Hosting"]


class Compiler:
    def __init__(self, assemblies):
        self.assemblies = assemblies
        folder = Path(subprocess.run(["dotnet", "--list-sdks"], capture_output=True, text=True, check=True).stdout.splitlines()[-1].split("[")[1].rstrip("]"))
        version = subprocess.run(["dotnet", "--version"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        self.compiler = folder / version / "Roslyn" / "bincore" / "csc.dll"
        self.packs = [sorted((folder.parent / "packs" / name).glob("10.*"))[-1] / "ref" / "net10.0" for name in ("Microsoft.NETCore.App.Ref", "Microsoft.AspNetCore.App.Ref")]
        self.runtime = {name: sorted((folder.parent / "shared" / name).glob("10.*"))[-1].name for name in ("Microsoft.NETCore.App", "Microsoft.AspNetCore.App")}

    def compile(self, page, folder):
        """The page's programs; returns their paths, or raises with what the compiler said."""
        blocks = [block for block in page.blocks if block.language == "csharp"]
        return [self._compile(page, block, Path(folder), number) for number, block in enumerate(blocks, 1)]

    def _compile(self, page, block, folder, number):
        web = any("AspNetCore" in line for line in block.lines)
        source, usings, program = folder / f"{number}.cs", folder / "usings.cs", folder / f"{number}.dll"
        around = AROUND.get(page.name, "")
        source.write_text(f'{around}\n#line {block.line + 1} "{page.path}"\n' + "\n".join(block.lines), encoding="utf-8")
        usings.write_text("".join(f"global using {name};\n" for name in USINGS + (WEB_USINGS if web else [])), encoding="utf-8")
        references = [f"-r:{path}" for pack in self.packs for path in pack.glob("*.dll")]
        references += [f"-r:{path}" for path in self.assemblies.glob("Postern*.dll") if path.name != "Postern.Cli.dll"]
        arguments = ["dotnet", "exec", self.compiler, "-nologo", "-target:exe", "-nullable:enable", "-langversion:latest", "-nowarn:CS1701,CS1702", f"-out:{program}", *references, source, usings]
        done = subprocess.run(arguments, capture_output=True, text=True)
        if done.returncode != 0:
            raise ValueError(f"{page.name}:{block.line}: {done.stdout.strip()}")
        frameworks = [{"name": name, "version": version} for name, version in self.runtime.items()]
        program.with_suffix(".runtimeconfig.json").write_text(json.dumps({"runtimeOptions": {"frameworks": frameworks}}), encoding="utf-8")
        return program

    def run(self, programs, folder):
        """Runs them in the folder where the page's commands made the files; what went wrong, or None."""
        for path in self.assemblies.glob("*.dll"):
            link = programs[0].parent / path.name
            if not link.exists():
                link.symlink_to(path)
        for program in programs:
            done = subprocess.run(apart("dotnet", "exec", program), cwd=folder, capture_output=True, text=True, timeout=60)
            if done.returncode != 0 or done.stdout != "hello\n":
                return f"{program.name} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return None
