"""themecode: qualitative thematic coding against a codebook."""

__version__ = "0.1.0"
