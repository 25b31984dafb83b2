"""The shelves: lists of products and the page of one."""
