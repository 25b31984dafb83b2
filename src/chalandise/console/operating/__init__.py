"""The portal itself: identity, address, territory, people, selections, e-mails."""
