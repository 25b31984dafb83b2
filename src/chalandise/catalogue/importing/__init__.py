"""A merchant's own file, read: the table, which column says what, what each row means.

Nothing here writes: `catalogue.actions.importing` does.
"""
