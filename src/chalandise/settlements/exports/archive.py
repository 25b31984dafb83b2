"""The archive of a merchant's journal of sales: readable without us, and verifiable.

A ZIP of JSON lines, records and closures as they are hashed, with a note on how to check them. The
law wants what was recorded kept and handed over on demand (CGI, art. 286 I 3° bis).
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

from chalandise.settlements.chaining import parts_of_closure, parts_of_record
from chalandise.settlements.models import SalesClosure, SalesRecord

NOTE = """Journal des ventes.

records.jsonl et closures.jsonl : une ligne par enregistrement, {"parts": [...], "hash": "..."}.
L’empreinte est le SHA-256, en hexadécimal, du texte UTF-8 de « parts » écrit en JSON sans espaces,
clés triées. Le dernier élément de « parts » est l’empreinte de la ligne précédente.
"""


def archive_of(organisation_id: int, starts_on: date, ends_on: date) -> bytes:
    """Return the records written, and the closures ended, in a period."""
    records = SalesRecord.objects.filter(
        organisation_id=organisation_id, recorded_on__range=(starts_on, ends_on)
    ).order_by("number")
    closures = SalesClosure.objects.filter(
        organisation_id=organisation_id, ends_on__range=(starts_on, ends_on)
    ).order_by("number")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LISEZMOI.txt", NOTE)
        archive.writestr(
            "records.jsonl", "".join(_line(parts_of_record(one), one.hash) for one in records)
        )
        archive.writestr(
            "closures.jsonl", "".join(_line(parts_of_closure(one), one.hash) for one in closures)
        )
    return file.getvalue()


def _line(parts: list[object], seal: str) -> str:
    return json.dumps({"parts": parts, "hash": seal}, ensure_ascii=False) + "\n"
