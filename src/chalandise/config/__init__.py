"""Settings, root addresses, command line."""
