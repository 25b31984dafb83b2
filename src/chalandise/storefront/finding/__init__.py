"""Finding: the directory, search, the map, the sheet of a shop and of a selection."""
