"""What an administrator writes of a portal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chalandise.console.operating.logos import LogoRefusedError, read_logo, read_notice
from chalandise.directory.cleaning.phones import clean_phones
from chalandise.portals.addresses import LONGEST_NAME
from chalandise.portals.appearance import read_colour
from chalandise.portals.errors import ColourRefusedError, LowContrastError
from chalandise.portals.models import Portal
from chalandise.portals.states import StaffRole
from chalandise.portals.wording import sentence_for
from chalandise.settlements.queries.commissions import coming_change

REFUSED_LOGOS = {
    "too_heavy": gettext_lazy("This file is heavier than two megabytes."),
    "too_large": gettext_lazy("This picture has too many pixels. Make it smaller."),
    "not_a_picture": gettext_lazy("This is not a picture that can be shown: PNG, JPEG or WebP."),
}
INHERITED = gettext_lazy("Left blank, it is the parent's.")


class PortalForm(forms.Form):
    """Appearance, hotline, identity and legal notice; scope and staff have pages of their own."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME)
    tagline = forms.CharField(
        label=gettext_lazy("Tagline"), max_length=160, required=False, help_text=INHERITED
    )
    introduction = forms.CharField(
        label=gettext_lazy("Introduction"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    brand_colour = forms.CharField(
        label=gettext_lazy("Colour"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Written like #1E5B45, dark enough to be read on paper."),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy("PNG, JPEG or WebP, of two megabytes at most."),
    )
    hotline = forms.CharField(label=gettext_lazy("Hotline"), required=False, max_length=40)
    hotline_hours = forms.CharField(
        label=gettext_lazy("Hotline hours"), required=False, max_length=120
    )
    operator_name = forms.CharField(
        label=gettext_lazy("Operator"), required=False, max_length=160, help_text=INHERITED
    )
    operator_address = forms.CharField(
        label=gettext_lazy("Operator's address"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    operator_email = forms.EmailField(label=gettext_lazy("Operator's e-mail"), required=False)
    operator_siren = forms.RegexField(
        r"^\d{9}$",
        label=gettext_lazy("Operator's SIREN"),
        required=False,
        help_text=gettext_lazy("Nine figures: for the yearly declaration of sellers (DAC7)."),
        error_messages={"invalid": gettext_lazy("A SIREN has nine figures.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    operator_vat_number = forms.CharField(
        label=gettext_lazy("Operator's VAT number"), required=False, max_length=16
    )
    commission = forms.DecimalField(
        label=gettext_lazy("Commission on each sale, in percent"),
        required=False,
        min_value=0,
        max_value=30,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy(
            "Tax included, zero if blank. It holds for orders to come, on this portal and those"
            " below; orders keep the rate under which they were placed. A higher rate waits until"
            " merchants have known of it for fifteen days (regulation (EU) 2019/1150, article 3): they"
            " are told by e-mail at once. A lower one holds at once."
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    publication_director = forms.CharField(
        label=gettext_lazy("Publication director"), required=False, max_length=120
    )
    legal_notice = forms.CharField(
        label=gettext_lazy("Legal notice"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=INHERITED,
    )
    guarantee_notice = forms.FileField(
        label=gettext_lazy("Official notice of the legal guarantee"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy(
            "The picture of the annex of regulation (EU) 2025/1960, in French, unchanged: it is kept"
            " byte for byte, and shown with goods, at the checkout and on the page of guarantees."
        ),
    )
    guarantee_notice_link = forms.URLField(
        label=gettext_lazy("Address that its QR code says"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Whoever reads on a telephone cannot scan it: they press it."),
    )
    accessibility_level = forms.ChoiceField(
        label=gettext_lazy("Accessibility"), required=False, choices=[]
    )
    is_open = forms.BooleanField(
        label=gettext_lazy("Open to visitors"), required=False, initial=True
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, portal: Portal | None = None
    ) -> None:
        present = (
            {name: getattr(portal, name, None) for name in self.base_fields}
            if portal is not None
            else {}
        )
        is_root = portal is not None and portal.parent_id is None
        if portal is not None and is_root:
            coming = coming_change(portal)
            rate_bp = portal.commission_bp if coming is None else coming.commission_bp
            present["commission"] = Decimal(rate_bp) / 100
        for name in ("logo", "guarantee_notice"):
            present.pop(name, None)
        super().__init__(data, files, initial=present)
        if not is_root:  # a portal below has its root's
            del self.fields["commission"]
        levels = Portal._meta.get_field("accessibility_level").choices or []
        field = self.fields["accessibility_level"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", gettext_lazy("the parent's")), *levels]

    def clean_brand_colour(self) -> str:
        """Refuse in words what cannot be read."""
        try:
            return read_colour(str(self.cleaned_data["brand_colour"]))
        except (ColourRefusedError, LowContrastError) as error:
            raise forms.ValidationError(sentence_for(error)) from error

    def clean_logo(self) -> Any:
        """Take what can become a logo; nothing sent leaves the present one."""
        upload = self.cleaned_data["logo"]
        if not upload:
            return None
        try:
            return read_logo(upload)
        except LogoRefusedError as error:
            raise forms.ValidationError(str(REFUSED_LOGOS[error.reason])) from error

    def clean_guarantee_notice(self) -> Any:
        """Take a picture as it is; nothing sent leaves the present one."""
        upload = self.cleaned_data["guarantee_notice"]
        if not upload:
            return None
        try:
            return read_notice(upload)
        except LogoRefusedError as error:
            raise forms.ValidationError(str(REFUSED_LOGOS[error.reason])) from error

    def clean_guarantee_notice_link(self) -> str:
        """Let nobody be led to anything but a page over TLS."""
        link = str(self.cleaned_data["guarantee_notice_link"])
        if link and not link.startswith("https://"):
            raise forms.ValidationError(_("This address must begin with https://."))
        return link

    def clean_hotline(self) -> str:
        """Read a number as people write it."""
        text = self.cleaned_data["hotline"]
        read = clean_phones(text).value.primary if text else ""
        if text and not read:
            raise forms.ValidationError(_("This is not a telephone number that can be dialled."))
        return read


class StaffForm(forms.Form):
    """Whom to appoint, and as what."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("They sign in by a code sent there; no password is needed."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=StaffRole.choices, widget=forms.RadioSelect
    )
