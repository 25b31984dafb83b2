"""The shop's own sheet: claiming it, hours, words and photographs, who looks after it."""
