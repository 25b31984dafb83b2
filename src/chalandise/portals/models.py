"""Tables of portals and of their staff's roles."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from chalandise.portals.states import StaffRole
from chalandise.territories.models import Territory

COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour is written like #1E5B45."))


class PortalQuerySet(models.QuerySet["Portal"]):
    """Filters on portals."""

    def open(self) -> PortalQuerySet:
        """Keep the portals that answer visitors."""
        return self.filter(is_open=True)


class Portal(models.Model):
    """A place run by an operator on a scope of territories.

    A blank field of appearance or identity is inherited: ask through
    `chalandise.portals.queries.identity_of`, never the bare field.
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent portal"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    host = models.CharField(
        _("host name"),
        max_length=253,
        null=True,
        blank=True,
        unique=True,
        help_text=_("Without host name, the portal answers under /t/address/ of its parent."),
    )
    scope = models.ManyToManyField(Territory, verbose_name=_("scope"), related_name="portals")
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    brand_colour = models.CharField(_("colour"), max_length=7, blank=True, validators=[COLOUR])
    logo = models.ImageField(_("logo"), upload_to="portals/", blank=True)
    hotline = models.CharField(_("hotline"), max_length=16, blank=True)
    hotline_hours = models.CharField(_("hotline hours"), max_length=120, blank=True)
    operator_name = models.CharField(_("operator"), max_length=160, blank=True)
    operator_address = models.TextField(_("operator's address"), blank=True)
    operator_email = models.EmailField(_("operator's e-mail"), blank=True)
    operator_siren = models.CharField(
        _("operator's SIREN"),
        max_length=9,
        blank=True,
        validators=[RegexValidator(r"^\d{9}$", _("A SIREN has nine figures."))],
    )
    operator_vat_number = models.CharField(_("operator's VAT number"), max_length=16, blank=True)
    publication_director = models.CharField(_("publication director"), max_length=120, blank=True)
    legal_notice = models.TextField(_("legal notice"), blank=True)
    accessibility_level = models.CharField(
        _("accessibility"),
        max_length=16,
        blank=True,
        choices=[
            ("none", _("not compliant")),
            ("partial", _("partially compliant")),
            ("full", _("fully compliant")),
        ],
    )
    guarantee_notice = models.ImageField(
        _("notice of the legal guarantee"),
        upload_to="portals/",
        blank=True,
        db_default="",
        width_field="guarantee_notice_width",
        height_field="guarantee_notice_height",
    )
    guarantee_notice_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    guarantee_notice_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    guarantee_notice_link = models.URLField(
        _("address that the QR code of the notice says"), blank=True, db_default=""
    )
    commission_bp = models.PositiveSmallIntegerField(
        _("commission in basis points"), default=0, db_default=0
    )  # the root's, the same on every portal below it: `actions.set_commission`
    is_open = models.BooleanField(_("open to visitors"), default=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PortalQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal")
        verbose_name_plural = _("portals")
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="portals_no_portal_is_its_parent"
            ),
            models.CheckConstraint(
                condition=models.Q(commission_bp__lte=3000), name="portals_commission_is_bounded"
            ),
        ]

    @override
    def __str__(self) -> str:
        return self.name


class StaffMember(models.Model):
    """A role of a person in a portal, valid downwards."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="portal_roles"
    )
    role = models.CharField(_("role"), max_length=16, choices=StaffRole.choices)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints = [
            models.UniqueConstraint(
                fields=["portal", "user", "role"], name="portals_one_role_once_a_person"
            ),
        ]

    @override
    def __str__(self) -> str:
        return f"{self.user} · {self.portal}"
