"""The WSGI entry point: `chalandise serve` gives it to granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
application = get_wsgi_application()
