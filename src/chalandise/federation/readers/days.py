"""For which day a file speaks: an old extract read today says nothing new.

An Overpass answer and the GeoJSON of overpass-turbo say it themselves; a zip or a gzip keeps the day
on which its file was written; of any other file the disk knows when it was. Days within the rows
(`check_date`, `dateDernierTraitementEtablissement`) are kept with the record and do not count here:
they say when a row last changed or was looked at, while its source still said so on the file's day.
"""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from chalandise.federation.errors import UnreadableFileError
from chalandise.federation.readers.files import open_source, packed_at
from chalandise.federation.readers.geojson import looks_like_json

_HEAD = 4096
_LISTS = re.compile(rb'"(?:elements|features)"\s*:')
_STAMP = re.compile(rb'"timestamp(?:_osm_base)?"\s*:\s*"(\d{4}-\d{2}-\d{2})T')


def day_of(path: Path, *, today: date) -> date:
    """Return the day a file speaks for, never one to come; an unreadable file speaks for none."""
    try:
        day = _told(path) or packed_at(path)
    except UnreadableFileError:  # whoever reads it says why
        return today
    written = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    return min(day or written, today)


def _told(path: Path) -> date | None:
    """Return the day that stands before the objects of an extract."""
    with open_source(path) as stream:
        if not looks_like_json(stream):
            return None
        head = _LISTS.split(stream.peek(_HEAD)[:_HEAD], maxsplit=1)[0]
    found = _STAMP.search(head)
    try:
        return date.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        return None
