"""The shell of Wagtail's admin, behind our door (see `gate`)."""

from __future__ import annotations

from typing import cast

from django.apps import apps
from wagtail.admin.urls import urlpatterns as wagtail_patterns
from wagtail.utils.urlpatterns import decorate_urlpatterns

from chalandise.console.gate import behind_the_desk
from chalandise.console.wagtail_admin import LateWagtailAdmin

# Its addresses without a name are a trial page and a net for whatever is left, which our own 404
# catches better.
_SHELL = [one for one in wagtail_patterns if getattr(one, "name", "included") is not None]
urlpatterns = decorate_urlpatterns(_SHELL, behind_the_desk)

cast("LateWagtailAdmin", apps.get_app_config("wagtailadmin")).make_ready()
