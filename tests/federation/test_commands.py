"""`chalandise directory import …` as an operator types it: sentences, figures, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cast import Cast
from tests.federation.test_imports import AT, BY, rows_of
from tests.federation.test_readers import NODE, overpass, sirene_row, write_sirene

from chalandise.directory.actions.categories import CategoryEdit, load_categories
from chalandise.directory.actions.classifying import add_category
from chalandise.directory.models import Category, Establishment
from chalandise.federation.cli import directory
from chalandise.federation.models import Source

pytestmark = pytest.mark.django_db

CSV = "Enseigne maison;Où;CP;Ville\nLe Zéphyr Doré;1 rue Neuve;46000;Cahors\n"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(directory, ["import", *map(str, arguments)])


def test_a_register_is_imported_with_figures_and_a_report(cast: Cast, tmp_path: Path) -> None:
    path = write_sirene(tmp_path / "s.csv", *rows_of(3))
    done = call("sirene", path, "--portal", "lot")
    assert done.exit_code == 0, done.output
    assert "Lignes lues\u202f: 3, en " in done.output
    assert "3  créées" in done.output
    report = Path(done.output.split("Rapport\u202f: ")[1].splitlines()[0])
    assert len(report.read_text(encoding="utf-8-sig").splitlines()) == 4


def test_shops_without_a_sign_are_called_after_their_firm(cast: Cast, tmp_path: Path) -> None:
    signed, nameless, opposed = rows_of(3)
    for row in (nameless, opposed):
        row["enseigne1Etablissement"] = ""
    firms = tmp_path / "firms.csv"
    lines = (f"{signed['siren']},O,UN AUTRE", f"{nameless['siren']},O,LE BON PAIN",
             f"{opposed['siren']},P,NADIA", "000000000,O,PERSONNE", "abc,O,RIEN")  # fmt: skip
    heading = "siren,statutDiffusionUniteLegale,denominationUniteLegale"
    firms.write_text("\n".join((heading, *lines)), encoding="utf-8")
    path = write_sirene(tmp_path / "s.csv", signed, nameless, opposed)
    done = call("sirene", path, "--portal", "lot", "--legal-units", firms)
    assert done.exit_code == 0, done.output
    made = [Establishment.objects.get(siret=row["siret"]) for row in (signed, nameless, opposed)]
    assert made[0].name.startswith("Boutique")
    assert [one.name for one in made[1:]] == ["Le Bon Pain", made[2].category.name]


def test_a_dry_run_says_so_and_keeps_nothing(cast: Cast, tmp_path: Path) -> None:
    path = overpass(tmp_path / "o.json", NODE)
    before = Establishment.objects.count()
    done = call("osm", path, "--portal", "lot", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "rien n’a été enregistré" in done.output
    assert "1  créées" in done.output
    assert Establishment.objects.count() == before


def test_a_register_without_a_shop_of_the_portal_was_read_all_the_same(
    cast: Cast, tmp_path: Path
) -> None:
    path = write_sirene(
        tmp_path / "s.csv", *({**row, "codeCommuneEtablissement": "75056"} for row in rows_of(3))
    )
    done = call("sirene", path, "--portal", "lot", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "Lignes lues\u202f: 3, en " in done.output
    assert "3  laissées de côté\u202f: hors du portail" in done.output


def test_a_table_needs_its_name_column_and_says_how_to_give_it(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mairie.csv"
    path.write_text("Machin;CP;Ville\nLe Zéphyr Doré;46000;Cahors\n", encoding="utf-8")
    done = call("csv", path, "--portal", "lot")
    assert done.exit_code == 1
    assert "mairie.csv, ligne 1" in done.output
    assert "--map name=COLONNE" in done.output
    done = call(
        "csv", path, "--portal", "lot", "--map", "name=Machin", "--name", "Mairie de Cahors"
    )
    assert done.exit_code == 0, done.output
    made = Establishment.objects.get(name="Le Zéphyr Doré")
    assert made.facts.get(field="name").source_label == "Mairie de Cahors"


def test_a_mapping_once_given_is_remembered(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mairie.csv"
    path.write_text("Machin;CP;Ville\nLe Zéphyr Doré;46000;Cahors\n", encoding="utf-8")
    assert call("csv", path, "--portal", "lot", "--map", "name=Machin").exit_code == 0
    done = call("csv", path, "--portal", "lot")
    assert done.exit_code == 0, done.output
    assert "name ← Machin  (retenu de la dernière fois)" in done.output
    assert Source.objects.get(key="mairie").column_map["name"] == "Machin"


def test_a_new_file_of_a_source_is_told_how_to_keep_its_columns(cast: Cast, tmp_path: Path) -> None:
    january, february = (tmp_path / f"commerces-2026-{month}.csv" for month in ("01", "02"))
    for path in (january, february):
        path.write_text("Machin;CP;Ville\nLe Zéphyr Doré;46000;Cahors\n", encoding="utf-8")
    done = call(
        "csv", january, "--portal", "lot", "--map", "name=Machin", "--dated-on", "2026-01-05"
    )
    assert "Source\u202f: commerces-2026-01" in done.output
    assert "--source commerces-2026-01" in done.output
    assert "Le fichier vaut pour le 2026-01-05" in done.output
    done = call("csv", february, "--portal", "lot", "--columns")
    assert "remplace celui de «\u202fcommerces-2026-01\u202f»" in done.output
    done = call("csv", february, "--portal", "lot", "--source", "commerces-2026-01")
    assert done.exit_code == 0, done.output
    assert "name ← Machin  (retenu de la dernière fois)" in done.output
    assert Source.objects.count() == 1


def test_columns_are_shown_without_importing(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mairie.csv"
    path.write_text(CSV, encoding="cp1252")
    done = call("csv", path, "--portal", "lot", "--columns")
    assert done.exit_code == 0
    assert "postal_code ← CP" in done.output
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--portal", "nulle-part"), "Il n’y a pas de portail"),
        (("--portal", "lot", "--map", "nom=Enseigne"), "écrivez CHAMP=VALEUR"),
        (("--portal", "lot", "--map", "name=Absente"), "il manque les colonnes Absente"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    cast: Cast, tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV, encoding="utf-8")
    done = call("csv", path, *arguments)
    assert done.exit_code != 0
    assert sentence in done.output
    assert "Traceback" not in done.output
    assert not Source.objects.exists()


def test_a_register_without_its_columns_names_them(cast: Cast, tmp_path: Path) -> None:
    row = sirene_row()
    del row["nic"]
    done = call("sirene", write_sirene(tmp_path / "s.csv", row), "--portal", "lot")
    assert done.exit_code == 1
    assert "s.csv, ligne 1\u202f: il manque les colonnes nic" in done.output


def test_a_spreadsheet_is_told_how_to_be_saved(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\0" * 100)
    done = call("csv", path, "--portal", "lot")
    assert done.exit_code == 1
    assert "enregistrez-le en CSV UTF-8" in done.output


def test_the_brake_asks_and_is_released_by_an_option(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = "".join(f"Maison {a}ulien;1 rue {a};46000;Cahors\n" for a in "ABCDEFGHIJ")
    path.write_text("Nom;Adresse;CP;Ville\n" + rows, encoding="utf-8")
    assert call("csv", path, "--portal", "lot").exit_code == 0
    path.write_text("Nom;Adresse;CP;Ville\n" + "".join(rows.splitlines(keepends=True)[:5]), "utf-8")
    done = call("csv", path, "--portal", "lot")
    assert done.exit_code == 1
    assert "5 des 10 établissements" in done.output
    assert "--accept-removals" in done.output
    done = call("csv", path, "--portal", "lot", "--accept-removals")
    assert done.exit_code == 0, done.output
    assert "5  disparues de la source, masquées" in done.output


def test_what_an_operator_added_is_known_to_imports(cast: Cast, tmp_path: Path) -> None:
    load_categories(by=BY, at=AT)
    branch = Category.objects.get(pk="artisanat-art")
    tags = ["craft=boatbuilder"]
    edit = CategoryEdit(
        *("Ébénisterie navale", "Ébénisteries navales", "Boat joinery", "", ["gréeur"], []),
        *("anvil", "#d7e3ef", 0, ["30.12Z"], branch, tags),
    )
    added = add_category(edit, by=BY, at=AT)
    path = tmp_path / "t.csv"
    path.write_text(
        "Nom;Catégorie;Code NAF;Adresse;CP;Ville\n"
        "Le Zéphyr Doré;Ébénisterie navale;;1 rue Neuve;46000;Cahors\n"
        "Misaine;ebenisteries navales;;22 quai Bas;46000;Cahors\n"
        "Cabestan;GRÉEUR;;333 chemin Haut;46000;Cahors\n"
        "Tramontane;;30.12Z;4444 allée des Ifs;46000;Cahors\n",
        encoding="utf-8",
    )
    mapped = ("--map", "category=Catégorie", "--map", "activity_code=Code NAF")
    done = call("csv", path, "--portal", "lot", *mapped)
    assert done.exit_code == 0, done.output
    tags_of_it = {**NODE["tags"], "shop": "", "craft": "boatbuilder", "name": "Au Grand Foc"}
    node = {**NODE, "tags": tags_of_it}
    done = call("osm", overpass(tmp_path / "o.json", node), "--portal", "lot")
    assert done.exit_code == 0, done.output
    names = {one.name for one in added.establishments.all()}
    assert names == {"Le Zéphyr Doré", "Misaine", "Cabestan", "Tramontane", "Au Grand Foc"}


def test_a_list_of_activities_may_be_given(cast: Cast, tmp_path: Path) -> None:
    path = write_sirene(
        tmp_path / "s.csv", sirene_row(), sirene_row(activitePrincipaleEtablissement="69.10Z")
    )
    chosen = tmp_path / "naf.toml"
    chosen.write_text('retail = ["47.61Z"]\n', encoding="utf-8")
    done = call("sirene", path, "--portal", "lot", "--activities", chosen)
    assert done.exit_code == 0, done.output
    assert "laissées de côté\u202f: autre activité" in done.output
    assert not Establishment.objects.filter(siret="73282932000074").exists()
