"""Who sells: what the law wants said of a seller, and the mandate to write invoices."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.catalogue.hygiene import APPROVAL
from chalandise.catalogue.sellers import EARLIEST_BIRTH
from chalandise.catalogue.states import VatRegime
from chalandise.organisations.models import Organisation


class SellerProfile(models.Model):
    """What customers must know of a seller before they buy; `catalogue.sellers` says what lacks."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="seller_profile"
    )
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=80, blank=True)
    address = models.TextField(_("postal address"), max_length=400, blank=True)
    email = models.EmailField(_("e-mail for customers"), blank=True)
    phone = models.CharField(_("telephone"), max_length=16, blank=True)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=16, blank=True)
    vat_regime = models.CharField(
        _("VAT regime"), max_length=10, choices=VatRegime.choices, default=VatRegime.NORMAL
    )
    mediator_name = models.CharField(_("consumer mediator"), max_length=160, blank=True)
    mediator_address = models.TextField(_("mediator’s address"), max_length=400, blank=True)
    mediator_url = models.URLField(_("mediator’s website"), max_length=300, blank=True)
    terms_html = models.TextField(_("terms of sale"), blank=True)
    terms_version = models.PositiveIntegerField(default=0)
    terms_changed_at = models.DateTimeField(null=True, blank=True)
    epr_ids = models.JSONField(default=dict, blank=True)
    may_sell_alcohol = models.BooleanField(_("holds a licence for alcohol"), default=False)
    alcohol_licence = models.CharField(_("alcohol licence"), max_length=80, blank=True)
    sanitary_approval = models.CharField(
        _("sanitary approval"), max_length=20, blank=True, db_default=""
    )
    hygiene_declared_on = models.DateField(_("activity declared on"), null=True, blank=True)
    is_selling = models.BooleanField(_("sells online"), default=True)
    set_aside: models.JSONField[list[int], list[int]] = models.JSONField(
        default=list, blank=True
    )  # products that left the shelf with the seller, to come back with them
    held_at = models.DateTimeField(null=True, blank=True)  # the operator takes no new order for it
    held_for = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("seller profile")
        verbose_name_plural = _("seller profiles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(siren="") | models.Q(siren__regex=r"^\d{9}$"),
                name="catalogue_seller_siren_is_9_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(siret="") | models.Q(siret__regex=r"^\d{14}$"),
                name="catalogue_seller_siret_is_14_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(sanitary_approval="")
                | models.Q(sanitary_approval__regex=APPROVAL),
                name="catalogue_sanitary_approval_has_its_shape",
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.legal_name or str(self.organisation)


class SoleTrader(models.Model):
    """A seller who is a natural person; a seller without this row is a company.

    Only the yearly declaration to the tax office says it (CGI 1649 ter A), hence a table of its own:
    no page, search or order that reads a seller profile can read this along with it.
    """

    profile = models.OneToOneField(
        SellerProfile, on_delete=models.CASCADE, primary_key=True, related_name="sole_trader"
    )
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    born_on = models.DateField(_("date of birth"), null=True, blank=True)
    home_address = models.TextField(_("home address"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("sole trader")
        verbose_name_plural = _("sole traders")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(born_on=None) | models.Q(born_on__gte=EARLIEST_BIRTH),
                name="catalogue_a_sole_trader_is_alive",
            ),
        ]

    @override
    def __str__(self) -> str:
        return str(self.profile)


class MandateAcceptance(models.Model):
    """A merchant's yes to invoices written in its name, to one wording of the mandate."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="mandates"
    )
    text_version = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("accepted mandate")
        verbose_name_plural = _("accepted mandates")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "text_version"], name="catalogue_a_mandate_once"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.organisation} · {self.text_version}"
