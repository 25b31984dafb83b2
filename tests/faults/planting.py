"""Plants hostile text in every text of every table, found by introspection, never by a list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from zlib import crc32

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from tests.cast import Cast
from tests.clock import moment
from tests.factories import operations
from tests.faults.scene import a_request

from chalandise.directory.models import EstablishmentHours, ExceptionalClosing, Fact, Photo
from chalandise.journal.actions import record
from chalandise.journal.states import Actor

PAYLOAD = "'\"></script><svg onload=alert(1)>{{7*7}}"
SHORT = '"><i onx=1>'
LEAST = 24
KEPT = {
    # what is no free text: keys, secrets, names of files, words of a grammar or of a list
    *("key", "token", "pickup_code", "code_digest", "photo_name", "report_path", "value"),
    *("timezone", "template", "activity_code", "siret", "siren", "code", "field", "subject"),
    *("host", "brand_colour", "content_digest", "file_digest", "password", "tint", "icon"),
    *("postal_code", "insee_code", "xid", "kind", "verb", "actor_kind", "actor_reference"),
    *("logo", "email", "to", "reply_to", "sort_key", "search_key", "services", "labels"),
    *("naf_codes", "osm_tags", "postal_codes", "commune_keys"),
    *("way_key", "hours", "reference", "provider_reference", "digest"),
    *(
        "import_key",
        "gtin",
        "sanitary_approval",
        "currency",
        "form_token",
        "provider",
        "withdrawal_exception",
    ),
}
KEPT_OF = {
    ("directory", "photo", "name"),
    ("catalogue", "productphoto", "name"),
    ("federation", "sourcerecord", "external_id"),
    ("messaging", "message", "text"),  # written from texts that are planted
    ("messaging", "message", "html"),
    ("ordering", "order", "number"),  # drawn by us, and what its addresses are made of
    ("ordering", "merchantorder", "number"),
}
LOUD_EMAIL = '"\'><svg/onload=alert(1)>"@exemple.test'
EMAILS = {"customer_email", "claimant_email", "operator_email"}


def set_the_scene(cast: Cast) -> dict[str, Any]:
    """Give the town one of everything that a page may show."""
    by, at = Actor("merchant", "1", "Claire"), moment("2026-11-18 09:00")
    made: dict[str, Any] = {
        "asked": a_request(cast),
        "accepted": a_request(
            cast, state="accepted", pickup_code="CXYZ", answer="x", user=cast.nadia
        ),
        "declined": a_request(cast, state="declined", answer="x", user=cast.nadia),
        "photo": Photo.objects.create(
            establishment=cast.bakery, name="absente", width=9, height=9, alternative_text="x"
        ),
        "closing": ExceptionalClosing.objects.create(
            establishment=cast.bakery,
            starts_on=date(2026, 11, 25),
            ends_on=date(2030, 1, 2),
            reason="x",
        ),
        "report": operations.report(cast.bakery),
        "claim": operations.claim(cast.bakery),
        "match": operations.match(cast.bakery, cast.lot, name=PAYLOAD, street=PAYLOAD),
        "run": operations.run(
            cast.lot, summary={"read": 1, "refused": 1, "refusals": {PAYLOAD: 1}}
        ),
        "mail": operations.mail(cast.lot),
        "selection": operations.selection(cast.lot, cast.bakery, introduction="x"),
    }
    Fact.objects.create(
        establishment=cast.bakery,
        field="name",
        source_kind="local_file",
        source_label="x",
        licence="x",
        dated_on=date(2026, 1, 1),
    )
    EstablishmentHours.objects.create(
        establishment=cast.bakery, purpose="deliver", raw="x", problem="x"
    )
    for text in ("description", "street", "complement", "website", "order_url"):
        setattr(cast.bakery, text, "x")
    cast.bakery.save()
    record(cast.bakery, "facts_changed", by=by, at=at, detail={"source": PAYLOAD})
    return made


def mark_of(column: str) -> str:
    """The mark of a column in what is planted there: pages tell by it which texts they show."""
    return f"k{crc32(column.encode()) % 10**6:06d}"


@contextmanager
def _without_guards() -> Iterator[None]:
    """Let what is written once be written over: the triggers rest meanwhile."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT tgisinternal AND n.nspname = 'public' AND c.relname NOT LIKE 'procrastinate%'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        connection.check_constraints()
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def plant_everywhere() -> list[str]:
    """Write the payload in every free text of every row, and name the columns that hold it."""
    with _without_guards():
        return _plant()


def _plant() -> list[str]:
    planted = []
    for model in apps.get_models():
        if not model.__module__.startswith("chalandise."):
            continue
        changes = {
            field.name: value
            for field in model._meta.concrete_fields
            if (value := _hostile(model, field)) is not None
        }
        if changes and model._default_manager.exists():
            for pk in model._default_manager.values_list("pk", flat=True):
                model._default_manager.filter(pk=pk).update(
                    **{name: _cut(model, name, value, pk) for name, value in changes.items()}
                )
            planted += [f"{model._meta.label_lower}.{name}" for name in changes]
    return planted


def _hostile(model: type[models.Model], field: models.Field) -> Any:
    label = (model._meta.app_label, model._meta.model_name, field.name)
    mark = mark_of(f"{model._meta.label_lower}.{field.name}")
    if field.name in EMAILS:
        return LOUD_EMAIL
    if field.primary_key or field.choices or field.name in KEPT or label in KEPT_OF:
        return None
    if isinstance(field, ArrayField):
        is_text = isinstance(field.base_field, models.CharField | models.TextField)
        return [mark + PAYLOAD] if is_text and not field.base_field.choices else None
    if isinstance(field, models.URLField):
        return f"https://exemple.test/{PAYLOAD}"
    if isinstance(field, models.SlugField | models.FileField | models.EmailField):
        return None
    if isinstance(field, models.TextField):
        return mark + PAYLOAD
    if isinstance(field, models.CharField):
        return mark + PAYLOAD if (field.max_length or 999) >= LEAST else SHORT
    return None


def _cut(model: type[models.Model], name: str, value: Any, pk: Any) -> Any:
    field: Any = model._meta.get_field(name)
    if isinstance(value, str) and field.max_length:
        text = f"{pk}{value}" if field.unique else value
        return text[: field.max_length]
    return value
