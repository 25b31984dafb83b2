"""Reads of logistics: ways, places, what is left."""

from chalandise.logistics.queries.ways import covers, find_place, slots_of, ways_of

__all__ = ["covers", "find_place", "slots_of", "ways_of"]
