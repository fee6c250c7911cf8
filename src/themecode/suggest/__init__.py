"""The machine as a coder: codings suggested from a codebook, each with its evidence."""
