"""Plain Python that every room may use: transition tables, money, text, holidays, identifiers."""
