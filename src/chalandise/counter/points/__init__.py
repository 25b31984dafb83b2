"""A pooled point's own people: what arrives, what is handed over, nothing else of a merchant."""
