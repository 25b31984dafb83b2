"""Other directories come in: sources, what they say, and which sheet it is about.

A *source* (a SIRENE file, an OSM extract, a commune's CSV) yields *source records*. A *match*
links a record to an establishment, with its confidence; a doubtful one waits for a person.
"""
