"""For which day a file speaks, and what an old file read later may say."""

from __future__ import annotations

import gzip
import os
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast
from tests.federation.test_imports import AT, BY, doubtful, run_csv, run_osm, table
from tests.federation.test_readers import NODE, overpass

from chalandise.directory.models import Establishment, Fact
from chalandise.federation.actions.matches import merge_match
from chalandise.federation.models import ImportRun
from chalandise.federation.readers.days import day_of

TODAY = AT.date()
OLD, NEW = date(2026, 6, 1), date(2026, 11, 10)


def written_on(path: Path, day: date) -> Path:
    seconds = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))
    return path


def stamped(path: Path, day: date, phone: str = "") -> Path:
    node = {**NODE, "tags": {**NODE["tags"], "contact:phone": phone}}  # type: ignore[dict-item]
    text = overpass(path, node).read_text("utf-8")
    stamp = f'{{"osm3s": {{"timestamp_osm_base": "{day}T05:00:00Z"}}, '
    path.write_text(text.replace("{", stamp, 1), encoding="utf-8")
    return path


def test_an_extract_an_archive_and_a_table_say_their_day(tmp_path: Path) -> None:
    plain = written_on(table(tmp_path / "t.csv", "Un"), OLD)
    assert day_of(plain, today=TODAY) == OLD
    extract = stamped(tmp_path / "o.json", NEW)
    assert day_of(extract, today=TODAY) == NEW
    packed = tmp_path / "o.json.gz"
    packed.write_bytes(gzip.compress(extract.read_bytes(), mtime=0))
    assert day_of(written_on(packed, OLD), today=TODAY) == NEW
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        entry = zipfile.ZipInfo("t.csv", date_time=(2026, 6, 1, 5, 0, 0))
        archive.writestr(entry, plain.read_bytes())
    assert day_of(tmp_path / "t.zip", today=TODAY) == OLD


def test_no_file_speaks_for_a_day_to_come(tmp_path: Path) -> None:
    assert day_of(stamped(tmp_path / "o.json", date(2031, 1, 1)), today=TODAY) == TODAY
    (tmp_path / "t.zip").write_bytes(b"PK\x03\x04 and nothing more")
    assert day_of(tmp_path / "t.zip", today=TODAY) == TODAY


def phone() -> tuple[str, date | None]:
    sheet = Establishment.objects.get(siret="73282932000074")
    return sheet.phone, Fact.objects.get(establishment=sheet, field="phone").dated_on


@pytest.mark.django_db
def test_an_old_file_read_later_does_not_undo_a_newer_one(cast: Cast, tmp_path: Path) -> None:
    own: dict[str, Any] = {"dated_on": None}
    run_osm(cast, stamped(tmp_path / "new.json", NEW, phone="05 65 00 00 01"), **own)
    assert phone() == ("+33565000001", NEW)
    later = AT + timedelta(days=1)
    old = stamped(tmp_path / "old.json", OLD, phone="05 65 00 00 02")
    assert run_osm(cast, old, at=later, **own).dated_on == OLD
    assert phone() == ("+33565000001", NEW)
    path = tmp_path / "t.csv"
    path.write_text(
        "Nom;SIRET;Adresse;CP;Ville;Téléphone\n"
        "Au Fournil;73282932000074;12 rue du Port;46000;Cahors;05 65 00 00 03\n",
        encoding="utf-8",
    )
    run_csv(cast, written_on(path, OLD), at=later, **own)
    assert phone() == ("+33565000001", NEW)
    run_csv(cast, path, at=later, dated_on=TODAY, source_key="told")
    assert phone() == ("+33565000003", TODAY)


@pytest.mark.django_db
def test_a_pair_decided_later_keeps_the_day_of_its_file(cast: Cast, tmp_path: Path) -> None:
    match = doubtful(cast, tmp_path)
    run = ImportRun.objects.get()
    run.summary["dated_on"] = OLD.isoformat()
    run.save()
    sheet = merge_match(match, by=BY, at=AT + timedelta(days=3))
    assert sheet.facts.get(field="address").dated_on == OLD
