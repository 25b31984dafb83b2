"""The public pages: home, directory, sheet, search, map, reservations."""
