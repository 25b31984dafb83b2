"""The operator's workspace in Wagtail's admin: claims, matches, reports, portals."""
