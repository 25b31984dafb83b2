"""How django-allauth signs people in here: codes by e-mail, in the portal's own words."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """The platform's answers to allauth's questions."""
