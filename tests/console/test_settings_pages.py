"""Portals, staff, scope, categories, selections and imports, as their administrators change them."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.cast import Cast
from tests.factories import accounts, catalogue, operations, portals, territories

from chalandise.accounts.models import User
from chalandise.directory.actions.categories import (
    CategoryEdit,
    edit_category,
    load_categories,
)
from chalandise.directory.errors import MisplacedCategoryError
from chalandise.directory.models import Category
from chalandise.editorial.models import Selection
from chalandise.federation.models import ImportRun, SourceRecord
from chalandise.federation.reports import Outcome, ReportFile, ReportLine
from chalandise.federation.states import RunState
from chalandise.journal.actions import subject_of
from chalandise.journal.models import Entry, OutboxEvent
from chalandise.journal.states import Actor
from chalandise.portals.addresses import read_host
from chalandise.portals.models import Portal, StaffMember
from chalandise.portals.queries import identity_of
from chalandise.portals.states import StaffRole
from chalandise.web import freshness

Sit = Callable[[User], Client]


def test_a_colour_too_pale_is_refused_in_words_and_nothing_changes(
    at_desk: Sit, cast: Cast
) -> None:
    address = reverse("console:edit_portal", args=[cast.lot.pk])
    data = {"name": "Achat Lot", "brand_colour": "#FFDD55", "is_open": "on"}
    response = at_desk(cast.gilles).post(address, data)
    assert response.status_code == 422
    assert "trop pâle pour être lue" in response.content.decode()
    assert Portal.objects.get(pk=cast.lot.pk).brand_colour == ""


def test_a_portal_changes_its_appearance_and_its_hotline(at_desk: Sit, cast: Cast) -> None:
    address = reverse("console:edit_portal", args=[cast.lot.pk])
    data = {
        "name": "Achat Lot",
        "brand_colour": "#7a1f2b",
        "hotline": "05 65 00 00 09",
        "operator_name": "Chambre de démonstration",
        "is_open": "on",
        "host": "evil.test",
        "parent": cast.elsewhere.pk,
    }
    assert at_desk(cast.gilles).post(address, data).status_code == 302
    lot = Portal.objects.get(pk=cast.lot.pk)
    assert (lot.brand_colour, lot.hotline) == ("#7A1F2B", "+33565000009")
    assert (lot.host, lot.parent) == ("localhost", None)
    sheet = at_desk(cast.gilles).get(reverse("console:colours", args=["lot"])).content.decode()
    assert "#7A1F2B" in sheet


def test_the_commission_is_the_root_s_journalled_and_read_by_merchants(
    at_desk: Sit, cast: Cast
) -> None:
    gilles = at_desk(cast.gilles)
    address = reverse("console:edit_portal", args=[cast.lot.pk])
    assert (
        gilles.post(address, {"name": "Lot", "is_open": "on", "commission": "31"}).status_code
        == 422
    )
    gilles.post(address, {"name": "Lot", "is_open": "on", "commission": "2,5"})
    assert set(
        Portal.objects.exclude(pk=cast.elsewhere.pk).values_list("commission_bp", flat=True)
    ) == {250}
    entry = Entry.objects.get(verb="commission_set")
    assert entry.detail["before"] == {"commission_bp": 0}
    assert 'value="2,5' in gilles.get(address).content.decode()
    below = gilles.get(reverse("console:edit_portal", args=[cast.cahors.pk])).content.decode()
    assert 'name="commission"' not in below
    freshness.forget()
    shop = at_desk(cast.claire).get(reverse("counter:selling", args=[cast.bakery.slug]))
    assert "2,5\u00a0%" in shop.content.decode()


def picture(width: int, height: int) -> SimpleUploadedFile:
    painted = io.BytesIO()
    Image.new("RGB", (width, height), "#7A1F2B").save(painted, "JPEG")
    return SimpleUploadedFile("../../logo.php.jpg", painted.getvalue(), "text/html")


def test_a_logo_is_painted_anew_and_shown(
    at_desk: Sit, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    gilles = at_desk(cast.gilles)
    address = reverse("console:edit_portal", args=[cast.lot.pk])
    data = {"name": "Achat Lot", "is_open": "on", "logo": picture(2000, 500)}
    assert gilles.post(address, data).status_code == 302
    lot = Portal.objects.get(pk=cast.lot.pk)
    assert lot.logo.name.startswith("portals/logo-")
    with Image.open(tmp_path / lot.logo.name) as shown:
        assert (shown.format, shown.size) == ("PNG", (704, 176))
    sent = gilles.get(lot.logo.url)
    assert sent.status_code == 200
    assert b"".join(sent.streaming_content).startswith(b"\x89PNG")
    gilles.post(address, {"name": "Achat Lot", "is_open": "on"})
    assert Portal.objects.get(pk=cast.lot.pk).logo.name == lot.logo.name


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"", b"\x89PNG\r\n\x1a\nbroken"])
def test_what_is_no_picture_is_no_logo(at_desk: Sit, cast: Cast, content: bytes) -> None:
    address = reverse("console:edit_portal", args=[cast.lot.pk])
    upload = SimpleUploadedFile("logo.png", content, "image/png")
    data = {"name": "Achat Lot", "is_open": "on", "logo": upload}
    assert at_desk(cast.gilles).post(address, data).status_code == 422
    assert not Portal.objects.get(pk=cast.lot.pk).logo


def test_a_sub_portal_is_opened_on_territories_found_by_name(at_desk: Sit, cast: Cast) -> None:
    territories.figeac()
    gilles = at_desk(cast.gilles)
    address = reverse("console:new_portal", args=[cast.lot.pk])
    found = gilles.post(address, {"where": "figeac", "search": "1", "name": "Figeac"})
    assert "commune-46102" in found.content.decode()
    added = gilles.post(address, {"add": "commune-46102", "name": "Figeac"}).content.decode()
    assert 'name="territory" value="commune-46102"' in added
    data = {"territory": "commune-46102", "name": "Figeac", "open": "1", "is_open": "on"}
    assert gilles.post(address, data).status_code == 302
    made = Portal.objects.get(name="Figeac")
    assert made.parent == cast.lot
    assert list(made.scope.values_list("key", flat=True)) == ["commune-46102"]


def test_a_sub_portal_never_leaves_its_parent(at_desk: Sit, cast: Cast) -> None:
    territories.montauban()
    address = reverse("console:new_portal", args=[cast.lot.pk])
    data = {"territory": "commune-82121", "name": "Évasion", "open": "1", "is_open": "on"}
    response = at_desk(cast.gilles).post(address, data)
    assert "sortent du portail parent" in response.content.decode()
    assert not Portal.objects.filter(name="Évasion").exists()


def test_one_press_opens_a_portal_for_each_intercommunality(at_desk: Sit, cast: Cast) -> None:
    territories.figeac()
    address = reverse("console:open_below", args=[cast.lot.pk])
    page = at_desk(cast.gilles).post(address, follow=True).content.decode()
    assert "1 portail a été ouvert" in page
    assert cast.lot.children.count() == 2
    assert "0 portail" in at_desk(cast.gilles).post(address, follow=True).content.decode()


def test_nobody_widens_the_scope_they_work_in(at_desk: Sit, cast: Cast) -> None:
    root = reverse("console:portal_scope", args=[cast.lot.pk])
    data = {"territory": ["departement-46", "departement-82"], "save": "1"}
    assert at_desk(cast.gilles).post(root, data).status_code == 404
    local = accounts.user("Paul Grandcahors")
    portals.staff(local, cast.cahors, StaffRole.ADMINISTRATOR)
    own = reverse("console:portal_scope", args=[cast.cahors.pk])
    assert at_desk(local).post(own, {"territory": "departement-46", "save": "1"}).status_code == 404
    assert list(cast.cahors.scope.values_list("key", flat=True)) == ["epci-200023737"]


def test_the_parent_changes_what_a_sub_portal_covers(at_desk: Sit, cast: Cast) -> None:
    address = reverse("console:portal_scope", args=[cast.cahors.pk])
    data = {"territory": "commune-46042", "save": "1"}
    assert at_desk(cast.gilles).post(address, data).status_code == 302
    assert list(cast.cahors.scope.values_list("key", flat=True)) == ["commune-46042"]


def test_somebody_is_appointed_by_e_mail_and_comes_in(at_desk: Sit, cast: Cast) -> None:
    address = reverse("console:appoint_staff", args=[cast.cahors.pk])
    data = {"email": "Nouvelle@exemple.test", "name": "Inès Neuve", "role": "agent"}
    assert at_desk(cast.gilles).post(address, data).status_code == 302
    member = StaffMember.objects.get(portal=cast.cahors)
    assert (member.user.email, member.role) == ("nouvelle@exemple.test", "agent")
    assert at_desk(member.user).get("/console/").status_code == 200


def test_a_role_is_taken_back_but_not_ones_own(at_desk: Sit, cast: Cast) -> None:
    gilles = at_desk(cast.gilles)
    own, other = cast.lot.staff.get(user=cast.gilles), cast.lot.staff.get(user=cast.helene)
    page = gilles.post(
        reverse("console:dismiss_staff", args=[cast.lot.pk, own.pk]), follow=True
    ).content.decode()
    assert "votre propre rôle" in page
    gilles.post(reverse("console:dismiss_staff", args=[cast.lot.pk, other.pk]))
    assert list(cast.lot.staff.values_list("user__email", flat=True)) == ["gilles@exemple.test"]
    assert at_desk(cast.helene).get("/console/").status_code == 404


def bakery_words(**changed: object) -> dict[str, object]:
    """What the form of the bakeries' category sends."""
    return {
        "name": "Boulangerie",
        "plural": "Boulangeries",
        "name_en": "Bakery",
        "plural_en": "Bakeries",
        "synonyms_en": "bread, baker",
        "synonyms": "pain, flûte\nfournil",
        "icon": Category.objects.get(key="boulangerie").icon,
        "position": "101",
        "tint": "#f6e3c5",
        "parent": Category.objects.get(key="boulangerie").parent_id,
        "naf_codes": "10.71C, 4724z",
        **changed,
    }


@pytest.mark.usefixtures("gilles_everywhere")
def test_a_category_edited_here_is_marked_and_announced(at_desk: Sit, cast: Cast) -> None:
    load_categories(by=Actor.system("test"), at=timezone.now())
    address = reverse("console:category", args=["boulangerie"])
    branch = Category.objects.filter(parent=None).order_by("-position").first()
    assert branch is not None
    data = bakery_words(position="7", parent=branch.pk)
    assert at_desk(cast.gilles).post(address, data).status_code == 302
    category = Category.objects.get(key="boulangerie")
    assert category.is_custom
    assert category.synonyms == ["pain", "flûte", "fournil"]
    assert (category.name_en, category.synonyms_en) == ("Bakery", ["bread", "baker"])
    assert (category.position, category.parent) == (7, branch)
    assert category.naf_codes == ["10.71C", "47.24Z"]
    event = OutboxEvent.objects.filter(kind="directory.establishments_changed").latest("pk")
    assert cast.bakery.pk in event.payload["establishment_ids"]
    load_categories(by=Actor.system("update"), at=timezone.now())
    category.refresh_from_db()
    assert category.position == 7


@pytest.mark.usefixtures("gilles_everywhere")
def test_an_activity_code_means_one_category(at_desk: Sit, cast: Cast) -> None:
    load_categories(by=Actor.system("test"), at=timezone.now())
    former = Category.objects.filter(naf_codes__contains=["47.22Z"]).get()
    address = reverse("console:category", args=["boulangerie"])
    at_desk(cast.gilles).post(address, bakery_words(naf_codes="47.22Z"))
    former.refresh_from_db()
    assert "47.22Z" not in former.naf_codes
    assert former.is_custom
    assert Category.objects.get(naf_codes__contains=["47.22Z"]).pk == "boulangerie"


@pytest.mark.usefixtures("gilles_everywhere")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("naf_codes", "47"),
        ("naf_codes", "<b>47.24Z</b>"),
        ("position", "-1"),
        ("position", "1e9"),
        ("icon", "../../etc/passwd"),
        ("parent", "boulangerie"),
        ("parent", ""),
        ("name", ""),
        ("name_en", ""),
    ],
)
def test_a_category_refuses_what_makes_no_sense(
    at_desk: Sit, cast: Cast, field: str, value: str
) -> None:
    load_categories(by=Actor.system("test"), at=timezone.now())
    address = reverse("console:category", args=["boulangerie"])
    before = Category.objects.values().get(key="boulangerie")
    response = at_desk(cast.gilles).post(address, bakery_words(**{field: value}))
    assert response.status_code == 422
    assert Category.objects.values().get(key="boulangerie") == before


@pytest.mark.usefixtures("gilles_everywhere")
def test_a_branch_stays_a_branch(at_desk: Sit, cast: Cast) -> None:
    load_categories(by=Actor.system("test"), at=timezone.now())
    branch = Category.objects.get(key="boulangerie").parent
    assert branch is not None
    address = reverse("console:category", args=[branch.pk])
    gilles = at_desk(cast.gilles)
    assert 'name="parent"' not in gilles.get(address).content.decode()
    data = bakery_words(name="Bouche", parent="boulangerie", icon=branch.icon, naf_codes="")
    assert gilles.post(address, data).status_code == 302
    branch.refresh_from_db()
    assert (branch.name, branch.parent) == ("Bouche", None)
    with pytest.raises(MisplacedCategoryError):
        edit_category(
            branch,
            CategoryEdit(
                "B",
                "B",
                "B",
                "B",
                [],
                [],
                branch.icon,
                branch.tint,
                1,
                [],
                Category.objects.get(key="boulangerie"),
                [],
            ),
            by=Actor.system("test"),
            at=timezone.now(),
        )


def test_categories_are_not_a_sub_portals_to_change(at_desk: Sit, cast: Cast) -> None:
    local = accounts.user("Paul Grandcahors")
    portals.staff(local, cast.cahors, StaffRole.ADMINISTRATOR)
    assert at_desk(local).get(reverse("console:categories")).status_code == 404
    assert at_desk(local).get("/console/").status_code == 200


def test_a_selection_is_written_filled_and_ordered(at_desk: Sit, cast: Cast) -> None:
    gilles = at_desk(cast.gilles)
    data = {"title": "Pour Noël", "position": "1", "is_published": "on"}
    gilles.post(reverse("console:new_selection"), data)
    made = Selection.objects.get()
    assert (made.portal, made.slug) == (cast.lot, "pour-noel")
    page = gilles.get(reverse("console:selection", args=[made.pk]), {"q": "chanvre"})
    assert "Au Pain de Chanvre" in page.content.decode()
    add = reverse("console:pick_for_selection", args=[made.pk])
    for shop in (cast.bakery, cast.bookshop, cast.bakery):
        gilles.post(add, {"establishment": shop.pk})
    names = [item.establishment.name for item in made.items.all()]
    assert names == ["Au Pain de Chanvre", "Le Livre d’Olt"]
    last = made.items.get(establishment=cast.bookshop)
    gilles.post(reverse("console:change_selection_item", args=[made.pk, last.pk]), {"do": "raise"})
    names = [item.establishment.name for item in made.items.all()]
    assert names == ["Le Livre d’Olt", "Au Pain de Chanvre"]


def test_a_shop_of_the_next_departement_is_not_picked(at_desk: Sit, cast: Cast) -> None:
    made = operations.selection(cast.lot)
    add = reverse("console:pick_for_selection", args=[made.pk])
    response = at_desk(cast.gilles).post(add, {"establishment": cast.foreign_shop.pk})
    assert response.status_code == 404
    assert not made.items.exists()


def test_a_selection_does_not_end_before_it_begins(at_desk: Sit, cast: Cast) -> None:
    made = operations.selection(cast.lot)
    data = {"title": "Noël", "position": "0", "starts_on": "2026-12-20", "ends_on": "2026-12-01"}
    response = at_desk(cast.gilles).post(reverse("console:selection", args=[made.pk]), data)
    assert response.status_code == 422
    assert "Le dernier jour vient avant le premier" in response.content.decode()


def test_the_report_of_an_import_is_downloaded_and_harmless(
    at_desk: Sit, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    path = tmp_path / "imports" / "rapport.csv"
    with ReportFile(path) as report:
        report.write([ReportLine(2, "x", "=HYPERLINK(0)", Outcome.REFUSED, remark="sans nom")])
    run = operations.run(cast.lot, report_path=str(path))
    helene = at_desk(cast.helene)
    page = helene.get(reverse("console:import_run", args=[run.pk])).content.decode()
    assert "sans nom" in page
    response = helene.get(reverse("console:import_report", args=[run.pk]))
    text = b"".join(response.streaming_content).decode()
    assert response["Content-Disposition"].startswith("attachment")
    assert "'=HYPERLINK(0)" in text
    address = reverse("console:import_report", args=[run.pk])
    assert at_desk(cast.odile).get(address).status_code == 404


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.csv", ""])
def test_no_other_file_leaves_by_the_report(
    at_desk: Sit, cast: Cast, settings: Any, tmp_path: Path, path: str
) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "secret.csv").write_text("secret")
    (tmp_path / "imports").mkdir()
    run = operations.run(cast.lot, report_path=path and str(tmp_path / "imports" / path))
    address = reverse("console:import_report", args=[run.pk])
    assert at_desk(cast.helene).get(address).status_code == 404


def test_an_import_that_asks_names_the_sheets_that_would_be_hidden(
    at_desk: Sit, cast: Cast
) -> None:
    run = operations.run(cast.lot, state=RunState.WAITING)
    for shop in (cast.bakery, cast.bookshop):
        SourceRecord.objects.create(
            source=run.source, external_id=shop.slug, establishment=shop, content_digest="x"
        )
    page = at_desk(cast.helene).get(reverse("console:import_run", args=[run.pk])).content.decode()
    assert "ne nomme plus 2 des 2 lieux" in page
    assert "Au Pain de Chanvre" in page
    assert "Il est complet" in page


def test_an_accepted_removal_is_done_by_a_job_once(at_desk: Sit, cast: Cast) -> None:
    run = operations.run(cast.lot, state=RunState.WAITING)
    helene = at_desk(cast.helene)
    accept = reverse("console:accept_removals", args=[run.pk])
    page = helene.post(accept, follow=True).content.decode()
    assert "masquées dans la minute" in page
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    job = ProcrastinateJob.objects.get(task_name="federation.finish_removals")
    assert job.args["run_id"] == run.pk
    assert job.args["by"]["reference"] == str(cast.helene.pk)
    assert "décidé entre-temps" in helene.post(accept, follow=True).content.decode()
    verbs = Entry.objects.filter(subject=subject_of(run)).order_by("pk")
    assert list(verbs.values_list("verb", "actor_reference")) == [
        ("became_running", str(cast.helene.pk)),
        ("removals_accepted", str(cast.helene.pk)),
    ]
    assert ProcrastinateJob.objects.filter(task_name="federation.finish_removals").count() == 1


def test_a_dropped_removal_hides_nothing_and_is_told(at_desk: Sit, cast: Cast) -> None:
    run = operations.run(cast.lot, state=RunState.WAITING)
    helene = at_desk(cast.helene)
    drop = reverse("console:drop_removals", args=[run.pk])
    page = helene.post(drop, follow=True).content.decode()
    assert "aucune fiche n’a été retirée" in page
    assert "retraits abandonnés" in page
    run.refresh_from_db()
    assert run.state == RunState.DROPPED
    assert "décidé entre-temps" in helene.post(drop, follow=True).content.decode()


def test_a_run_overtaken_by_a_later_one_can_only_be_closed(at_desk: Sit, cast: Cast) -> None:
    run = operations.run(cast.lot, state=RunState.WAITING)
    ImportRun.objects.create(source=run.source, state=RunState.DONE, file_name="b", file_digest="y")
    helene = at_desk(cast.helene)
    page = helene.get(reverse("console:import_run", args=[run.pk])).content.decode()
    assert "Il est complet" not in page
    accept = reverse("console:accept_removals", args=[run.pk])
    assert "a parlé depuis" in helene.post(accept, follow=True).content.decode()
    run.refresh_from_db()
    assert run.state == RunState.WAITING


# -- the host name ------------------------------------------------------------------------------


def test_a_portal_moves_to_a_host_of_its_own_and_answers_there(at_desk: Sit, cast: Cast) -> None:
    gilles = at_desk(cast.gilles)
    there = Client(SERVER_NAME="achats.cahors.test")
    assert there.get("/").status_code == 400
    address = reverse("console:portal_host", args=[cast.cahors.pk])
    page = gilles.post(address, {"host": " https://Achats.CAHORS.test/ "}, follow=True)
    assert "http://achats.cahors.test" in page.content.decode()
    assert "nom d’hôte changé" in page.content.decode()
    freshness.forget()  # half a second later
    assert "Grand Cahors" in there.get("/").content.decode()
    entry = Entry.objects.get(verb="moved_to_host")
    assert entry.detail == {"before": "", "after": "achats.cahors.test"}
    assert entry.actor_reference == str(cast.gilles.pk)
    gilles.post(address, {"host": ""})
    freshness.forget()
    assert there.get("/").status_code == 400


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("localhost", "C’est l’adresse de l’installation"),
        ("LOCALHOST.", "C’est l’adresse de l’installation"),
        ("tarn.test", "Un autre portail répond"),
        ("10.0.0.1", "un nom d’hôte"),
        ("[::1]", "un nom d’hôte"),
        ("achats", "un nom d’hôte"),
        ("achats.test:8000", "un nom d’hôte"),
        ("evil.test/chemin", "un nom d’hôte"),
        ("a@b.test", "un nom d’hôte"),
        ("-a.test", "un nom d’hôte"),
        ("a..test", "un nom d’hôte"),
        ("a b.test", "un nom d’hôte"),
        ("<script>.test", "un nom d’hôte"),
        ("a" * 64 + ".test", "un nom d’hôte"),
        (("a" * 57 + ".") * 5 + "test", "un nom d’hôte"),
        ("*.test", "un nom d’hôte"),
    ],
)
def test_a_host_name_that_no_portal_may_have_is_refused_in_words(
    at_desk: Sit, cast: Cast, typed: str, said: str
) -> None:
    Portal.objects.filter(pk=cast.elsewhere.pk).update(host="tarn.test")
    address = reverse("console:portal_host", args=[cast.cahors.pk])
    response = at_desk(cast.gilles).post(address, {"host": typed})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Portal.objects.get(pk=cast.cahors.pk).host is None
    assert not Entry.objects.filter(verb="moved_to_host").exists()


def test_accents_become_what_the_domain_name_system_knows(db: None) -> None:
    assert read_host("marchés.exemple.test") == "xn--marchs-fva.exemple.test"
    assert read_host("  ") is None


def test_the_official_notice_is_kept_byte_for_byte_and_shown_where_goods_are_sold(
    at_desk: Sit, cast: Cast, settings: Any, tmp_path: Path
) -> None:
    """Regulation (EU) 2025/1960: nothing of the notice may be changed; its QR code is a link too."""
    settings.MEDIA_ROOT = tmp_path
    gilles = at_desk(cast.gilles)
    page = reverse("console:portal", args=[cast.lot.pk])
    assert "Depuis le 27 septembre 2026" in gilles.get(page).content.decode()
    upload = picture(300, 400)
    sent = upload.read()
    upload.seek(0)
    link = "https://europa.eu/youreurope/garantie"
    data = {"name": "Achat Lot", "is_open": "on", "guarantee_notice_link": link}
    address = reverse("console:edit_portal", args=[cast.lot.pk])
    assert gilles.post(address, {**data, "guarantee_notice": upload}).status_code == 302
    lot = Portal.objects.get(pk=cast.lot.pk)
    assert (tmp_path / lot.guarantee_notice.name).read_bytes() == sent
    assert "Elle est en place" in gilles.get(page).content.decode()
    for portal in (cast.lot, Portal(name="Figeac", parent=lot)):  # those below inherit it
        notice = identity_of(Portal.objects.get(pk=portal.pk) if portal.pk else portal).notice
        assert notice is not None
        assert (notice.url, notice.width, notice.height) == (lot.guarantee_notice.url, 300, 400)
    freshness.forget()  # pages may know portals for half a second
    made = catalogue.product(cast.bakery, "Bol", category="arts-de-la-table")
    for shown in (reverse("storefront:product", args=[made.slug]), reverse("storefront:guarantee")):
        html = Client(SERVER_NAME="localhost").get(shown).content.decode()
        assert f'<a href="{link}"><img src="{lot.guarantee_notice.url}" width="300"' in html
    bad = {**data, "guarantee_notice_link": "http://exemple.test/"}
    assert gilles.post(address, bad).status_code == 422
    broken = SimpleUploadedFile("notice.png", b"<svg onload=alert(1)>", "image/png")
    assert gilles.post(address, {**data, "guarantee_notice": broken}).status_code == 422
