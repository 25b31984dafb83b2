"""Invoices as documents: a frozen value in, Factur-X and PDF/A-3 out. Knows no database."""
