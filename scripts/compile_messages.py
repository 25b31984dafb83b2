"""Compile every translation catalogue that is newer than its compiled form.

Django's own command needs the system's gettext; Babel needs nothing, so that a bare machine
shows French.
"""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

SOURCES = Path(__file__).resolve().parent.parent / "src"


def compile_catalogue(source: Path) -> None:
    """Write the compiled form beside the source, fuzzy entries left out."""
    locale = source.parent.parent.name
    with source.open("rb") as lines:
        catalogue = read_po(lines, locale=locale, abort_invalid=True)
    compiled = source.with_suffix(".mo")
    partial = compiled.with_suffix(".mo.partial")
    with partial.open("wb") as output:
        write_mo(output, catalogue, use_fuzzy=False)
    partial.replace(compiled)


def main() -> int:
    """Compile what changed; tell what is wrong in a catalogue that cannot be read."""
    stale = [
        source
        for source in sorted(SOURCES.rglob("*.po"))
        if not (compiled := source.with_suffix(".mo")).exists()
        or compiled.stat().st_mtime < source.stat().st_mtime
    ]
    for source in stale:
        try:
            compile_catalogue(source)
        except (PoFileError, UnicodeDecodeError) as error:
            print(f"{source}: {error}", file=sys.stderr)
            return 1
    if stale:
        print(f"· translations ({len(stale)} catalogues)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
