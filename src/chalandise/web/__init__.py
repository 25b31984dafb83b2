"""The shell every face shares: which portal answers, headers, page cache, components."""
