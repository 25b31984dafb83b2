"""Roles of an operator's staff."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StaffRole(models.TextChoices):
    """What a member of staff may do, in a portal and in those below it."""

    ADMINISTRATOR = "administrator", _("administrator")
    AGENT = "agent", _("agent")
    EDITOR = "editor", _("editor")
