"""Reports to the tax office as documents. Knows no database."""
