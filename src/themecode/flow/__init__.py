"""What a researcher does, in the order she does it: import, code, write out, look."""
