"""Check the spelling of our English: comments, docstrings, sentences to translate, documents.

Other strings are data, mostly French, which an English speller can only misread; so is what stands
between backquotes or « guillemets ».
"""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRANSLATED = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
QUOTED = re.compile(r"`[^`\n]*`|«[^»]*»|“[^”]*”|\bhttps?://\S+")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def english_of(source: str) -> str:
    """Return a module with its English only, each line where it was."""
    lines = [""] * (source.count("\n") + 2)

    def keep(number: int, text: str) -> None:
        for offset, line in enumerate(text.split("\n")):
            lines[number - 1 + offset] += " " + line

    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            keep(token.start[0], token.string)
    for node in _english_nodes(ast.parse(source)):
        keep(node.lineno, ast.get_source_segment(source, node) or "")
    return "\n".join(lines)


def _english_nodes(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            statement = node.body[0]
            if isinstance(statement, ast.Expr):
                yield statement.value
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATED:
            yield from node.args


def main() -> int:
    """Copy the English of every file aside and let codespell read it."""
    listing = subprocess.run(
        [
            "git",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            ".",
            ":!tests",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    kept: list[str] = []
    texts: dict[str, str] = {}
    for name in sorted(filter(None, listing.split("\0"))):
        path = ROOT / name
        if not path.is_file() or path.suffix not in {".py", ".md"} or path.name == "LISEZMOI.md":
            continue
        text = path.read_text()
        texts[name] = QUOTED.sub("", english_of(text) if path.suffix == ".py" else text)
    folder = ROOT / "build" / "spelling"
    for name, text in texts.items():
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text)
        kept.append(str(copy.relative_to(folder)))
    speller = Path(sys.executable).with_name("codespell")
    options = ["--toml", str(ROOT / "pyproject.toml")]
    return subprocess.run([speller, *options, *kept], cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
