"""Factories: the smallest valid thing of each kind, one file a room."""
