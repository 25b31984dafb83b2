"""The merchant's workspace: hours, services, photographs, reservations."""
