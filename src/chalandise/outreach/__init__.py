"""The operator's work with people: letters with codes, calls of the hotline."""
