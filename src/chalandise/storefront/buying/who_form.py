"""The first screen of the checkout: who orders, and where to bring things if they are brought."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from chalandise.ordering.actions.checkout import Who
from chalandise.storefront.phone_field import PhoneField
from chalandise.storefront.reservation_form import EMAIL_ERRORS
from chalandise.web.address_form import AddressForm
from chalandise.web.business_form import BusinessForm
from chalandise.web.line_field import LineField


class WhoForm(BusinessForm, AddressForm):
    """Name, e-mail, telephone; an address only for what is delivered, a firm only if one buys."""

    name = LineField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("As you will say it at the counter."),
        error_messages={"required": gettext_lazy("Give a name to be called by.")},
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("For the confirmation and the pickup code."),
        error_messages=EMAIL_ERRORS,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = PhoneField(
        label=gettext_lazy("Your telephone number"),
        help_text=gettext_lazy("If a shop has a question about your order."),
        required=False,
    )

    def who(self) -> Who:
        """Return what the checkout keeps."""
        said = self.cleaned_data
        return Who(said["name"], said["email"], said["phone"], self.address(), self.business())
