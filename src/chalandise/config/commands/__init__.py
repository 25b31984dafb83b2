"""Commands, one file per subject; those of a room sit in the room and are mounted in `cli`."""
