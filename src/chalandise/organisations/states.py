"""Roles inside an organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberRole(models.TextChoices):
    """What a person may do for an organisation."""

    OWNER = "owner", _("owner")
    MEMBER = "member", _("member")
