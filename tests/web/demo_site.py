"""The addresses of a deployment where the demonstration is on."""

from django.urls import include, path

from chalandise.config import urls

urlpatterns = [path("demo/", include("chalandise.web.demo_urls")), *urls.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
