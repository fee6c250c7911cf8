"""How people talk: the forms of a word, what is heard in a transcript, and its grammar."""
