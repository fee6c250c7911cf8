"""The machine's name as a coder."""

#: The number changes with anything that can change a suggestion.
CODER = "themecode/cues@1"
