"""REST v1: the same directory for machines."""
