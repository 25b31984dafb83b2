"""The shell of Wagtail's admin, behind our door (see `gate`)."""

from __future__ import annotations

from wagtail.admin.urls import urlpatterns as wagtail_patterns
from wagtail.utils.urlpatterns import decorate_urlpatterns

from chalandise.console.gate import behind_the_desk

urlpatterns = decorate_urlpatterns(wagtail_patterns, behind_the_desk)
