"""Search, facets, suggestions and the map, from one embedded index that is rebuilt at will."""
