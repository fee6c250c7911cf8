"""How a study of an older themecode becomes one of this themecode, a step a file."""
