"""Files that other programs for qualitative analysis read and write, and codebooks as tables."""
