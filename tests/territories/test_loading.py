import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from tests.territories.conftest import LOADED_AT, LOADER, Country

from chalandise.config.commands.territories import territories as command
from chalandise.journal.models import Entry
from chalandise.territories.actions import load_territories
from chalandise.territories.models import FormerCommune, Territory, TerritoryContour
from chalandise.territories.queries import is_country_loaded
from chalandise.territories.states import Kind

pytestmark = pytest.mark.django_db


def written_rows() -> list[tuple[str, str]]:
    """Every version of every row, so that a row written again shows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, xmin::text || ctid::text FROM territories_territory UNION ALL "
            "SELECT territory_id, xmin::text || ctid::text FROM territories_territorycontour "
            "UNION ALL SELECT id::text, xmin::text || ctid::text FROM territories_formercommune"
        )
        return sorted(cursor.fetchall())


def test_the_country_loads_well_within_a_minute(country: Country) -> None:
    report = country.report
    assert country.seconds < 60
    assert report.edition == "Code officiel géographique 2026"
    assert report.counts == {
        "region": 18,
        "departement": 101,
        "epci": 1255,
        "commune": 34969,
        "arrondissement": 45,
    }
    assert (report.created, report.updated, report.withdrawn) == (36388, 0, ())
    assert (report.contours, report.former_communes) == (36294, 4826)
    assert Territory.objects.count() == report.total == 36388
    assert TerritoryContour.objects.count() == 36294
    assert FormerCommune.objects.count() == 4826


@pytest.mark.usefixtures("country")
def test_a_loaded_country_says_so_until_a_piece_is_missing() -> None:
    assert is_country_loaded()
    TerritoryContour.objects.filter(territory="commune-46042").delete()
    assert not is_country_loaded()


@pytest.mark.usefixtures("country")
def test_loading_again_writes_nothing() -> None:
    before = written_rows()
    again = load_territories(by=LOADER, at=LOADED_AT)
    assert (again.created, again.updated) == (0, 0)
    assert written_rows() == before
    assert Entry.objects.filter(subject="territories", verb="loaded").count() == 1


@pytest.mark.usefixtures("country")
def test_a_load_mends_what_differs_and_keeps_what_the_edition_no_longer_has() -> None:
    Territory.objects.filter(key="commune-46042").update(name="Caors", postal_codes=[])
    TerritoryContour.objects.filter(territory="commune-46042").delete()
    FormerCommune.objects.filter(code="01340").delete()
    FormerCommune.objects.filter(code="01015").update(name="Autre")
    Territory.objects.create(
        key="commune-46999", kind=Kind.COMMUNE, code="46999", name="Ys", slug="ys"
    )

    report = load_territories(by=LOADER, at=LOADED_AT)

    assert (report.created, report.updated, report.withdrawn) == (0, 1, ("commune-46999",))
    cahors = Territory.objects.get(key="commune-46042")
    assert (cahors.name, cahors.postal_codes) == ("Cahors", ["46000"])
    assert TerritoryContour.objects.filter(territory=cahors).exists()
    assert FormerCommune.objects.get(code="01015").name == "Arbignieu"
    assert FormerCommune.objects.get(code="01340").commune_id == "commune-01015"
    assert Territory.objects.filter(key="commune-46999").exists()


@pytest.mark.usefixtures("country")
def test_a_load_without_outlines_leaves_those_that_are_there() -> None:
    steps: list[tuple[str, int]] = []
    report = load_territories(
        by=LOADER,
        at=LOADED_AT,
        contours=False,
        progress=lambda step, done, whole: steps.append((step, done)),
    )
    assert report.contours == 0
    assert steps == [("territories", 0), ("territories", 36388), ("former_communes", 4826)]
    assert TerritoryContour.objects.count() == 36294


@pytest.mark.usefixtures("country")
def test_the_command_shows_progress_and_a_final_count() -> None:
    done = CliRunner().invoke(command, ["load", "--without-contours"])
    assert done.exit_code == 0
    assert "34\u202f969" in done.stdout
    assert "0 created" in done.stdout or "0 créé" in done.stdout
    assert "36\u202f388 sur 36\u202f388" in done.stderr


@pytest.mark.parametrize(
    "fields",
    [
        {"key": "commune-46"},
        {"key": "canton-46998", "kind": "canton"},
        {"latitude": 44.4},
        {"latitude": 444.0, "longitude": 1.4},
    ],
)
def test_the_database_refuses_a_territory_that_contradicts_itself(
    fields: dict[str, object],
) -> None:
    sound = {"key": "commune-46998", "kind": "commune", "code": "46998", "name": "Caors"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Territory.objects.create(**{**sound, **fields})
    assert not Territory.objects.filter(name="Caors").exists()
