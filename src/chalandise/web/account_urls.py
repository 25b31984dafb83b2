"""Addresses under ``/compte/`` that allauth answers."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
