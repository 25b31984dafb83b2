"""Sheets of shops: claims, doubtful pairs, reports, imports, standing in."""
