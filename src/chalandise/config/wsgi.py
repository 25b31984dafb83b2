"""The WSGI entry point: `chalandise serve` gives it to granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from chalandise.config.processes import follow_server
from chalandise.config.translations import join_catalogues
from chalandise.config.whole_answers import in_one_piece

follow_server()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chalandise.config.settings")
application = in_one_piece(get_wsgi_application())
join_catalogues()
# What was loaded to start never becomes garbage: the collector need not look at it again. Sheets and
# baskets hold each other in circles and outlive a few collections in the memories of pages: looking
# at everything else often keeps fifteen hundred of them from waiting together, and costs little.
gc.collect()
gc.freeze()
gc.set_threshold(5_000, 5, 2)
