"""Reads about money, documents and the journal of sales."""
