"""Every night the index is built anew: it then knows what is open on one more day."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from chalandise.discovery import store
from chalandise.discovery.rebuild import rebuild

logger = logging.getLogger(__name__)


@app.periodic(cron="10 3 * * *")
@app.task(name="discovery.rebuild_every_night", queueing_lock="discovery.rebuild")
def rebuild_every_night(timestamp: int) -> None:
    """Rebuild; a rebuild that is already under way will do."""
    try:
        rebuild()
    except store.BusyError:
        logger.info("the search index is already being rebuilt")
