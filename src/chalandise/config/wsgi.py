"""The WSGI entry point: `chalandise serve` gives it to granian."""

import os

from django.core.wsgi import get_wsgi_application

from chalandise.config.translations import join_catalogues

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
application = get_wsgi_application()
join_catalogues()
